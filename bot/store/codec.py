"""Frozen dataclasses to JSON text and back; used by the column types and the posts.

Two versions of Headroom share a database while one replaces the other. What the newer one wrote is
either understood, with fields that this one does not know kept as they are (`graft`), or left alone.
"""

import hashlib
import json
import logging
from datetime import timedelta
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json, to_jsonable_python

from bot.errors import NotOurs

# So soon may a process of the newer version have the job instead.
_LEFT_FOR = timedelta(seconds=1)

# Kinds of which this process has read a value with fields that it does not know. Nothing is grafted
# before that: a row is read before it is changed.
_SURPRISED: set[Any] = set()

log = logging.getLogger(__name__)


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def encode(value: Any) -> str:
    """JSON text of a dataclass, enum, datetime, Decimal or container of them; NaN and Infinity survive."""
    return to_json(value, inf_nan_mode="constants").decode()


def decode(kind: Any, text: str) -> Any:
    """The value of type `kind` that `encode` made `text` from, here or in another version.

    Raises NotOurs for JSON that this version does not understand, ValidationError for what is no JSON.
    """
    try:
        return _adapter(kind).validate_json(text, extra="forbid")
    except ValidationError as error:
        if error.errors(include_input=False)[0]["type"] == "json_invalid":
            raise
    return _decode_other(kind, text)


def surprised(kind: Any) -> bool:
    """Whether a stored value of the kind may have fields that this version does not know."""
    return kind in _SURPRISED


def graft(kind: Any, stored: str, text: str) -> str:
    """`text`, a newer value than `stored`, with the fields of `stored` that this version does not know.

    Entries of lists are matched by what is known of them, else by their places.
    """
    known = json.loads(encode(_adapter(kind).validate_json(stored)))
    return json.dumps(_grafted(json.loads(stored), known, json.loads(text)), separators=(",", ":"))


def fingerprint(*values: Any) -> str:
    """A digest that is equal for equal content, whatever the order of mapping keys."""
    canonical = json.dumps(to_jsonable_python(values), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _decode_other(kind: Any, text: str) -> Any:
    try:
        value = _adapter(kind).validate_json(text)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise NotOurs(
            f"another version of Headroom wrote it: {where}: {first['msg']}", _LEFT_FOR
        ) from error
    if kind not in _SURPRISED:
        log.info("a newer version adds to %s what this one does not know; it is kept", kind)
        _SURPRISED.add(kind)
    return value


def _grafted(stored: Any, known: Any, new: Any) -> Any:
    match stored, known, new:
        case dict(), dict(), dict():
            merged = {
                key: _grafted(stored.get(key), known.get(key), value) for key, value in new.items()
            }
            unknown = stored.keys() - known.keys() - new.keys()
            return merged | {key: stored[key] for key in stored if key in unknown}
        case list(), list(), list() if len(stored) == len(known):
            return [_entry(stored, known, (place, one)) for place, one in enumerate(new)]
        case _:
            return new


def _entry(stored: list[Any], known: list[Any], new: tuple[int, Any]) -> Any:
    place, entry = new
    if entry in known:
        return stored[known.index(entry)]
    return _grafted(stored[place], known[place], entry) if place < len(stored) else entry
