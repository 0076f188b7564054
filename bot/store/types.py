"""Column types: instants that stay aware UTC, and frozen dataclasses kept as JSON text. Used by tables."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Text
from sqlalchemy.types import TypeDecorator

from bot.store.codec import decode, encode


@dataclass(frozen=True, slots=True)
class Grafted:
    """JSON text in place of a value: with what a newer version keeps in the row."""

    text: str


class UtcDateTime(TypeDecorator[datetime]):
    """An instant, aware UTC in and out on every database; a naive datetime raises ValueError.

    PostgreSQL keeps `timestamptz` and answers in the session's zone; SQLite keeps no zone at all, so
    the UTC wall time is stored (its text form sorts by time).
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware instant to what the driver stores."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """What the driver returns to an aware UTC instant."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """A frozen dataclass (or any annotated type) as JSON text, checked when it is read back.

    Text on purpose: PostgreSQL's jsonb refuses NaN and the NUL character, both of which may come in.
    """

    impl = Text
    cache_ok = True

    def __init__(self, kind: Any) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Value to JSON text."""
        if isinstance(value, Grafted):
            return value.text
        return None if value is None else encode(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """JSON text to value."""
        return None if value is None else decode(self.kind, value)
