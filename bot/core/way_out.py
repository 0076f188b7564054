"""The nearest plans that the guardrails let pass: less uplift, a shorter window, another start, fewer groups.

Pure: the flow that plans hands in how to plan and how to judge. Every way out was planned and judged.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.core.campaign import Announcement
from bot.core.case import Case
from bot.core.plan import Plan
from bot.core.shifts import shifted_plan, shifts
from bot.core.verdict import Effect, Verdict, WayOut
from bot.core.windows import Window
from bot.core.wording import say_clock, say_day, say_list, say_number

MOST = 3
_QUARTER = timedelta(minutes=15)
_LEAST_UPLIFT = 1.1

Planner = Callable[[Announcement], Plan]
Judge = Callable[[Case], Verdict]


@dataclass(frozen=True, slots=True)
class Search:
    """What to search around: the case and its verdict, how to plan, how to judge.

    `starts` are the windows of another start that `plan` can plan for (see `starts_to_try`); `titles`
    the groups' names as people know them.
    """

    case: Case
    verdict: Verdict
    plan: Planner
    judge: Judge
    starts: tuple[Window, ...] = ()
    titles: Mapping[str, str] | None = None

    @property
    def asked(self) -> Announcement:
        return self.case.campaign.announcement

    def try_out(self, announcement: Announcement) -> tuple[Plan, Verdict]:
        """The plan for it, and what the guardrails say."""
        plan = self.plan(announcement)
        campaign = replace(self.case.campaign, announcement=announcement)
        return plan, self.judge(replace(self.case, campaign=campaign, plan=plan))


@dataclass(frozen=True, slots=True)
class _Found:
    """A way out and how far it is: 0 is what was asked, 1 gives up all of one thing.

    An `idle` one warms nothing, which is no way to what was asked.
    """

    way: WayOut
    distance: float
    idle: bool = False


def starts_to_try(case: Case, verdict: Verdict, judge: Judge) -> tuple[Window, ...]:
    """The nearest windows of the same length, one earlier and one later, against which less is said.

    Judged on the present plan moved in time; the flow then measures and plans them anew.
    """
    if verdict.effect is Effect.ALLOW:
        return ()
    present = _objections(verdict)
    found: list[Window] = []
    for direction in (1, -1):
        best, best_at = present, None
        for shift in shifts(case, direction):
            plan = shifted_plan(case.plan, shift)
            asked = replace(case.campaign.announcement, window=plan.window)
            campaign = replace(case.campaign, announcement=asked)
            said = _objections(judge(replace(case, campaign=campaign, plan=plan)))
            if said < best:
                best, best_at = said, plan.window
            if best == (0, 0):
                break
        found += [best_at] if best_at is not None else []
    return tuple(found)


def ways_out(search: Search) -> tuple[WayOut, ...]:
    """The nearest plans that pass, at most three: those that need nobody's yes first, then by distance.

    Nothing where no change of the plan helps (the person may not ask at all).
    """
    if search.verdict.effect is Effect.ALLOW:
        return ()
    for goal in _goals(search.verdict.effect):
        found = [*_smaller(search, goal), *_shorter(search, goal), *_fewer(search, goal)]
        found += _moved(search, goal)
        found = [one for one in found if not one.idle]
        if found:
            nearest = sorted(found, key=lambda one: (one.distance, one.way.change))
            return tuple(one.way for one in nearest[:MOST])
    return ()


def _goals(present: Effect) -> tuple[Effect, ...]:
    return (
        (Effect.ALLOW,)
        if present is Effect.NEEDS_APPROVAL
        else (Effect.ALLOW, Effect.NEEDS_APPROVAL)
    )


def _objections(verdict: Verdict) -> tuple[int, int]:
    """The hardest severity and how many object; smaller is milder."""
    objecting = [f for f in verdict.findings if f.effect is not Effect.ALLOW]
    return verdict.effect.severity, len(objecting)


def _smaller(search: Search, goal: Effect) -> Iterator[_Found]:
    """The largest uplift below the asked one that passes."""
    times = search.case.times
    steps = _uplifts(times)
    made = _largest(
        [replace(search.asked, multiplier=step, demand=None) for step in steps],
        search=search,
        goal=goal,
    )
    if made is not None:
        fits = made.way.announcement.multiplier
        yield _with(made, _say_smaller(fits, times), (times - fits) / max(times - 1, 0.1))


def _shorter(search: Search, goal: Effect) -> Iterator[_Found]:
    """The longest window that passes, cut at its end or else at its start."""
    window = search.asked.window
    quarters = max(0, (window.duration - timedelta(seconds=1)) // _QUARTER)
    lengths = [number * _QUARTER for number in range(1, quarters + 1)]
    cut_end = [Window(window.start, window.start + length) for length in lengths]
    cut_start = [Window(window.end - length, window.end) for length in lengths]
    found = []
    for cut in (cut_end, cut_start):
        announcements = [replace(search.asked, window=one) for one in cut]
        made = _largest(announcements, search=search, goal=goal)
        if made is not None:
            kept = made.way.announcement.window
            text = f"{_say_span(search, kept)} instead of {_say_span(search, window)}"
            found.append(_with(made, text, 1 - kept.duration / window.duration))
    yield from sorted(found, key=lambda one: one.distance)[:1]


def _fewer(search: Search, goal: Effect) -> Iterator[_Found]:
    """Without one of the groups; where that is not enough, with one of them only; the largest that passes."""
    groups = search.asked.groups
    if len(groups) < 2:
        return
    without_one = [tuple(g for g in groups if g != left) for left in groups]
    only_one = [(group,) for group in groups] if len(groups) > 2 else []
    for subsets in (without_one, only_one):
        made = [_tried(search, replace(search.asked, groups=kept), goal) for kept in subsets]
        passing = [one for one in made if one is not None]
        if passing:
            best = max(passing, key=lambda one: one.way.cost.amount)
            left_out = [g for g in groups if g not in best.way.announcement.groups]
            titles = search.titles or {}
            text = f"without {say_list([titles.get(group, group) for group in left_out])}"
            yield _with(best, text, len(left_out) / len(groups))
            return


def _moved(search: Search, goal: Effect) -> Iterator[_Found]:
    """Another start; where that is not enough, with less uplift too."""
    for window in search.starts:
        moved = replace(search.asked, window=window)
        away = abs(window.start - search.asked.window.start) / timedelta(days=1)
        text = f"a start on {_say_start(search, window)} instead of {_say_start(search, search.asked.window)}"
        made = _tried(search, moved, goal)
        if made is None:
            times = search.case.times
            smaller = [replace(moved, multiplier=step, demand=None) for step in _uplifts(times)]
            made = _largest(smaller, search=search, goal=goal)
            if made is None:
                continue
            fits = made.way.announcement.multiplier
            text = f"{text}, and {_say_smaller(fits, times)}"
            away += (times - fits) / max(times - 1, 0.1)
        yield _with(made, text, away)


def _largest(
    announcements: Sequence[Announcement], *, search: Search, goal: Effect
) -> _Found | None:
    """The last (largest) that passes, by halving: what is smaller is never judged harder.

    Where that does not hold a nearer one may be missed, but what is found was judged.
    """
    found: list[_Found] = []

    def fails(place: int) -> bool:
        made = _tried(search, announcements[place], goal)
        found.extend([made] if made is not None else [])
        return made is None

    if not announcements or fails(0):
        return None
    bisect_right(range(len(announcements)), False, key=fails)
    return max(found, key=lambda one: announcements.index(one.way.announcement))


def _tried(search: Search, announcement: Announcement, goal: Effect) -> _Found | None:
    plan, verdict = search.try_out(announcement)
    if verdict.effect.severity > goal.severity:
        return None
    idle = plan.needs_nothing and not search.case.plan.needs_nothing
    return _Found(WayOut(announcement, "", verdict.effect, plan.cost), 0.0, idle)


def _with(found: _Found, change: str, distance: float) -> _Found:
    return replace(found, way=replace(found.way, change=change), distance=distance)


def _uplifts(times: float) -> list[float]:
    """Numbers a person would say, below `times`, ascending: tenths up to 10, halves above."""
    tenths = [number / 10 for number in range(int(_LEAST_UPLIFT * 10), 101)]
    halves = [number / 2 for number in range(21, 201)]
    return [step for step in (*tenths, *halves) if step < times]


def _say_smaller(fits: float, times: float) -> str:
    return f"x{say_number(fits)} instead of x{say_number(times)}"


def _say_span(search: Search, window: Window) -> str:
    zone = search.asked.zone
    return f"{say_clock(window.start, zone)}–{say_clock(window.end, zone)}"


def _say_start(search: Search, window: Window) -> str:
    zone = search.asked.zone
    day = window.start.astimezone(ZoneInfo(zone)).date()
    return f"{say_day(day)} {say_clock(window.start, zone)}"
