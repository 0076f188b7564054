"""One tick of one workload: look, decide, at most one write, record. The key is the workload's.

The intent of a write is in the ledger before Google hears of it; what became of a write whose answer
was lost is told by looking. Long-running operations are never waited for.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.cards.answers import mistake, trouble
from bot.cards.proof import drift_notice
from bot.core.campaign import CampaignState
from bot.core.claiming import ux_floor_of, wanted
from bot.core.drift import Drift, begin_anew, finished, recognise, wrote
from bot.core.fleet import OperationState, ScalingChange, WorkloadKey
from bot.core.giving_back import lowering, lowering_metrics, use_of
from bot.core.holding import Holding, LedgerEntry, Outcome
from bot.core.message import WantedPost
from bot.core.proving import warmth
from bot.core.reconciling import (
    ENGINEER_NEEDED,
    ROLLOUT_FAILED,
    Known,
    Purpose,
    Sight,
    failure_of,
    purpose,
    raising,
)
from bot.core.series import Metric
from bot.core.windows import Window
from bot.errors import GiveUp, TryAgain
from bot.facts import measure
from bot.ports.jobs import Job, JobName
from bot.ports.kit import Kit
from bot.ports.store import AuditRow, Transaction

_HOLDING_STATES = frozenset({CampaignState.WARMING, CampaignState.LIVE, CampaignState.RESTORING})
_WRITES_PER_MINUTE = (
    20  # of a project and region; Google's own limit is 30 or more (reference §A.6)
)
_LEDGER_DEPTH = 30
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Tick:
    """What looking has told; `trouble` is what a finished operation reports."""

    known: Known
    sight: Sight
    settled: tuple[LedgerEntry, ...]
    drift: Drift
    trouble: str

    @property
    def now(self) -> datetime:
        return self.known.now


async def reconcile(key: str, kit: Kit) -> datetime | None:
    """Brings one workload one step nearer to what its claims want; returns when to look again."""
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        known = await _load(tx, WorkloadKey.parse(key), now)
    if known.idle:
        return known.next_start
    try:
        tick = await _look(known, kit)
    except (TryAgain, GiveUp) as error:
        return await _cannot_look(known, error, kit)
    return await _act(tick, kit)


async def _act(tick: _Tick, kit: Kit) -> datetime | None:
    """The one thing that is due."""
    timing, sight = kit.house.timing, tick.sight
    match purpose(sight, last=tick.known.last, repair=kit.house.repair):
        case Purpose.RAISE:
            again = tick.now + timing.look_again_warming
            reason = "; ".join(dict.fromkeys(claim.reason for claim in sight.wanted.claims))
            return await _write(tick, raising(sight), kit, reason=reason, again=again)
        case Purpose.LOWER:
            return await _lower(tick, kit)
        case Purpose.PROVE:
            return await _prove(tick, kit)
        case Purpose.HOLD:
            return await _note(tick, kit, tick.now + timing.look_again)
        case Purpose.LEAVE:
            why = f"somebody else set the floor to {sight.seen.scaling.floor}, and it is left so"
            return await _note(tick, kit, tick.now + timing.look_again, why)
        case Purpose.REST:
            return await _rest(tick, kit)


async def _load(tx: Transaction, key: WorkloadKey, now: datetime) -> Known:
    campaigns = {one.id for one in await tx.campaigns.open() if one.state in _HOLDING_STATES}
    claims = [one for one in await tx.capacity.claims_on(key) if one.campaign_id in campaigns]
    return Known(
        key=key,
        holding=await tx.capacity.holding(key),
        claims=claims,
        ledger=await tx.capacity.ledger(key, _LEDGER_DEPTH),
        now=now,
    )


async def _look(known: Known, kit: Kit) -> _Tick:
    """Reads the workload and the operation that is still open; raises what the Cloud port raises."""
    now = known.now
    seen = await kit.cloud.read(known.key)
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
    return _Tick(known, Sight(holding, seen, asked, now), settled, found.drift, failure)


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


async def _lower(tick: _Tick, kit: Kit) -> datetime | None:
    """One step down where fresh metrics say that it is safe; no metrics, no step."""
    timing, seen = kit.house.timing, tick.sight.seen
    look_back = Window(tick.now - 2 * timing.stale_after - 2 * _MINUTE, tick.now)
    metrics = lowering_metrics(seen)
    try:
        measured = await measure(kit, metrics, [seen.key], look_back, step=_MINUTE)
    except (TryAgain, GiveUp) as error:
        why = f"not lowering: Cloud Monitoring does not answer ({error.reason})"
        return await _note(tick, kit, tick.now + timing.look_again, why)
    use = use_of(seen, measured.get(seen.key, {}), now=tick.now, stale_after=timing.stale_after)
    move = lowering(tick.sight, use, timing)
    if move.change is None:
        return await _note(tick, kit, move.again_at, move.trouble)
    return await _write(tick, move.change, kit, reason=move.reason, again=move.again_at)


async def _prove(tick: _Tick, kit: Kit) -> datetime | None:
    """The Admin API's evidence, then the metrics'; what is missing is only trouble once it takes long."""
    timing, sight, now = kit.house.timing, tick.sight, tick.now
    again = now + timing.look_again_warming
    look_back = Window(now - timing.stale_after - 2 * _MINUTE, now)
    try:
        proof = await kit.cloud.proof(sight.seen)
        measured = await kit.metrics.series(Metric.INSTANCES, [sight.seen.key], look_back, _MINUTE)
    except (TryAgain, GiveUp) as error:
        return await _note(tick, kit, again, f"cannot be proven now: {error.reason}")
    found = warmth(
        proof,
        measured.get(sight.seen.key),
        floor=sight.wanted.floor,
        now=now,
        stale_after=timing.stale_after,
    )
    holding = sight.holding
    since = holding.raised_at or now
    late = now - since > timing.metric_delay + 4 * timing.default_startup
    if found.admin:
        holding = replace(holding, admin_proven_at=holding.admin_proven_at or now)
    if found.proven:
        holding = replace(holding, proven_at=now, proven_floor=sight.wanted.floor)
        again = now + timing.look_again
    tick = replace(tick, sight=replace(sight, holding=holding))
    why = found.trouble if late else ""
    before = "" if tick.known.holding is None else tick.known.holding.trouble
    if before.startswith(ROLLOUT_FAILED) and not found.proven:
        why = before  # said once by the operation, true until the floor is proven after all
    return await _note(tick, kit, again, why)


async def _rest(tick: _Tick, kit: Kit) -> datetime | None:
    """Nothing is claimed and nothing of ours stands: given back."""
    holding = tick.sight.holding
    unsettled = [e for e in tick.known.ledger if e.outcome is Outcome.INTENDED]
    if holding.operation or len(unsettled) > len(tick.settled):
        return await _note(tick, kit, tick.now + kit.house.timing.look_again_warming)
    rested = replace(holding, restored_at=tick.now)
    tick = replace(tick, sight=replace(tick.sight, holding=rested))
    return await _note(tick, kit, tick.known.next_start)


async def _write(
    tick: _Tick, change: ScalingChange, kit: Kit, *, reason: str, again: datetime
) -> datetime | None:
    """Intent, call, outcome; three steps, and a crash between any two of them is told by looking."""
    sight, now, key = tick.sight, tick.now, tick.known.key
    entry = LedgerEntry(
        id=0,
        workload=key,
        at=now,
        previous_floor=sight.seen.scaling.floor,
        floor=change.floor,
        previous_ceiling=sight.seen.scaling.ceiling,
        ceiling=change.ceiling,
        claims=tuple(claim.id for claim in sight.wanted.claims),
        token=sight.seen.token,
        reason=reason,
    )
    up = change.floor > sight.seen.scaling.floor
    holding = replace(
        sight.holding,
        trouble=tick.trouble,
        raised_at=sight.holding.raised_at or (now if up else None),
    )
    async with kit.store.begin() as tx:
        lane = f"{key.project}/{key.region}"
        free_at = await tx.capacity.take_write(lane, now, _WRITES_PER_MINUTE)
        holding = await _record(tx, tick, holding, kit)
        if free_at is not None:
            return free_at
        entry = replace(entry, id=await tx.capacity.intend(entry))
    try:
        operation = await kit.cloud.set_scaling(key, change, sight.seen.token)
    except (TryAgain, GiveUp) as error:
        return await _not_written(tick, entry, holding, error, kit)
    await _written(tick, entry, holding, operation, kit)
    return again


async def _written(
    tick: _Tick, entry: LedgerEntry, holding: Holding, operation: OperationState, kit: Kit
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
        await _wake_campaigns(tx, tick.known)


async def _not_written(
    tick: _Tick, entry: LedgerEntry, holding: Holding, error: TryAgain | GiveUp, kit: Kit
) -> datetime:
    """What a failed write means: decide anew, wait, look what became of it, or call a person."""
    now = kit.clock.now()
    failure = failure_of(error, kit.house.timing)
    async with kit.store.begin() as tx:
        if failure.outcome is not Outcome.INTENDED:
            settled = replace(entry, outcome=failure.outcome, detail=error.reason, settled_at=now)
            await tx.capacity.settle(settled)
        await tx.capacity.save_holding(replace(holding, trouble=failure.words))
        await _wake_campaigns(tx, tick.known)
        if isinstance(error, GiveUp):
            await tx.posts.want(_alarm(tick.known, failure.words, kit), now)
    return now + failure.pause


async def _cannot_look(known: Known, error: TryAgain | GiveUp, kit: Kit) -> datetime:
    """Nothing is changed unseen; the engineers hear what only they can help, or what lasts."""
    timing, now = kit.house.timing, known.now
    lasting = isinstance(error, GiveUp)
    words = error.reason if lasting else f"Google Cloud does not answer ({error.reason})"
    begun = min((claim.hold.start for claim in known.active), default=now)
    async with kit.store.begin() as tx:
        if known.holding is not None and known.holding.trouble != words:
            await tx.capacity.save_holding(replace(known.holding, trouble=words))
            await _wake_campaigns(tx, known)
        if lasting or now - begun >= timing.time_to_fix / 3:
            await tx.posts.want(_alarm(known, words, kit), now)
    if isinstance(error, GiveUp):
        return now + ENGINEER_NEEDED
    return now + (error.after or (timing.look_again_warming if known.active else timing.look_again))


async def _note(tick: _Tick, kit: Kit, again: datetime | None, why: str = "") -> datetime | None:
    """Records a tick that writes nothing to Google."""
    holding = replace(tick.sight.holding, trouble=tick.trouble or why)
    async with kit.store.begin() as tx:
        await _record(tx, tick, holding, kit)
    change = tick.sight.wanted.next_change
    if tick.sight.holding.operation:
        soon = tick.now + kit.house.timing.look_again_warming
        again = soon if again is None else min(again, soon)
    return change if again is None else min(again, change or again)


async def _record(tx: Transaction, tick: _Tick, holding: Holding, kit: Kit) -> Holding:
    """Everything that looking has told, and who must hear of it; returns the holding as stored."""
    known = tick.known
    for entry in tick.settled:
        await tx.capacity.settle(entry)
    if tick.drift is not Drift.NONE:
        await _tell_drift(tx, tick, kit)
    if tick.trouble:
        await tx.posts.want(_alarm(known, tick.trouble, kit), tick.now)
    elif known.holding is not None and known.holding.trouble and not holding.trouble:
        await _tell_solved(tx, known, kit)
    if known.holding is None or _told(known.holding) != _told(holding):
        await _wake_campaigns(tx, known)
    return await tx.capacity.save_holding(holding)


async def _tell_drift(tx: Transaction, tick: _Tick, kit: Kit) -> None:
    """Once: the next tick finds the new value adopted."""
    key, seen, sight = tick.known.key, tick.sight.seen, tick.sight
    who = seen.last_modifier or "somebody else"
    detail = f"floor {seen.scaling.floor}, ceiling {seen.scaling.ceiling}"
    await tx.audit.add(AuditRow(tick.now, who, tick.drift.value, f"workload/{key}", detail))
    lowered = tick.drift is Drift.LOWERED and seen.scaling.floor < sight.wanted.floor
    if tick.drift is Drift.RAISED or lowered:
        notice = WantedPost(
            channel=kit.house.engineers,
            subject=f"drift/{key}/{_episode(tick.known)}",
            message=drift_notice(sight.holding, seen, kit.house.repair),
        )
        await tx.posts.want(notice, tick.now)


async def _tell_solved(tx: Transaction, known: Known, kit: Kit) -> None:
    """Changes an alarm that was given in place; says nothing where there was none."""
    alarm = _alarm(known, "", kit)
    if await tx.posts.get(alarm.channel, alarm.subject) is not None:
        solved = mistake(f"{known.key.name} ({known.key.region}): solved, it can be scaled again.")
        await tx.posts.want(replace(alarm, message=solved), known.now)


def _alarm(known: Known, words: str, kit: Kit) -> WantedPost:
    return WantedPost(
        channel=kit.house.engineers,
        subject=f"trouble/{known.key}/{_episode(known)}",
        message=trouble(f"{known.key.name} ({known.key.region}): {words}"),
        lane=0,
    )


def _episode(known: Known) -> str:
    """What a notice is about, so that the next campaign's is a new one."""
    return known.campaigns[0] if known.campaigns else "restore"


def _told(holding: Holding) -> Holding:
    """The holding without what nobody is told."""
    return replace(holding, observed_at=None, version=0)


async def _wake_campaigns(tx: Transaction, known: Known) -> None:
    for campaign in known.campaigns:
        await tx.jobs.wake(Job(JobName.DRIVE, campaign), known.now)
