"""A page: telling people that they must look. Decided by escalation, stored before it is sent."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.alert_rules import Target


class PageReason(StrEnum):
    """Why somebody is paged."""

    FIRST = "it began"
    NEXT = "nobody has acknowledged it"
    URGED = "somebody asked for the next level"
    REMINDER = "it is acknowledged but not resolved"
    UNANSWERED = "nobody answered in all rounds"
    HANDOVER = "you are on call now, and it is not resolved"


CLIMBING = frozenset({PageReason.FIRST, PageReason.NEXT, PageReason.URGED})
"""After these pages the next level is next."""


@dataclass(frozen=True, slots=True)
class Page:
    """`targets` as configured, `people` the Slack user ids among them after rotations were looked up.

    User groups stay in `user_groups`. (incident, lap, number) is its identity. `by` is the person who
    asked for it; "" where time alone did.
    """

    incident_id: str
    lap: int
    number: int
    at: datetime
    reason: PageReason
    level: int
    people: tuple[str, ...]
    user_groups: tuple[str, ...] = ()
    targets: tuple[Target, ...] = ()
    by: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """Who is to be paged now (None: nobody), and when to look again (None: not by itself)."""

    page: Page | None
    look_again: datetime | None
