"""Reads single fields of notifications leniently: senders disagree about types, and none may break us."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic_core import from_json

from bot.core.alert import Severity

Document = Mapping[str, Any]

LONGEST_NAME = 300
LONGEST_TEXT = 20_000
_LARGEST_SECONDS = 100_000_000_000  # larger numbers are milliseconds
_MOST_LABELS = 100
_SEVERITIES = {
    Severity.CRITICAL: ("critical", "fatal", "emergency", "p1", "sev1"),
    Severity.ERROR: ("error", "high", "p2", "sev2"),
    Severity.WARNING: ("warning", "warn", "medium", "low", "info", "p3", "p4", "sev3"),
}
_SEVERITY_OF = {word: severity for severity, words in _SEVERITIES.items() for word in words}


def document(raw: str | bytes) -> Any:
    """The JSON value; None for text that is no JSON, or too deep or too long a number for it."""
    try:
        return from_json(raw)
    except ValueError:
        # Python's own reader is slower, and takes what some senders write: half a surrogate pair, say.
        return _leniently(raw if isinstance(raw, str) else raw.decode("utf-8", "replace"))


def part(parent: Document, name: str) -> Document:
    """The object under that name; empty if there is none."""
    value = parent.get(name)
    return value if isinstance(value, dict) else {}


def text(value: Any, longest: int = LONGEST_NAME) -> str:
    """Text, or a number as text; "" for anything else. Free of what databases and Slack cannot hold."""
    if not isinstance(value, str):
        if isinstance(value, bool) or not isinstance(value, int | float):
            return ""
        value = _written(value)
    return storable(value)[:longest].strip()


def storable(value: str) -> str:
    """Without NUL characters and lone surrogates, which PostgreSQL and UTF-8 refuse."""
    if value.isascii() and "\x00" not in value:
        return value
    return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def labels(value: Any) -> dict[str, str]:
    """A flat mapping of texts; what is not text in it is left out."""
    if not isinstance(value, dict) or not value:
        return {}
    pairs = list(value.items())[:_MOST_LABELS]
    return {text(name): text(content) for name, content in pairs if text(name)}


def instant(value: Any) -> datetime | None:
    """Epoch seconds or milliseconds, as a number or a text, or an ISO time; None for 0, null and nonsense.

    Nonsense is also what no zone can show: Go writes the year 1 for a time that was never set.
    """
    if isinstance(value, str):
        return _from_words(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return _from_epoch(value)


def severity(*words: Any) -> Severity:
    """The first of the words that names a severity."""
    for word in words:
        found = _SEVERITY_OF.get(text(word).casefold())
        if found is not None:
            return found
    return Severity.NONE


def epoch(value: Any) -> int:
    """The whole seconds of `instant(value)`, 0 for none: what identities are made of."""
    if type(value) is int and 0 < value <= _LARGEST_SECONDS:
        return value
    moment = instant(value)
    return 0 if moment is None else int(moment.timestamp())


def digest(*parts: str) -> str:
    """A short name for content that has none of its own."""
    joined = "\n".join(parts).encode("utf-8", "replace")
    return hashlib.sha256(joined).hexdigest()[:32]


def _leniently(raw: str) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _written(value: float) -> str:
    try:
        return str(value)
    except ValueError:  # an integer of more than 4300 digits
        return ""


def _from_words(word: str) -> datetime | None:
    try:
        return _from_epoch(float(word))
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(word)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        return moment if 0 < moment.timestamp() <= _LARGEST_SECONDS else None
    except (ValueError, OverflowError):
        return None


def _from_epoch(value: float) -> datetime | None:
    if value == 0:
        return None
    try:
        seconds = float(value)
        if seconds > _LARGEST_SECONDS:
            seconds /= 1000
        if not 0 < seconds <= _LARGEST_SECONDS:
            return None
        return datetime.fromtimestamp(seconds, tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None
