"""One tick of one workload: look, decide, at most one write, record. The key is the workload's.

The intent of a write is in the ledger before Google hears of it; what became of a write whose answer
was lost is told by looking. Long-running operations are never waited for.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.campaign import UNDER_WAY
from bot.core.claiming import ux_floor_of, wanted
from bot.core.drift import Drift, begin_anew, finished, recognise
from bot.core.fleet import OperationState, ScalingChange, WorkloadKey
from bot.core.giving_back import lowering, lowering_metrics, use_of
from bot.core.heeding import felt_by
from bot.core.holding import Holding, Outcome
from bot.core.marking import outdated
from bot.core.pausing import pause_over
from bot.core.proving import Warmth, look_again_in, not_seen, warmth
from bot.core.reconciling import (
    ROLLOUT_FAILED,
    Known,
    Purpose,
    Sight,
    cramped,
    purpose,
    raising,
)
from bot.core.series import Metric
from bot.core.windows import Window
from bot.errors import GiveUp, TryAgain
from bot.facts import measure
from bot.flows.pooling import pool_at_rest
from bot.flows.ticking import Tick, note
from bot.flows.unseen import cannot_look
from bot.flows.writing import Order, write
from bot.ports.kit import Kit
from bot.ports.store import AuditRow, Transaction

_LEDGER_DEPTH = 30
_MINUTE = timedelta(minutes=1)


async def reconcile(key: str, kit: Kit) -> datetime | None:
    """Brings one workload one step nearer to what its claims want; returns when to look again."""
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        known = await _load(tx, WorkloadKey.parse(key), now)
    if known.idle:
        return known.next_start
    try:
        tick = await _look(known, kit, known.certain_until)
        if _surprises(tick, kit):
            # Nobody is told of what was only seen in a list that many share.
            tick = await _look(known, kit)
    except (TryAgain, GiveUp) as error:
        return await cannot_look(known, error, kit)
    return await _act(tick, kit)


def _surprises(tick: Tick, kit: Kit) -> bool:
    """Whether somebody else was at work, or nothing is left to do."""
    quiet = {Purpose.HOLD, Purpose.PROVE, Purpose.RAISE, Purpose.LOWER}
    return tick.drift is not Drift.NONE or _due(tick, kit) not in quiet


def _due(tick: Tick, kit: Kit) -> Purpose:
    return purpose(tick.sight, last=tick.known.last, repair=kit.house.repair)


async def _act(tick: Tick, kit: Kit) -> datetime | None:
    """The one thing that is due."""
    timing, sight = kit.house.timing, tick.sight
    match _due(tick, kit):
        case Purpose.RAISE:
            said = dict.fromkeys(claim.reason for claim in sight.wanted.claims)
            reason = "; ".join(said) or "the baseline was changed, as decided"
            order = Order(raising(sight), reason, tick.now + timing.look_again_warming)
            return await write(tick, order, kit)
        case Purpose.LOWER:
            return await _lower(tick, kit)
        case Purpose.PROVE | Purpose.HOLD as kept:
            return await _keep(tick, kept, kit)
        case Purpose.LEAVE | Purpose.ASK as left:
            done = "an engineer is asked" if left is Purpose.ASK else "it is left so"
            why = f"somebody else set {_what_was_set(sight)}, and {done}"
            return await note(tick, kit, tick.now + timing.look_again, why)
        case Purpose.REST:
            return await _rest(tick, kit)


def _what_was_set(sight: Sight) -> str:
    scaling = sight.seen.scaling
    if scaling.floor < sight.wanted.floor:
        return f"the floor to {scaling.floor}"
    return f"the maximum to {scaling.ceiling}" if scaling.ceiling else "no maximum any more"


async def _load(tx: Transaction, key: WorkloadKey, now: datetime) -> Known:
    campaigns = {one.id for one in await tx.campaigns.open() if one.state in UNDER_WAY}
    claims = [one for one in await tx.capacity.claims_on(key) if one.campaign_id in campaigns]
    return Known(
        key=key,
        holding=await tx.capacity.holding(key),
        claims=claims,
        ledger=await tx.capacity.ledger(key, _LEDGER_DEPTH),
        now=now,
    )


async def _look(known: Known, kit: Kit, since: datetime | None = None) -> Tick:
    """Reads the workload and the operation that is still open; raises what the Cloud port raises."""
    now = known.now
    seen = await kit.cloud.read(known.key, since=since)
    outstanding = [entry for entry in known.ledger if entry.outcome is Outcome.INTENDED]
    before = known.holding
    if before is None or (before.restored_at is not None and not outstanding):
        before = begin_anew(known.key, seen, before)
    held = bool(known.active) or before.written is not None
    found = recognise(before, seen, known.ledger, held=held, now=now)
    operation = await _follow(before.operation, kit)
    settled, failure, open_operation = found.settled, "", before.operation
    if operation is not None and operation.done:
        open_operation = ""
        settled += finished(known.ledger, operation, now)
        failure = f"{ROLLOUT_FAILED}: {operation.error}" if operation.error else ""
    asked = wanted(
        known.claims,
        baseline=found.holding.baseline,
        baseline_ceiling=found.holding.baseline_ceiling,
        ux_floor=ux_floor_of(seen, kit.house),
        now=now,
    )
    holding = replace(found.holding, wanted=asked.floor, operation=open_operation)
    return Tick(known, Sight(holding, seen, asked, now, known.until), settled, found.drift, failure)


async def _follow(name: str, kit: Kit) -> OperationState | None:
    """How an accepted operation stands; None when there is none or Google does not say."""
    if not name:
        return None
    try:
        return await kit.cloud.operation(name)
    except TryAgain:
        return None
    except GiveUp:
        return OperationState(name, done=True)  # Google forgets finished operations


async def _keep(tick: Tick, purpose: Purpose, kit: Kit) -> datetime | None:
    """The floor is as it should be: prove it, or see that the marks on it are true."""
    if outdated(tick.sight):
        return await _mark(tick, kit, "the claims end at another time than was marked")
    if cramped(tick.sight):
        return await _unprove(tick, kit)
    if purpose is Purpose.PROVE:
        return await _prove(tick, kit)
    return await note(tick, kit, tick.now + kit.house.timing.look_again)


async def _lower(tick: Tick, kit: Kit) -> datetime | None:
    """One step down where fresh metrics say that it is safe; no metrics, no step."""
    timing, seen = kit.house.timing, tick.sight.seen
    async with kit.store.begin() as tx:
        pause = pause_over(await tx.oversight.pauses(), seen.key, seen.groups, tick.now)
        felt = felt_by(seen.groups, kit.house.experience, await tx.experience.breaches())
    again = tick.now + timing.look_again
    if pause is not None:
        return await note(tick, kit, again, "not lowering: an administrator has paused it")
    if felt:
        why = f"not lowering: {felt[0].page.title} is {felt[0].breach.mark} for customers"
        return await note(tick, kit, again, why)
    look_back = Window(tick.now - 2 * timing.stale_after - 2 * _MINUTE, tick.now)
    metrics = lowering_metrics(seen)
    try:
        measured = await measure(kit, metrics, [seen.key], look_back, step=_MINUTE)
    except (TryAgain, GiveUp) as error:
        why = f"not lowering: Cloud Monitoring does not answer ({error.reason})"
        return await note(tick, kit, again, why)
    known = measured.get(seen.key, {})
    use = use_of(seen, known, now=tick.now, stale_after=timing.stale_after)
    move = lowering(tick.sight, use, timing)
    if move.change is not None and move.change.floor < seen.scaling.floor:
        pool = await pool_at_rest(tick, known.get(Metric.CPU), kit)
        if not pool.free:
            return await note(tick, kit, again, f"not lowering: {pool.why}")
        if pool.because:
            move = replace(move, reason=f"{move.reason}: {pool.because}")
    if move.change is None:
        return await note(tick, kit, move.again_at, move.trouble)
    return await write(tick, Order(move.change, move.reason, move.again_at), kit)


async def _mark(tick: Tick, kit: Kit, reason: str) -> datetime | None:
    """Only the marks are written anew: floor and ceiling stay as they are."""
    change = ScalingChange(tick.sight.seen.scaling.floor)
    again = tick.now + kit.house.timing.look_again_warming
    return await write(tick, Order(change, reason, again), kit)


async def _unprove(tick: Tick, kit: Kit) -> datetime | None:
    """What was proven cannot be there any more, and no write of ours brings it back."""
    most, floor = tick.sight.seen.scaling.revision_ceiling, tick.sight.wanted.floor
    words = (
        f"the deployed revision allows at most {most} of the {floor} instances to be held:"
        " an engineer must deploy a higher maximum"
    )
    holding = replace(tick.sight.holding, proven_floor=0, proven_at=None, admin_proven_at=None)
    again = tick.now + kit.house.timing.look_again
    return await note(replace(tick.holding(holding), trouble=words), kit, again)


async def _prove(tick: Tick, kit: Kit) -> datetime | None:
    """The Admin API's evidence and the metrics'; what is missing is only trouble once it takes long."""
    timing, sight, now, holding = kit.house.timing, tick.sight, tick.now, tick.sight.holding
    begun = _begun(tick)
    if now - begun < timing.default_startup:
        return await note(tick, kit, begun + timing.default_startup)
    again = now + look_again_in(now - begun, timing)
    try:
        found = await _evidence(tick, kit, begun)
    except (TryAgain, GiveUp) as error:
        return await note(tick, kit, again, f"cannot be proven now: {error.reason}")
    late = now - (holding.raised_at or now) > timing.metric_delay + 4 * timing.default_startup
    if found.admin and not _told_by_google(holding, begun):
        holding = replace(holding, admin_proven_at=now)
    if found.proven:
        holding = replace(holding, proven_at=now, proven_floor=sight.wanted.floor)
        again = now + timing.look_again
        words = f"{sight.wanted.floor} instances are warm"
        deed = AuditRow(now, "headroom", "proven", f"workload/{tick.known.key}", words)
        tick = replace(tick, deeds=(deed,))
    tick = tick.holding(holding)
    why = found.trouble if late else ""
    before = "" if tick.known.holding is None else tick.known.holding.trouble
    if before.startswith(ROLLOUT_FAILED) and not found.proven:
        why = before  # said once by the operation, true until the floor is proven after all
    return await note(tick, kit, again, why)


def _begun(tick: Tick) -> datetime:
    """When the instances that are to be proven began to start."""
    start = min(claim.hold.start for claim in tick.sight.wanted.claims)
    return start if tick.known.last is None else max(start, tick.known.last.at)


async def _evidence(tick: Tick, kit: Kit, begun: datetime) -> Warmth:
    """Metrics come minutes after the Admin API: it is not asked again until they show the floor as well."""
    timing, sight, now = kit.house.timing, tick.sight, tick.now
    look_back = Window(now - timing.stale_after - 2 * _MINUTE, now)
    measured = await kit.metrics.series(Metric.INSTANCES, [sight.seen.key], look_back, _MINUTE)
    floor = sight.wanted.floor
    unseen = not_seen(
        measured.get(sight.seen.key), floor=floor, now=now, stale_after=timing.stale_after
    )
    if unseen and _told_by_google(sight.holding, begun):
        return Warmth(True, False, unseen)
    return warmth(await kit.cloud.proof(sight.seen), unseen, floor=floor)


def _told_by_google(holding: Holding, begun: datetime) -> bool:
    """Whether the Admin API has said since then that the floor is there."""
    return holding.admin_proven_at is not None and holding.admin_proven_at >= begun


async def _rest(tick: Tick, kit: Kit) -> datetime | None:
    """Nothing is claimed and nothing of ours stands: given back."""
    holding = tick.sight.holding
    unsettled = [e for e in tick.known.ledger if e.outcome is Outcome.INTENDED]
    if holding.operation or len(unsettled) > len(tick.settled):
        return await note(tick, kit, tick.now + kit.house.timing.look_again_warming)
    if tick.sight.seen.marks is not None:
        return await _mark(tick, kit, "nothing is held any more")
    rested = replace(holding, restored_at=tick.now)
    return await note(tick.holding(rested), kit, tick.known.next_start)
