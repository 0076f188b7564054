"""Protobuf messages as plain nested values and back; used by the adapters that keep whole resources."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core.thresholds.documents import Document, Value

_WRAPPERS = frozenset({"BoolValue", "DoubleValue", "Int64Value", "StringValue"})


def plain(message: Any) -> dict[str, Value]:
    """All fields that are set: enums by name, durations as timedelta, instants as ISO text."""
    return {field.name: _field(field, value) for field, value in message.ListFields()}


def made(kind: type[Any], document: Document) -> Any:
    """A proto-plus message of a document; what `plain` gives makes an equal message again."""
    return kind({key: _sendable(value) for key, value in document.items()})


def instant(stamp: Any) -> datetime | None:
    """A bare protobuf Timestamp; None for one that is not set."""
    if not stamp.seconds:
        return None
    return datetime.fromtimestamp(stamp.seconds, tz=UTC)


def _field(field: Any, value: Any) -> Value:
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        return {str(key): str(text) for key, text in sorted(value.items())}
    if field.is_repeated:
        return tuple(_single(field, item) for item in value)
    return _single(field, value)


def _single(field: Any, value: Any) -> Value:
    if field.enum_type is not None:
        known = field.enum_type.values_by_number.get(value)
        return known.name if known else str(value)
    if field.message_type is None:
        scalar: Value = value
        return scalar
    match field.message_type.name:
        case "Duration":
            return timedelta(seconds=value.seconds, microseconds=value.nanos / 1000)
        case "Timestamp":
            when = instant(value)
            return when.isoformat() if when else ""
        case wrapper if wrapper in _WRAPPERS:
            wrapped: Value = value.value
            return wrapped
        case _:
            return plain(value)


def _sendable(value: Value) -> Any:
    if isinstance(value, Mapping):
        return {key: _sendable(inner) for key, inner in value.items()}
    return [_sendable(item) for item in value] if isinstance(value, tuple) else value
