"""One write to Google: its turn in the budget, the intent, the call, the outcome. Used by reconcile.

A crash between any two of the steps is told by looking at the workload in the next tick.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.drift import wrote
from bot.core.fleet import OperationState, ScalingChange
from bot.core.holding import Holding, LedgerEntry, Outcome
from bot.core.marking import with_marks
from bot.core.reconciling import failure_of
from bot.core.trail import HEADROOM, LOWERS, MARKS, NOT_WRITTEN, RAISES, AuditRow
from bot.core.write_budget import Bid, for_lowering, lane_of, lower_bid, raise_bid
from bot.errors import GiveUp, TryAgain
from bot.flows.ticking import Tick, alarm, record, wake_campaigns
from bot.ports.kit import Kit


@dataclass(frozen=True, slots=True)
class Order:
    """What to write and why; `again` is when to look once it is accepted."""

    change: ScalingChange
    reason: str
    again: datetime


async def write(tick: Tick, order: Order, kit: Kit) -> datetime | None:
    """Intent, call, outcome; or when its turn comes."""
    sight, now, key = tick.sight, tick.now, tick.known.key
    change = with_marks(sight, order.change)
    entry = _intent(tick, change, order.reason)
    up = change.floor > sight.seen.scaling.floor
    holding = replace(
        sight.holding,
        trouble=tick.trouble,
        raised_at=sight.holding.raised_at or (now if up else None),
        drained_by="" if up else sight.holding.drained_by,  # it has work again
    )
    bid, budget = _bid(tick, change), kit.house.capacity.writes_per_minute
    budget = budget if up else for_lowering(budget)
    async with kit.store.begin() as tx:
        free_at = await tx.capacity.take_write(lane_of(key), now, budget, bid=bid)
        holding = await record(tx, tick, holding, kit)
        if free_at is not None:
            return free_at
        entry = replace(entry, id=await tx.capacity.intend(entry))
        await tx.audit.add(_deed(entry))
    try:
        operation = await kit.cloud.set_scaling(key, change, sight.seen.token)
    except (TryAgain, GiveUp) as error:
        return await _not_written(tick, entry, holding, error, kit)
    await _written(tick, entry, holding, operation, kit)
    return order.again


def _intent(tick: Tick, change: ScalingChange, reason: str) -> LedgerEntry:
    sight = tick.sight
    return LedgerEntry(
        id=0,
        workload=tick.known.key,
        at=tick.now,
        previous_floor=sight.seen.scaling.floor,
        floor=change.floor,
        previous_ceiling=sight.seen.scaling.ceiling,
        ceiling=change.ceiling,
        claims=tuple(claim.id for claim in sight.wanted.claims),
        token=sight.seen.token,
        reason=reason,
    )


def _bid(tick: Tick, change: ScalingChange) -> Bid:
    """A raise is as urgent as its earliest claim; what only gives back or marks can wait."""
    key, gap = tick.known.key, change.floor - tick.sight.seen.scaling.floor
    if gap < 0 or not tick.sight.wanted.claims:
        return lower_bid(key, gap=-gap)
    start = min(claim.hold.start for claim in tick.sight.wanted.claims)
    return raise_bid(key, start=start, gap=gap)


def _deed(entry: LedgerEntry) -> AuditRow:
    """Every write is on record before Google hears of it; what became of it is in the ledger."""
    gap = entry.floor - entry.previous_floor
    act = RAISES if gap > 0 else LOWERS if gap < 0 else MARKS
    said = f"write {entry.id}: floor {entry.previous_floor} → {entry.floor}"
    if entry.ceiling is not None:
        said += f", ceiling {entry.previous_ceiling} → {entry.ceiling}"
    return AuditRow(entry.at, HEADROOM, act, _subject(entry), f"{said}; {entry.reason}")


def _subject(entry: LedgerEntry) -> str:
    return f"workload/{entry.workload}"


async def _written(
    tick: Tick, entry: LedgerEntry, holding: Holding, operation: OperationState, kit: Kit
) -> None:
    """Accepted; whether it was also carried out is looked at in the next tick."""
    now = kit.clock.now()
    open_operation = "" if operation.done and not operation.error else operation.name
    after = replace(wrote(holding, entry), operation=open_operation)
    if entry.floor < entry.previous_floor:
        after = replace(after, lowered_at=now)
    outcome = Outcome.ACCEPTED if open_operation else Outcome.DONE
    async with kit.store.begin() as tx:
        await tx.capacity.settle(
            replace(entry, outcome=outcome, operation=operation.name, settled_at=now)
        )
        await tx.capacity.save_holding(after)
        await wake_campaigns(tx, tick.known)


async def _not_written(
    tick: Tick, entry: LedgerEntry, holding: Holding, error: TryAgain | GiveUp, kit: Kit
) -> datetime:
    """What a failed write means: decide anew, wait, look what became of it, or call a person."""
    now = kit.clock.now()
    failure = failure_of(error, kit.house.timing)
    async with kit.store.begin() as tx:
        if failure.outcome is not Outcome.INTENDED:
            settled = replace(entry, outcome=failure.outcome, detail=error.reason, settled_at=now)
            await tx.capacity.settle(settled)
            said = f"write {entry.id}: {error.reason}"
            await tx.audit.add(AuditRow(now, HEADROOM, NOT_WRITTEN, _subject(entry), said))
        await tx.capacity.save_holding(replace(holding, trouble=failure.words))
        await wake_campaigns(tx, tick.known)
        if isinstance(error, GiveUp):
            await tx.posts.want(alarm(tick.known, failure.words, kit), now)
    return now + failure.pause
