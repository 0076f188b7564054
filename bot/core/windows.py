"""Spans of time; everything that has a start and an end uses Window."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A half-open span [start, end) of aware UTC instants; raises ValueError unless start < end."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        for instant in (self.start, self.end):
            if instant.utcoffset() != timedelta(0):
                raise ValueError(f"{instant!r} is not an aware UTC instant")
        if self.end <= self.start:
            raise ValueError(f"a window must end after it starts: {self.start} - {self.end}")

    @property
    def duration(self) -> timedelta:
        """How long the window is."""
        return self.end - self.start

    def contains(self, at: datetime) -> bool:
        """Whether start <= at < end."""
        return self.start <= at < self.end

    def overlaps(self, other: "Window") -> bool:
        """Whether the two share an instant."""
        return self.start < other.end and other.start < self.end

    def shifted(self, by: timedelta) -> "Window":
        """The same window, moved."""
        return Window(self.start + by, self.end + by)


def utc(instant: datetime) -> datetime:
    """The same instant in UTC; raises ValueError for a naive datetime."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant!r} has no time zone")
    return instant.astimezone(UTC)
