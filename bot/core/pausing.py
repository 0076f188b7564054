"""Kill switches: what is paused, by whom and until when; while it lasts Headroom lowers nothing.

A pause only holds. What was promised before is still raised; new campaigns it covers are refused.
Called by the switch flow, the reconcile flow and a guardrail.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.fleet import WorkloadKey
from bot.core.house import House
from bot.core.plan import Plan
from bot.errors import AskedWrong

EVERYTHING = "all"
_GROUP, _WORKLOAD = "group/", "workload/"
_LENGTH = re.compile(r"(?i)\bfor (\d{1,4}(?:\.\d)?) ?(min|minutes?|h|hours?|days?|d)\b")
_BECAUSE = re.compile(r"(?is)\bbecause\b(.*)$")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_LONGEST = timedelta(days=366)
_ALL = frozenset({"", "all", "everything", "global", "headroom"})


@dataclass(frozen=True, slots=True)
class Pause:
    """`scope` is `all`, `group/<name>` or `workload/<name or key>`; `until` None lasts until resumed."""

    scope: str
    by: str
    at: datetime
    until: datetime | None
    why: str = ""

    def lasts(self, now: datetime) -> bool:
        """Whether it is in force."""
        return self.until is None or now < self.until

    @property
    def group(self) -> str:
        """The name of the group it holds; "" where it holds all or a workload."""
        return self.scope.removeprefix(_GROUP) if self.scope.startswith(_GROUP) else ""

    def covers(self, key: WorkloadKey, groups: Iterable[str]) -> bool:
        """Whether it holds this workload, which belongs to those groups."""
        if self.scope.startswith(_WORKLOAD):
            return self.scope.removeprefix(_WORKLOAD) in {key.name, str(key)}
        return self.covers_groups(groups)

    def covers_groups(self, groups: Iterable[str]) -> bool:
        """Whether it holds all of one of the groups."""
        return self.scope == EVERYTHING or self.scope in {f"{_GROUP}{name}" for name in groups}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person wants paused or resumed."""

    scope: str
    length: timedelta | None = None
    why: str = ""


def understand_pause(text: str, house: House, workloads: Iterable[str]) -> Asked:
    """`[all|#group|workload] [for 2 h] [because …]`; `workloads` are the names and keys that are known.

    Raises AskedWrong, with what there is, for anything else: nothing is paused by a guess.
    """
    because = _BECAUSE.search(text)
    why = because[1].strip() if because else ""
    rest = text[: because.start()] if because else text
    length = None
    found = _LENGTH.search(rest)
    if found is not None:
        length = float(found[1]) * _UNITS[found[2][0].lower()]
        rest = rest[: found.start()] + rest[found.end() :]
        if not timedelta(minutes=1) <= length <= _LONGEST:
            raise AskedWrong("A pause lasts between one minute and a year.")
    return Asked(_scope(rest.strip(), house, sorted(set(workloads))), length, why)


def in_force(pauses: Iterable[Pause], now: datetime) -> list[Pause]:
    """Those that last, the widest first."""
    return sorted((one for one in pauses if one.lasts(now)), key=lambda one: one.scope)


def pause_over(
    pauses: Sequence[Pause], key: WorkloadKey, groups: Iterable[str], now: datetime
) -> Pause | None:
    """The pause that keeps this workload from being lowered, if there is one."""
    named = list(groups)
    return next((one for one in in_force(pauses, now) if one.covers(key, named)), None)


def pauses_over(
    pauses: Iterable[Pause], groups: Iterable[str], plan: Plan | None, now: datetime
) -> list[Pause]:
    """Those in force that hold a campaign of `groups`: one of these, a group of what is raised, or a workload."""
    meant = set(groups) | (plan.raised_groups if plan else frozenset())
    keys = [one.key for one in plan.workloads] if plan else []
    return [
        pause
        for pause in in_force(pauses, now)
        if pause.covers_groups(meant) or any(pause.covers(key, ()) for key in keys)
    ]


def title_of(scope: str, house: House) -> str:
    """What a person calls it."""
    if scope == EVERYTHING:
        return "everything"
    name = scope.partition("/")[2]
    group = house.group(name) if scope.startswith(_GROUP) else None
    return group.title if group is not None else name


def _scope(word: str, house: House, workloads: Sequence[str]) -> str:
    if word.casefold() in _ALL:
        return EVERYTHING
    if word in workloads:
        return f"{_WORKLOAD}{word}"
    group = house.group(word)
    if group is not None:
        return f"{_GROUP}{group.name}"
    known = [f"#{one.name}" for one in house.groups] + [
        name for name in workloads if "/" not in name
    ]
    raise AskedWrong(f"I don't know “{word[:60]}”. There is: all, {', '.join(known[:20])}.")
