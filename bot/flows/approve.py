"""A button pressed: confirm, change, cancel, approve, decline, open the form. The key is the delivery's identity.

Every click is judged anew: signature, role, state and plan version. A click that changes nothing gets
a private answer that says what is so.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.cards import rulings
from bot.cards.answers import mistake
from bot.cards.buttons import Action, ButtonValue, unseal
from bot.cards.form import campaign_form, form_metadata, read_form_metadata
from bot.cards.history import history_view
from bot.core.campaign import Campaign, CampaignState
from bot.core.claims import Claim
from bot.core.consent import CHANGEABLE, RAISED, may_steer, may_stop
from bot.core.delivery import Delivery
from bot.core.draft import Draft
from bot.core.message import Message
from bot.core.verdict import Effect, Role
from bot.core.windows import Window
from bot.errors import AskedWrong, GiveUp, TryAgain
from bot.facts import answer_to, draft_of, look_up_roles, show, understood
from bot.flows.clicking import (
    Click,
    ask,
    clicked,
    how_it_stands,
    judge_again,
    record,
    refuse,
    schedule,
    supersede,
    turned_down,
)
from bot.flows.deciding import (
    decide,
    delegate,
    open_delegation,
    take_back,
    value_of_form,
    withdraw,
)
from bot.flows.outside import turned_away
from bot.flows.taking import take
from bot.flows.why import open_why
from bot.ports.jobs import Job, JobName, followers
from bot.ports.kit import Kit
from bot.ports.store import Transaction


@dataclass(frozen=True, slots=True)
class _Form:
    """What a form is opened with."""

    draft: Draft
    metadata: str


_Deed = Callable[[Transaction, Campaign, Click, Kit], Awaitable[Message | None]]


async def approve(key: str, kit: Kit) -> datetime | None:
    """Does what the button says, once; or answers why not."""
    async with kit.store.begin() as tx:
        delivery = await tx.inbox.get(key)
    if delivery is None or await turned_away(delivery, kit):
        return None
    try:
        value = _value(delivery, kit.seal)
    except AskedWrong as error:
        await _answer(delivery, mistake(str(error)), kit)
        return None
    opens = _OPENS.get(value.action)
    if opens is not None:
        await _answer(delivery, await opens(delivery, value, kit), kit)
    else:
        await _decide(delivery, value, kit)
    return None


async def _decide(delivery: Delivery, value: ButtonValue, kit: Kit) -> None:
    click = await clicked(delivery, value, kit)
    now = click.now
    async with kit.store.begin() as tx:
        if not await tx.inbox.handled(delivery.identity, now):
            return
        campaign = await tx.campaigns.get(value.subject)
        click.must_fit(campaign)
        deed = _DEEDS.get(value.action)
        if campaign is None or deed is None:
            answer: Message | None = rulings.gone()
        else:
            answer = await deed(tx, campaign, click, kit)
        if answer is not None:
            await tx.posts.want(answer_to(delivery, answer, kit.house), now)


def _value(delivery: Delivery, key: bytes) -> ButtonValue:
    if delivery.action == Action.DELEGATION:
        return value_of_form(delivery, key)
    return unseal(delivery.value, key)


async def _answer(delivery: Delivery, message: Message | None, kit: Kit) -> None:
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        if await tx.inbox.handled(delivery.identity, now) and message is not None:
            await tx.posts.want(answer_to(delivery, message, kit.house), now)


async def _confirm(tx: Transaction, campaign: Campaign, click: Click, kit: Kit) -> Message | None:
    if not may_steer(campaign, click.user, click.roles(click.user)):
        return await turned_down(tx, campaign, click, rulings.not_yours(campaign, "confirm"))
    if campaign.state is not CampaignState.PROPOSED:
        return await how_it_stands(tx, campaign, "confirmed")
    stored = await tx.campaigns.plan(campaign.id, campaign.plan_version)
    if stored is None or click.value.version != campaign.plan_version:
        return rulings.replaced()
    verdict = await judge_again(tx, campaign, stored[0], click, kit)
    plan, campaign = await supersede(tx, campaign, stored, verdict)
    match verdict.effect:
        case Effect.REFUSE:
            return await refuse(tx, campaign, verdict, click, kit)
        case Effect.NEEDS_APPROVAL:
            await record(tx, campaign, click, "confirmed", "asks for approval")
            await ask(tx, replace(campaign, confirmed_by=click.user), click, kit)
        case Effect.ALLOW:
            await record(tx, campaign, click, "confirmed", "")
            await schedule(tx, replace(campaign, confirmed_by=click.user), plan, click, kit)
    return None


async def _take(tx: Transaction, campaign: Campaign, click: Click, kit: Kit) -> Message | None:
    """The nearest plan that passes, instead of the one shown."""
    if not may_steer(campaign, click.user, click.roles(click.user)):
        return await turned_down(tx, campaign, click, rulings.not_yours(campaign, "change"))
    if click.value.version != campaign.plan_version:
        return rulings.replaced()
    return await take(tx, campaign, click.delivery, kit, click.now)


async def _cancel(tx: Transaction, campaign: Campaign, click: Click, kit: Kit) -> Message | None:
    """Before anything is raised it is over at once; afterwards capacity is given back first."""
    if not may_stop(campaign, click.user, click.roles(click.user)):
        answer = rulings.not_yours(campaign, "cancel", "an engineer or an administrator")
        return await turned_down(tx, campaign, click, answer)
    if campaign.state.final or campaign.state is CampaignState.RESTORING:
        return await how_it_stands(tx, campaign, "cancelled")
    raised = campaign.state in RAISED
    claims = await tx.capacity.claims_of(campaign.id)
    cancelled = replace(
        campaign,
        state=CampaignState.RESTORING if raised else CampaignState.CANCELLED,
        cancelled_by=click.user,
        cancelled_at=click.now,
        trouble="",
    )
    campaign = await tx.campaigns.save(cancelled)
    await tx.capacity.put_claims(campaign.id, _ended(claims, click.now) if raised else ())
    await record(tx, campaign, click, "cancelled", "")
    await show(tx, campaign, kit, click.now)
    for workload in sorted({claim.workload for claim in claims}):
        await tx.jobs.wake(Job(JobName.RECONCILE, str(workload)), click.now)
    for job in (Job(JobName.DRIVE, campaign.id), *followers(campaign.id)):
        await tx.jobs.wake(job, click.now)
    return None


async def _open_form(delivery: Delivery, value: ButtonValue, kit: Kit) -> Message | None:
    """Opens the form with what is known; None once it is open, else the answer."""
    roles = (await look_up_roles(kit, delivery.user)).held
    async with kit.store.begin() as tx:
        if value.action is Action.OPEN_FORM:
            form = await _form_again(tx, value.subject, kit)
        else:
            form = await _form_to_change(tx, delivery, value.subject, roles)
    if isinstance(form, Message):
        return form
    view = campaign_form(form.draft, house=kit.house, metadata=form.metadata)
    try:
        await kit.chat.open_view(delivery.trigger_id, view)
    except (TryAgain, GiveUp):
        return rulings.form_did_not_open()
    return None


async def _form_again(tx: Transaction, identity: str, kit: Kit) -> _Form | Message:
    """The form that was offered for an earlier delivery."""
    first = await tx.inbox.get(identity)
    if first is None:
        return rulings.gone()
    known = understood(first, kit.house, kit.clock.now())
    campaign, channel = read_form_metadata(first.metadata)
    metadata = form_metadata(campaign=campaign, channel=first.channel or channel)
    return _Form(known if isinstance(known, Draft) else draft_of(known), metadata)


async def _form_to_change(
    tx: Transaction, delivery: Delivery, campaign_id: str, roles: frozenset[Role]
) -> _Form | Message:
    campaign = await tx.campaigns.get(campaign_id)
    if campaign is None:
        return rulings.gone()
    if not may_steer(campaign, delivery.user, roles):
        return rulings.not_yours(campaign, "change")
    if campaign.state not in CHANGEABLE:
        return rulings.too_late_to_change(campaign)
    metadata = form_metadata(campaign=campaign.id, channel=campaign.channel)
    return _Form(draft_of(campaign.announcement), metadata)


def _ended(claims: Sequence[Claim], now: datetime) -> list[Claim]:
    """The claims as far as they have run; they say what there is to give back."""
    begun = [claim for claim in claims if claim.hold.start < now]
    return [
        replace(claim, hold=Window(claim.hold.start, min(claim.hold.end, now))) for claim in begun
    ]


async def _open_history(delivery: Delivery, value: ButtonValue, kit: Kit) -> Message | None:
    """Everything that is on record of it; whoever sees the button may read it."""
    async with kit.store.begin() as tx:
        campaign = await tx.campaigns.get(value.subject)
        rows = await tx.audit.about(f"campaign/{value.subject}")
    if campaign is None:
        return rulings.gone()
    try:
        await kit.chat.open_view(delivery.trigger_id, history_view(campaign, rows))
    except (TryAgain, GiveUp):
        return rulings.form_did_not_open()
    return None


_OPENS: Mapping[Action, Callable[[Delivery, ButtonValue, Kit], Awaitable[Message | None]]] = {
    Action.OPEN_FORM: _open_form,
    Action.CHANGE: _open_form,
    Action.WHY: open_why,
    Action.HISTORY: _open_history,
    Action.DELEGATE: open_delegation,
}
_DEEDS: Mapping[Action, _Deed] = {
    Action.CONFIRM: _confirm,
    Action.CANCEL: _cancel,
    Action.TAKE: _take,
    Action.APPROVE: decide,
    Action.DECLINE: decide,
    Action.TAKE_BACK: take_back,
    Action.WITHDRAW: withdraw,
    Action.DELEGATION: delegate,
}
