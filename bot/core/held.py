"""What was really held of one workload for a campaign, by the ledger of writes; used by report and reshaping.

The claims alone do not tell: a floor that is raised while live changes them from their beginning on.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

from bot.core.claims import Claim, campaign_of
from bot.core.drift import EFFECTIVE
from bot.core.holding import Holding, LedgerEntry
from bot.core.money import ZERO, Money
from bot.core.plan import Step, WorkloadPlan
from bot.core.pricing import instance_hours
from bot.core.windows import Window


def held(
    claims: Sequence[Claim],
    ledger: Sequence[LedgerEntry],
    holding: Holding | None,
    now: datetime,
) -> tuple[Step, ...] | None:
    """The floors held until `now` for the campaign whose claims on the workload are given, in their order.

    While others hold it as well, no more counts than the campaign's own floor. `ledger` has the newest
    writes in any order. Empty: nothing was held; None: it was raised, and no write is on record.
    """
    if not claims:
        return ()
    begin = min(claim.hold.start for claim in claims)
    raised_at = holding.raised_at if holding is not None else None
    if raised_at is not None and not ledger:
        return None
    begun, end = min(begin, raised_at or begin), _until(holding, begin, now)
    levels = _levels([entry for entry in ledger if entry.at >= begun])
    edges = {edge for claim in claims for edge in (claim.hold.start, claim.hold.end)}
    edges |= {at for at, _, _ in levels} | {end}
    spans = pairwise(sorted(edge for edge in edges if begin <= edge <= end))
    return tuple(
        Step(Window(start, stop), floor)
        for start, stop in spans
        if (floor := _own(levels, claims, start))
    )


def until(steps: Sequence[Step], give_back_at: datetime) -> tuple[Step, ...]:
    """The steps, the last of them held until capacity is given back."""
    if not steps or give_back_at <= steps[-1].window.end:
        return tuple(steps)
    *before, last = steps
    return (*before, Step(Window(last.window.start, give_back_at), last.floor))


def since(begin: datetime, steps: Sequence[Step]) -> tuple[Step, ...]:
    """What of the steps is left from then on."""
    return tuple(
        replace(step, window=Window(max(begin, step.window.start), step.window.end))
        for step in steps
        if step.window.end > begin
    )


def hours_above(level: int, steps: Sequence[Step]) -> Decimal:
    """Instance-hours of the steps above `level` instances."""
    hours = (instance_hours(step.floor - level, step.window) for step in steps)
    return sum(hours, start=Decimal(0))


def planned_hours(workload: WorkloadPlan, give_back_at: datetime) -> Decimal:
    """The instance-hours above what stands anyway that the workload's costs were worked out from."""
    bill = workload.inputs.bill if workload.inputs is not None else None
    if bill is not None:
        return bill.extra_hours
    return hours_above(workload.present, until(workload.steps, give_back_at))


def hour_prices(workload: WorkloadPlan, give_back_at: datetime) -> tuple[Money, Money]:
    """What an instance-hour costs at the plan's prices: without work, and busy."""
    bill = workload.inputs.bill if workload.inputs is not None else None
    if bill is not None:
        return bill.idle_hour, bill.active_hour
    hours = planned_hours(workload, give_back_at)
    if not hours:
        return ZERO, ZERO
    return Money(workload.cost.amount / hours), Money(workload.worst_cost.amount / hours)


def _until(holding: Holding | None, begin: datetime, now: datetime) -> datetime:
    """Given back, or gone: no write may tell of that."""
    if holding is None or holding.restored_at is None or holding.restored_at < begin:
        return now
    return min(now, holding.restored_at)


def _levels(ledger: Sequence[LedgerEntry]) -> list[tuple[datetime, int, tuple[str, ...]]]:
    """From when on which floor was Headroom's, and for which claims."""
    found: list[tuple[datetime, int, tuple[str, ...]]] = []
    level = 0
    for entry in sorted(ledger, key=lambda entry: entry.id):
        if entry.outcome not in EFFECTIVE:
            continue
        # A write of marks or of the ceiling leaves a floor as it is, which may be somebody else's.
        level = entry.floor if entry.floor != entry.previous_floor else min(level, entry.floor)
        found.append((entry.at, level, entry.claims))
    return found


def _own(
    levels: Sequence[tuple[datetime, int, tuple[str, ...]]], claims: Sequence[Claim], at: datetime
) -> int:
    past = [(level, holders) for moment, level, holders in levels if moment <= at]
    if not past:
        return 0
    level, holders = past[-1]
    active = [claim.floor for claim in claims if claim.hold.contains(at)]
    if any(campaign_of(holder) != claims[0].campaign_id for holder in holders):
        return min(level, max(active, default=0))
    return level if active else min(level, max(claim.floor for claim in claims))
