"""Documents in the JSON of Cloud Monitoring's REST interface, for `gcloud monitoring` and for reading."""

import re
from collections.abc import Mapping
from datetime import timedelta

from bot.core.thresholds.documents import Document, Value, pruned

Json = dict[str, "Json"] | list["Json"] | str | float | bool
_MAPS = frozenset({"user_labels", "labels"})  # whose keys are somebody's words
_UNDERSCORE = re.compile(r"_([a-z])")


def as_json(document: Document) -> dict[str, Json]:
    """Proto3's JSON mapping: camelCase keys, durations like "600s"."""
    return {_camel(key): _json(key, value) for key, value in pruned(document).items()}


def _json(key: str, value: Value) -> Json:
    match value:
        case timedelta():
            return f"{value.total_seconds():g}s"
        case tuple():
            return [_json("", item) for item in value]
        case Mapping():
            if key in _MAPS:
                return {name: str(text) for name, text in value.items()}
            return as_json(value)
        case _:
            return value


def _camel(key: str) -> str:
    return _UNDERSCORE.sub(lambda match: match[1].upper(), key).rstrip("_")
