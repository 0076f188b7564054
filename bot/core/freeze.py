"""Freeze windows: times in which nothing may be raised, or only with somebody's yes.

From headroom.yaml and from calendars (ICS); read by policies.freeze and the search for a way out.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.verdict import Effect, Role
from bot.core.windows import Window

APPROVERS = (Role.ENGINEER, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Freeze:
    """One entry; `groups` empty means all. `source` says where it was read ("" the house rules)."""

    name: str
    window: Window
    groups: tuple[str, ...] = ()
    effect: Effect = Effect.REFUSE
    approvers: tuple[Role, ...] = APPROVERS
    source: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A calendar of freezes at an address; every event in it is a freeze of `groups`."""

    name: str
    url: str
    groups: tuple[str, ...] = ()
    effect: Effect = Effect.REFUSE
    approvers: tuple[Role, ...] = APPROVERS


@dataclass(frozen=True, slots=True)
class FreezeCalendar:
    """All freezes known; `unreadable` names the feeds that could never be read, `stale` those read long ago."""

    freezes: tuple[Freeze, ...] = ()
    unreadable: tuple[str, ...] = ()
    stale: tuple[tuple[str, datetime], ...] = ()


def touching(
    freezes: Sequence[Freeze], window: Window, groups: Collection[str]
) -> tuple[Freeze, ...]:
    """The freezes that share an instant with `window` and a group with `groups`, by start."""
    wanted = set(groups)
    found = [
        freeze
        for freeze in freezes
        if freeze.window.overlaps(window) and (not freeze.groups or wanted & set(freeze.groups))
    ]
    return tuple(sorted(found, key=lambda freeze: (freeze.window, freeze.name)))
