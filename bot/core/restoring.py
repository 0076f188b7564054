"""What to give back of one workload going by its own marks, without any database. Called by the restore flow."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.core.fleet import ScalingChange, Workload
from bot.core.giving_back import UNSET, Use
from bot.core.marks import Marks


@dataclass(frozen=True, slots=True)
class Restoration:
    """At most one change and what is to be said of it; `finished` when nothing is left to give back."""

    workload: Workload
    change: ScalingChange | None
    words: str
    finished: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """`ux_floor` is the house's, `zone` for the words; `force` gives back what is held until later.

    `working` says why no instance of a worker pool may be stopped ("" where one may).
    """

    ux_floor: int
    now: datetime
    zone: str
    force: bool = False
    working: str = ""


def restoration(seen: Workload, marks: Marks, use: Use, terms: Terms) -> Restoration:
    """Never below the baseline, the UX floor or what is busy; only what still is as Headroom wrote it."""
    held_by = ", ".join(marks.held_by) or "somebody"
    until = f"{marks.until.astimezone(ZoneInfo(terms.zone)):%a %d %b %H:%M}"
    if marks.until > terms.now and not terms.force:
        return Restoration(seen, None, f"held by {held_by} until {until}: left alone", True)
    if seen.scaling.floor != marks.floor:
        words = f"somebody else set the floor to {seen.scaling.floor} meanwhile: only the marks are removed"
        return Restoration(seen, ScalingChange(seen.scaling.floor), words, True)
    if terms.working:
        words = f"not given back now: {terms.working}; once its queue is empty, --drained says so"
        return Restoration(seen, None, words, False)
    if use.needed is None:
        return Restoration(seen, None, f"not given back now: {use.why}", False)
    return _given_back(seen, marks, use, terms)


def _given_back(seen: Workload, marks: Marks, use: Use, terms: Terms) -> Restoration:
    floor, goal = seen.scaling.floor, max(marks.baseline, terms.ux_floor)
    busy = use.needed or 0
    target = min(floor, max(goal, busy) if floor > use.unaided else goal)
    ceiling = _ceiling_back(seen, marks, max(busy, target))
    finished = target <= goal and (marks.ceiling is None or ceiling is not None)
    if target == floor and ceiling is None and not finished:
        return Restoration(seen, None, f"{busy} of {floor} instances are busy: try later", False)
    kept = Marks(
        marks.held_by, marks.until, target, marks.baseline, marks.ceiling, marks.baseline_ceiling
    )
    change = ScalingChange(target, ceiling, None if finished else kept)
    rest = "" if finished else f"; {goal} once fewer are busy"
    return Restoration(seen, change, f"floor {floor} → {target}{rest}", finished)


def _ceiling_back(seen: Workload, marks: Marks, needed: int) -> int | None:
    """The ceiling as it was, if ours still stands and does not cut off what runs; None to leave it."""
    if marks.ceiling is None or (seen.scaling.ceiling or None) != marks.ceiling:
        return None
    if marks.baseline_ceiling is None:
        return UNSET
    return marks.baseline_ceiling if needed <= marks.baseline_ceiling else None
