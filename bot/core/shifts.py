"""A plan moved in time, and the moves worth trying; used by way_out."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.case import Case
from bot.core.plan import Plan

_QUARTER = timedelta(minutes=15)
_HOUR = timedelta(hours=1)
_NEAR = timedelta(days=2)
_FAR = timedelta(days=8)


def shifted_plan(plan: Plan, by: timedelta) -> Plan:
    """The same plan at another time, for judging what depends on the time only."""
    return replace(
        plan,
        window=plan.window.shifted(by),
        raise_at=plan.raise_at + by,
        give_back_at=plan.give_back_at + by,
        workloads=tuple(
            replace(
                workload,
                steps=tuple(
                    replace(step, window=step.window.shifted(by)) for step in workload.steps
                ),
            )
            for workload in plan.workloads
        ),
    )


def shifts(case: Case, direction: int) -> Iterator[timedelta]:
    """The nearest first, by quarters of an hour up to two days, by hours up to eight; starts on the quarter.

    `direction` is 1 for later and -1 for earlier; earlier ones leave enough time to warm up.
    """
    start = case.plan.window.start
    by = _to_quarter(start, direction)
    earliest = case.now + max(start - case.plan.raise_at, case.house.guardrails.min_notice)
    while abs(by) <= _FAR:
        if direction > 0 or start + by >= earliest:
            if by:
                yield by
        else:
            return
        by += direction * (_QUARTER if abs(by) < _NEAR else _HOUR)


def _to_quarter(start: datetime, direction: int) -> timedelta:
    """The move to the next quarter of an hour; none where it stands on one."""
    over = timedelta(seconds=start.timestamp() % _QUARTER.total_seconds())
    if not over:
        return timedelta(0)
    return _QUARTER - over if direction > 0 else -over
