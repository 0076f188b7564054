"""A button or word about capacity that is held: put back, leave it, extend, raise, drained. The key is the delivery's.

Every click is judged anew: signature, role, and how things stand now.
"""

import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.cards.answers import mistake
from bot.cards.buttons import Action, ButtonValue, unseal
from bot.cards.draining import drained
from bot.cards.drift import Change, drift_keys, drift_notice
from bot.cards.live import raised_by
from bot.core.campaign import Campaign, CampaignState
from bot.core.closed_loop import Adjustment, Turn
from bot.core.delivery import Delivery
from bot.core.holding import Answer
from bot.core.message import Message, WantedPost
from bot.core.verdict import Role
from bot.errors import AskedWrong, TryAgain
from bot.facts import Roles, answer_to, look_up_roles
from bot.flows.adjusting import Adjusting, apply, beside, neighbours
from bot.flows.outside import turned_away
from bot.flows.reshape import is_reshaping, reshape
from bot.ports.jobs import Job, JobName
from bot.ports.kit import Kit
from bot.ports.store import AuditRow, Transaction

# While Slack does not say who is in a user group, a click waits this long for it before it is refused.
_WAIT_FOR_ROLES = timedelta(minutes=2)
_OPERATORS = frozenset({Role.ENGINEER, Role.ADMIN})


@dataclass(frozen=True, slots=True)
class Press:
    """Who pressed what when, with which roles."""

    delivery: Delivery
    value: ButtonValue
    roles: Roles
    now: datetime

    @property
    def user(self) -> str:
        """The Slack user."""
        return self.delivery.user

    def may_operate(self) -> bool:
        """Whether an engineer or admin pressed; TryAgain while Slack does not say who is one."""
        if self.roles.held & _OPERATORS:
            return True
        late = self.now - self.delivery.received_at >= _WAIT_FOR_ROLES
        if not (self.roles.certain or late):
            raise TryAgain("Slack does not say who is in which user group", timedelta(seconds=5))
        return False


Deed = Callable[[Transaction, Press, Kit], Awaitable[Message | None]]


async def steer(key: str, kit: Kit) -> datetime | None:
    """Does what the button says, once; or answers privately why not."""
    async with kit.store.begin() as tx:
        delivery = await tx.inbox.get(key)
    if delivery is None or await turned_away(delivery, kit):
        return None
    if is_reshaping(delivery):
        await reshape(delivery, kit)
        return None
    roles = await look_up_roles(kit, delivery.user)
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        if not await tx.inbox.handled(key, now):
            return None
        try:
            value = unseal(delivery.value, kit.seal)
            answer = await _DEEDS[value.action](tx, Press(delivery, value, roles, now), kit)
        except AskedWrong as error:
            answer = mistake(str(error))
        if answer is not None:
            await tx.posts.want(answer_to(delivery, answer, kit.house), now)
    return None


async def _answer_drift(tx: Transaction, press: Press, kit: Kit) -> Message | None:
    """Put back or leave what somebody else lowered; the notice shows who decided."""
    if not press.may_operate():
        return mistake("Only an engineer or an administrator can decide that.")
    key, episode = drift_keys(press.value.subject)
    holding = await tx.capacity.holding(key)
    open_ = {one.id for one in await tx.campaigns.open()}
    # Another campaign may still need what was lowered while this one was held.
    needed_by = {episode, *(claim.campaign_id for claim in await tx.capacity.claims_on(key))}
    if holding is None or holding.restored_at is not None or open_.isdisjoint(needed_by):
        return mistake(f"Nothing is held of {key.name} any more, so there is nothing to decide.")
    put_back = press.value.action is Action.PUT_BACK
    answered = replace(holding, answer=Answer.PUT_BACK if put_back else Answer.LEAVE)
    await tx.capacity.save_holding(answered)
    act = answered.answer.value
    row = AuditRow(press.now, press.user, act, f"workload/{key}", episode, via=press.delivery.via)
    await tx.audit.add(row)
    change = Change(answered, press.value.subject, kit.house.repair, (), press.user)
    notice = WantedPost(
        channel=kit.house.engineers,
        subject=f"drift/{press.value.subject}",
        message=drift_notice(change, kit.seal),
    )
    await tx.posts.want(notice, press.now)
    await tx.jobs.wake(Job(JobName.RECONCILE, str(key)), press.now)
    return None


async def _raise(tx: Transaction, press: Press, kit: Kit) -> Message | None:
    """More than Headroom may do by itself, decided by an engineer."""
    if not press.may_operate():
        return mistake("Only an engineer or an administrator can decide that.")
    key, campaign_id = drift_keys(press.value.subject)
    campaign = await tx.campaigns.get(campaign_id)
    if campaign is None or campaign.state is not CampaignState.LIVE:
        return mistake("The campaign is not live any more, so nothing was raised.")
    words = f"decided by {press.user}"
    asked = Adjustment(key, Turn.RAISE, press.value.version, math.inf, words)
    change = await _share_of(tx, campaign, asked, press.now)
    if change is None:
        return mistake(f"{key.name} has as many instances by now, so nothing was raised.")
    via = press.delivery.via
    await apply(tx, Adjusting(campaign, [change], press.now, press.user, via))
    told = raised_by(key, change.instances, press.user)
    subject = f"more/{press.value.subject}"
    await tx.posts.want(WantedPost(kit.house.engineers, subject, told), press.now)
    return None


async def _share_of(
    tx: Transaction, campaign: Campaign, asked: Adjustment, now: datetime
) -> Adjustment | None:
    """The campaign's own part of so many instances, where others hold the workload as well; None: nothing."""
    stored = await tx.campaigns.plan(campaign.id, campaign.plan_version)
    plans = stored[0].workloads if stored is not None else ()
    plan = next((one for one in plans if one.key == asked.key), None)
    if plan is None:
        return asked
    own = await tx.capacity.claims_of(campaign.id)
    held = beside(plan, own, await neighbours(tx, campaign.id), now)
    return asked if held.alone else held.within(asked, min(asked.floor, held.ceiling))


async def _drained(tx: Transaction, press: Press, kit: Kit) -> Message | None:
    """A worker pool has nothing left to do, says a person: its instances may be stopped."""
    if not press.may_operate():
        return mistake("Only an engineer or an administrator can decide that.")
    key, _ = drift_keys(press.value.subject)
    holding = await tx.capacity.holding(key)
    if holding is None or holding.restored_at is not None:
        return mistake(f"Nothing is held of {key.name} any more, so there is nothing to give back.")
    if holding.drained_by:
        return mistake(f"That was said already; {key.name} gives its instances back step by step.")
    await tx.capacity.save_holding(replace(holding, drained_by=press.user))
    await tx.audit.add(AuditRow(press.now, press.user, "drained", f"workload/{key}"))
    told = drained(key, press.user)
    subject = f"drain/{press.value.subject}"
    await tx.posts.want(WantedPost(kit.house.engineers, subject, told), press.now)
    await tx.jobs.wake(Job(JobName.RECONCILE, str(key)), press.now)
    return None


_DEEDS: Mapping[Action, Deed] = {
    Action.PUT_BACK: _answer_drift,
    Action.LEAVE: _answer_drift,
    Action.RAISE: _raise,
    Action.DRAINED: _drained,
}
