"""What a change of an incident comes to: the new value with its timeline, or a polite no-op."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.incident import Event, Incident, Snooze


@dataclass(frozen=True, slots=True)
class Click:
    """Who wants something and when; `lap` is what their button showed (None: they typed it)."""

    by: str
    now: datetime
    lap: int | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """Save `incident`, append `events`, put `snooze` (or end it: its `until` is `at`), all together."""

    incident: Incident
    events: tuple[Event, ...]
    snooze: Snooze | None = None


class Why(StrEnum):
    """Why nothing was changed."""

    ALREADY = "already so"
    RESOLVED = "resolved"
    OUTDATED = "opened again meanwhile"
    NOT_OPEN_TO_THAT = "not possible in this state"
    SAYS_NOTHING = "nothing was said"
    TIME_PAST = "that time has passed"


@dataclass(frozen=True, slots=True)
class Unchanged:
    """Nothing was done; `text` is a sentence for the person who asked."""

    why: Why
    text: str


Result = Changed | Unchanged
