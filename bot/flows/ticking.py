"""One tick of one workload: what looking has told, what is kept of it and who must hear of it.

Used by reconcile and by the writing that it does.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.cards.answers import mistake, trouble
from bot.cards.drift import Change, drift_notice, drift_subject
from bot.core.drift import Drift
from bot.core.drift_cause import cause_of, kept_by_the_revision, will_come_again
from bot.core.holding import Holding, LedgerEntry
from bot.core.message import WantedPost
from bot.core.reconciling import Known, Sight, ceiling_too_low
from bot.ports.jobs import Job, JobName
from bot.ports.kit import Kit
from bot.ports.store import AuditRow, Transaction

# A campaign over a whole region looks at a thousand workloads each time it is woken.
_TOGETHER = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Tick:
    """What looking has told; `trouble` is what a finished operation reports, `deeds` what to keep of it."""

    known: Known
    sight: Sight
    settled: tuple[LedgerEntry, ...]
    drift: Drift
    trouble: str
    deeds: tuple[AuditRow, ...] = ()

    @property
    def now(self) -> datetime:
        """The instant of the tick."""
        return self.known.now

    def holding(self, holding: Holding) -> "Tick":
        """The same tick with the holding as it is to be kept."""
        return replace(self, sight=replace(self.sight, holding=holding))


async def note(tick: Tick, kit: Kit, again: datetime | None, why: str = "") -> datetime | None:
    """Records a tick that writes nothing to Google; returns when to look again."""
    holding = replace(tick.sight.holding, trouble=tick.trouble or why)
    async with kit.store.begin() as tx:
        await record(tx, tick, holding, kit)
    change = tick.sight.wanted.next_change
    if tick.sight.holding.operation:
        soon = tick.now + kit.house.timing.look_again_warming
        again = soon if again is None else min(again, soon)
    return change if again is None else min(again, change or again)


async def record(tx: Transaction, tick: Tick, holding: Holding, kit: Kit) -> Holding:
    """Everything that looking has told, and who must hear of it; returns the holding as stored."""
    known = tick.known
    for entry in tick.settled:
        await tx.capacity.settle(entry)
    for row in tick.deeds:
        await tx.audit.add(row)
    if tick.drift is not Drift.NONE:
        holding = await _tell_drift(tx, tick, holding, kit)
    if tick.trouble:
        await tx.posts.want(alarm(known, tick.trouble, kit), tick.now)
    elif known.holding is not None and known.holding.trouble and not holding.trouble:
        await _tell_solved(tx, known, kit)
    if known.holding is None or _told(known.holding) != _told(holding):
        await wake_campaigns(tx, known)
    return await tx.capacity.save_holding(holding)


def alarm(known: Known, words: str, kit: Kit) -> WantedPost:
    """What the engineers must hear about a workload now."""
    return WantedPost(
        channel=kit.house.engineers,
        subject=f"trouble/{known.key}/{episode_of(known)}",
        message=trouble(f"{known.key.name} ({known.key.region}): {words}"),
        lane=0,
    )


async def wake_campaigns(tx: Transaction, known: Known) -> None:
    """Lets the campaigns that hold the workload show what has changed: once for all that change together."""
    for campaign in known.campaigns:
        await tx.jobs.wake(Job(JobName.DRIVE, campaign), known.now + _TOGETHER)


async def _tell_drift(tx: Transaction, tick: Tick, holding: Holding, kit: Kit) -> Holding:
    """Once: the next tick finds the new value adopted."""
    key, seen, sight = tick.known.key, tick.sight.seen, tick.sight
    who = seen.last_modifier or "somebody else"
    bounds = f"minimum {seen.scaling.floor}, maximum {seen.scaling.ceiling or 'none'}"
    detail = f"{bounds}, by {cause_of(seen)}"
    await tx.audit.add(AuditRow(tick.now, who, tick.drift.value, f"workload/{key}", detail))
    holding = replace(holding, changed_by=who)
    lowered = tick.drift is Drift.LOWERED and seen.scaling.floor < sight.wanted.floor
    maximum = tick.drift is Drift.CEILING and ceiling_too_low(sight)
    if tick.drift is Drift.RAISED or lowered or maximum:
        subject = drift_subject(key, episode_of(tick.known), maximum=maximum)
        remarks = (will_come_again(seen), kept_by_the_revision(seen))
        told = tuple(remark for remark in remarks if remark)
        change = Change(holding, subject, kit.house.repair, told)
        notice = WantedPost(
            channel=kit.house.engineers,
            subject=f"drift/{subject}",
            message=drift_notice(change, kit.seal),
        )
        await tx.posts.want(notice, tick.now)
    return holding


async def _tell_solved(tx: Transaction, known: Known, kit: Kit) -> None:
    """Changes an alarm that was given in place; says nothing where there was none."""
    told = alarm(known, "", kit)
    if await tx.posts.get(told.channel, told.subject) is not None:
        solved = mistake(f"{known.key.name} ({known.key.region}): solved, it can be scaled again.")
        await tx.posts.want(replace(told, message=solved), known.now)


def episode_of(known: Known) -> str:
    """What a notice is about, so that the next campaign's is a new one: the campaign that came first."""
    first = min(known.claims, key=lambda claim: (claim.hold.start, claim.id), default=None)
    return "restore" if first is None else first.campaign_id


def _told(holding: Holding) -> Holding:
    """The holding without what nobody is told."""
    return replace(holding, observed_at=None, version=0)
