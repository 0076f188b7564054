"""A campaign while it is live: is its demand as planned? Raises, gives back or asks. The key is its id."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.cards.live import ask_for_more, live_note
from bot.core.beside import Beside, Neighbouring, own_demand
from bot.core.campaign import Campaign, CampaignState
from bot.core.claims import Claim
from bot.core.closed_loop import Adjustment, Turn, Watched, adjust
from bot.core.experience import Breach
from bot.core.fleet import WorkloadKey
from bot.core.heeding import Felt, felt_by, heed
from bot.core.house import LoopMode
from bot.core.message import WantedPost
from bot.core.plan import Plan, WorkloadPlan
from bot.core.pricing import instance_hours, price, tariff
from bot.core.series import Metric, Series
from bot.core.windows import Window
from bot.errors import GiveUp, TryAgain
from bot.facts import measure, show
from bot.flows.adjusting import Adjusting, apply, beside, neighbours
from bot.ports.kit import Kit
from bot.ports.store import Transaction

_MINUTE = timedelta(minutes=1)
_LOOK_BACK = timedelta(minutes=25)


@dataclass(frozen=True, slots=True)
class _Live:
    """A live campaign with what it promised and what it claims now."""

    campaign: Campaign
    plan: Plan
    claims: Sequence[Claim]
    now: datetime
    breaches: Sequence[Breach] = ()
    neighbours: Sequence[Neighbouring] = ()

    def others(self, key: WorkloadKey) -> list[Neighbouring]:
        """The other campaigns that hold a workload."""
        return [one for one in self.neighbours if one.workload.key == key]

    def beside(self, one: WorkloadPlan) -> Beside:
        """What this campaign and the others hold of a workload."""
        return beside(one, self.claims, self.others(one.key), self.now)

    def floor(self, key: WorkloadKey) -> int:
        """What the claims promise of a workload from now on."""
        mine = [c.floor for c in self.claims if c.workload == key and c.hold.contains(self.now)]
        return max(mine, default=0)


async def loop(key: str, kit: Kit) -> datetime | None:
    """Looks at the demand once; returns when to look again, None once it is not live any more."""
    if kit.house.capacity.loop is LoopMode.OFF:
        return None
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        live = await _load(tx, key, now)
    if live is None:
        return None
    again = now + kit.house.timing.look_again
    watched = [one for one in live.plan.workloads if one.steps and one.sizing is not None]
    keys = [one.key for one in watched]
    try:
        window = Window(now - _LOOK_BACK, now)
        measured = await measure(kit, [Metric.REQUESTS], keys, window, step=_MINUTE)
    except (TryAgain, GiveUp) as error:
        await _keep(live, _silent(live, watched, error.reason, kit), kit)
        return again
    found = [
        _adjustment(live, one, measured.get(one.key, {}).get(Metric.REQUESTS), kit)
        for one in watched
    ]
    await _keep(live, found, kit)
    return again


async def _load(tx: Transaction, key: str, now: datetime) -> _Live | None:
    campaign = await tx.campaigns.get(key)
    if campaign is None or campaign.state is not CampaignState.LIVE:
        return None
    stored = await tx.campaigns.plan(key, campaign.plan_version)
    if stored is None or stored[0].needs_nothing or now >= campaign.announcement.window.end:
        return None
    claims = await tx.capacity.claims_of(key)
    breaches = await tx.experience.breaches()
    return _Live(campaign, stored[0], claims, now, breaches, await neighbours(tx, key))


def _adjustment(live: _Live, one: WorkloadPlan, demand: Series | None, kit: Kit) -> Adjustment:
    watched = _watched(live, one, demand, kit)
    if watched is None:
        return Adjustment(one.key, Turn.HOLD, live.floor(one.key), 0.0, "")
    rules, stale_after = kit.house.capacity, kit.house.timing.stale_after
    change = adjust(watched, rules, now=live.now, stale_after=stale_after)
    return _fitted(live, one, heed(change, watched, _felt(live, one, kit), rules, now=live.now))


def _fitted(live: _Live, one: WorkloadPlan, change: Adjustment) -> Adjustment:
    """A raise as far as, with what other campaigns hold, the maximum that was allowed goes."""
    held = live.beside(one)
    if change.turn not in {Turn.RAISE, Turn.ASK} or held.alone:
        return change
    asked = replace(change, demand=math.inf) if change.turn is Turn.ASK else change
    fitted = held.within(asked, held.ceiling)
    if fitted is not None:
        return fitted
    reason = f"{change.reason}; its ceiling of {held.ceiling} is reached"
    return replace(change, turn=Turn.HOLD, floor=live.floor(one.key), reason=reason)


def _watched(live: _Live, one: WorkloadPlan, demand: Series | None, kit: Kit) -> Watched | None:
    if one.sizing is None:
        return None
    return Watched(
        plan=one,
        floor=live.floor(one.key),
        sizing=one.sizing,
        demand=own_demand(demand, live.others(one.key), live.now) if demand else None,
        affordable=_affordable(live, one, kit),
        live_for=live.now - live.campaign.announcement.window.start,
        shared=not live.beside(one).alone,
    )


def _felt(live: _Live, one: WorkloadPlan, kit: Kit) -> Sequence[Felt]:
    groups = one.groups or live.campaign.announcement.groups
    return felt_by(groups, kit.house.experience, live.breaches)


def _affordable(live: _Live, one: WorkloadPlan, kit: Kit) -> int:
    """How high the floor may go until the end for what may be spent without asking, busy price."""
    rates = tariff(one.key, one.billing)
    left = Window(live.now, max(live.plan.give_back_at, live.now + _MINUTE))
    each = price(instance_hours(1, left), one.size, rates.active, kit.house.discount).amount
    budget = kit.house.guardrails.auto_budget.amount
    return one.floor + (math.floor(budget / each) if each > 0 else 0)


def _silent(live: _Live, plans: Sequence[WorkloadPlan], reason: str, kit: Kit) -> list[Adjustment]:
    """Without metrics of demand the floors are held; what customers feel still counts."""
    words, found = f"Cloud Monitoring does not answer ({reason}): held as it is", []
    for one in plans:
        change = Adjustment(one.key, Turn.HOLD, live.floor(one.key), 0.0, words)
        watched, felt = _watched(live, one, None, kit), _felt(live, one, kit)
        rules = kit.house.capacity
        if watched is not None:
            change = _fitted(live, one, heed(change, watched, felt, rules, now=live.now))
        found.append(change)
    return found


async def _keep(live: _Live, found: Sequence[Adjustment], kit: Kit) -> None:
    """Acts on it, unless the campaign or one beside it was changed meanwhile: then the next look decides."""
    changes = [one for one in found if one.turn not in {Turn.HOLD, Turn.ASK}]
    async with kit.store.begin() as tx:
        campaign = await tx.campaigns.get(live.campaign.id)
        if campaign is None or campaign.version != live.campaign.version:
            return
        if changes and await _changed_beside(tx, live):
            return
        if changes:
            campaign = await apply(tx, Adjusting(campaign, changes, live.now))
            await _note_raised(tx, live, changes, kit)
        for one in found:
            if one.turn is Turn.ASK:
                await _ask(tx, live, one, kit)
        note = live_note(found)
        if note and note != campaign.note:
            campaign = await tx.campaigns.save(replace(campaign, note=note))
        elif not kit.house.experience.of(campaign.announcement.groups):
            return
        await show(tx, campaign, kit, live.now)


async def _changed_beside(tx: Transaction, live: _Live) -> bool:
    """Whether another campaign holds something else of the workloads by now; words about it do not count."""
    present = await neighbours(tx, live.campaign.id)
    return [one.holds for one in present] != [one.holds for one in live.neighbours]


async def _note_raised(
    tx: Transaction, live: _Live, changes: Sequence[Adjustment], kit: Kit
) -> None:
    """What customers feel gets time to show what the raise does."""
    raised = {one.key for one in changes if one.turn is not Turn.GIVE_BACK}
    plans = [one for one in live.plan.workloads if one.key in raised]
    felt = {one.breach.page: one.breach for plan in plans for one in _felt(live, plan, kit)}
    for breach in felt.values():
        await tx.experience.keep_breach(replace(breach, raised_at=live.now))


async def _ask(tx: Transaction, live: _Live, one: Adjustment, kit: Kit) -> None:
    """Once for each floor that is needed: the same question again is the same message."""
    subject = f"{one.key}/{live.campaign.id}"
    post = WantedPost(
        channel=kit.house.engineers,
        subject=f"more/{subject}",
        message=ask_for_more(live.campaign, one, _held(live, one), kit.seal),
        lane=0,
    )
    await tx.posts.want(post, live.now)


def _held(live: _Live, one: Adjustment) -> int:
    """What the workload has now, the other campaigns' share included."""
    plans = [plan for plan in live.plan.workloads if plan.key == one.key]
    return live.beside(plans[0]).held if one.together else live.floor(one.key)
