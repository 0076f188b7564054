"""A request decided on: yes, no, a yes taken back, the request withdrawn, the right handed on. Used by approve.

Whatever is pressed at the same time, each decision saves the campaign: the second one is decided again
on what the first one left.
"""

from dataclasses import replace

from bot.cards import change_request, requests, rulings
from bot.cards.buttons import Action, ButtonValue, unseal
from bot.cards.deadline import waits
from bot.cards.delegating import delegation_form
from bot.cards.form import pressed_for, pressed_metadata
from bot.cards.proposal import people_asked
from bot.cards.view import CampaignView
from bot.core.campaign import Approval, Campaign, CampaignState, Delegation
from bot.core.consent import (
    is_own,
    may_approve_own,
    may_decide,
    may_hand_on,
    may_steer,
    unanswered,
)
from bot.core.delivery import Delivery
from bot.core.fingerprint import content_of
from bot.core.message import Message, WantedPost
from bot.core.plan import Plan
from bot.core.verdict import Effect, Verdict
from bot.errors import GiveUp, TryAgain
from bot.facts import show
from bot.flows.asking import request_of, show_request
from bot.flows.clicking import (
    Click,
    ask,
    how_it_stands,
    judge_again,
    record,
    record_decision,
    refuse,
    schedule,
    supersede,
    turned_down,
)
from bot.flows.consenting import withdraw_change
from bot.ports.kit import Kit
from bot.ports.store import Transaction

_Stored = tuple[Plan, Verdict]


async def decide(tx: Transaction, campaign: Campaign, click: Click, kit: Kit) -> Message | None:
    """A yes or no; None once it counts."""
    stored = await tx.campaigns.plan(campaign.id, click.value.version)
    if stored is None:
        return rulings.gone()
    plan, verdict = stored
    voter, approved = click.voter(click.user), click.value.action is Action.APPROVE
    if not may_decide(verdict, voter):
        return await turned_down(
            tx, campaign, click, rulings.not_an_approver(people_asked(verdict))
        )
    if _is_another(click.value, campaign, plan):
        return rulings.replaced()
    if not _open(campaign, click):
        return await how_it_stands(tx, campaign, "approved", "declined")
    if approved and is_own(campaign, click.user) and not may_approve_own(verdict, voter):
        return rulings.own_wish()
    content = content_of(plan)
    decision = Approval(campaign.id, plan.version, click.user, approved, click.now, content)
    if not await tx.campaigns.add_approval(decision):
        return await how_it_stands(tx, campaign, "approved", "declined")
    campaign = await tx.campaigns.save(campaign)
    await record_decision(tx, campaign, click, decision)
    if not approved:
        await _settle(tx, campaign, plan, click, kit)
        return None
    return await _count(tx, campaign, stored, click, kit)


async def count_again(tx: Transaction, campaign: Campaign, click: Click, kit: Kit) -> None:
    """The yeses that were said to its plan, with the roles that `click` knows now; nobody says another one."""
    stored = await tx.campaigns.plan(campaign.id, campaign.plan_version)
    if (
        stored is None
        or _is_another(click.value, campaign, stored[0])
        or not _open(campaign, click)
    ):
        return
    answer = await _count(tx, campaign, stored, click, kit)
    if answer is not None:
        subject = f"counted/{campaign.id}/{click.value.version}"
        await tx.posts.want(WantedPost(click.user, subject, answer), click.now)


async def take_back(tx: Transaction, campaign: Campaign, click: Click, kit: Kit) -> Message | None:
    """A yes is as if it had not been said, while others are still asked."""
    view = await request_of(tx, campaign, click.value.version, kit)
    if view is None:
        return rulings.replaced()
    if not waits(view, click.now):
        return await _closed(tx, campaign, view)
    version = click.value.version
    if not await tx.campaigns.take_back(campaign.id, version, click.user):
        return requests.nothing_to_take_back()
    campaign = await tx.campaigns.save(campaign)
    await record(tx, view.campaign, click, "took back", "the yes")
    await show_request(tx, campaign, version, kit, click.now)
    return None


async def withdraw(tx: Transaction, campaign: Campaign, click: Click, kit: Kit) -> Message | None:
    """The request ends unanswered; the plan is proposed again, under a version nobody has decided on.

    Of a change of what is under way only the question ends.
    """
    view = await request_of(tx, campaign, click.value.version, kit)
    if view is not None and view.before is not None:
        return await withdraw_change(tx, campaign, view, (click, kit))
    if not may_steer(campaign, click.user, click.roles(click.user)):
        return await turned_down(tx, campaign, click, rulings.not_yours(campaign, "withdraw"))
    if click.value.version != campaign.plan_version:
        return rulings.replaced()
    stored = await tx.campaigns.plan(campaign.id, campaign.plan_version)
    if not _open(campaign, click) or stored is None:
        return await how_it_stands(tx, campaign, "approved", "declined")
    await record(tx, campaign, click, "withdrew", "the request for approval")
    await _again(tx, campaign, stored[0], stored[1], (click, kit))
    return None


async def open_delegation(delivery: Delivery, value: ButtonValue, kit: Kit) -> Message | None:
    """Asks who shall decide instead; None once the question is open. The answer is judged by `delegate`."""
    async with kit.store.begin() as tx:
        campaign = await tx.campaigns.get(value.subject)
    if campaign is None:
        return rulings.gone()
    try:
        metadata = pressed_metadata(delivery.value, delivery.channel)
        await kit.chat.open_view(delivery.trigger_id, delegation_form(campaign, metadata))
    except (TryAgain, GiveUp):
        return rulings.form_did_not_open()
    return None


async def delegate(tx: Transaction, campaign: Campaign, click: Click, kit: Kit) -> Message | None:
    """Somebody else may decide in the place of who says so."""
    taker = click.delivery.values.get("taker", "")
    stored = await tx.campaigns.plan(campaign.id, click.value.version)
    if stored is None:
        return rulings.gone()
    if not may_hand_on(stored[1], click.voter(click.user)):
        return await turned_down(
            tx, campaign, click, rulings.not_an_approver(people_asked(stored[1]))
        )
    version = click.value.version
    view = await request_of(tx, campaign, version, kit)
    if view is None:
        return rulings.replaced()
    if not waits(view, click.now):
        return await _closed(tx, campaign, view)
    if not taker or taker == click.user or {taker, click.user} & _owners(view.campaign):
        return requests.not_to_them()
    await tx.campaigns.delegate(Delegation(campaign.id, version, click.user, taker, click.now))
    campaign = await tx.campaigns.save(campaign)
    await record(tx, view.campaign, click, "delegated", f"to <@{taker}>")
    await show_request(tx, campaign, version, kit, click.now)
    told = WantedPost(
        channel=taker,
        subject=f"handed/{campaign.id}/{version}",
        message=requests.handed_to_you(campaign, click.user, kit.house.engineers),
    )
    await tx.posts.want(told, click.now)
    return requests.handed_on(taker)


def value_of_form(delivery: Delivery, key: bytes) -> ButtonValue:
    """What the form of a delegation was opened for; AskedWrong for what we did not seal."""
    pressed = unseal(pressed_for(delivery.metadata), key)
    return replace(pressed, action=Action.DELEGATION)


def _is_another(value: ButtonValue, campaign: Campaign, plan: Plan) -> bool:
    """Whether the button was about another plan than the one that is asked about now."""
    return value.version != campaign.plan_version or value.content != content_of(plan)


def _open(campaign: Campaign, click: Click) -> bool:
    """Whether it can still be decided on: silence until the start is a no."""
    waiting = campaign.state is CampaignState.AWAITING_APPROVAL
    return waiting and click.now < campaign.announcement.window.start


async def _closed(tx: Transaction, campaign: Campaign, view: CampaignView) -> Message:
    """Why nothing can be decided on it any more."""
    if view.before is None:
        return await how_it_stands(tx, campaign, "approved", "declined")
    return change_request.settled(view)


def _owners(campaign: Campaign) -> set[str]:
    return {campaign.announcer, campaign.confirmed_by} - {""}


async def _count(
    tx: Transaction, campaign: Campaign, stored: _Stored, click: Click, kit: Kit
) -> Message | None:
    """Schedules it once everybody asked has said yes and the guardrails still ask for nothing else."""
    plan, verdict = stored
    given = await tx.campaigns.approvals(campaign.id, plan.version)
    content = content_of(plan)
    yes = [click.voter(one.by) for one in given if one.approved and one.content == content]
    owners = _owners(campaign)
    if unanswered(verdict, yes, owners):
        await show(tx, campaign, kit, click.now)
        until = campaign.announcement.window.start
        doubt = click.in_doubt(verdict, yes, owners)
        return requests.counted_later(campaign, until) if doubt else None
    fresh = await judge_again(tx, campaign, plan, click, kit)
    if fresh.effect is Effect.REFUSE:
        plan, campaign = await supersede(tx, campaign, stored, fresh)
        return await refuse(tx, campaign, fresh, click, kit)
    missing = unanswered(fresh, yes, owners)
    if missing:
        campaign = await _again(tx, campaign, plan, fresh, (click, kit))
        campaign = await ask(tx, campaign, click, kit)
        await _reply(tx, campaign, requests.asked_again(campaign, list(missing)), click)
        return None
    await _settle(tx, campaign, plan, click, kit)
    return None


async def _again(
    tx: Transaction, campaign: Campaign, plan: Plan, verdict: Verdict, at: tuple[Click, Kit]
) -> Campaign:
    """The old question is closed where it was asked; the plan goes on under a new version."""
    click, kit = at
    campaign = await tx.campaigns.save(replace(campaign, state=CampaignState.PROPOSED))
    await show(tx, campaign, kit, click.now)
    newer = replace(plan, version=plan.version + 1)
    await tx.campaigns.add_plan(newer, verdict)
    campaign = await tx.campaigns.save(replace(campaign, plan_version=newer.version))
    await show(tx, campaign, kit, click.now)
    return campaign


async def _settle(tx: Transaction, campaign: Campaign, plan: Plan, click: Click, kit: Kit) -> None:
    """The decision takes effect, and the asker is told in the campaign's thread."""
    approved = click.value.action is Action.APPROVE
    given = await tx.campaigns.approvals(campaign.id, plan.version)
    by = [one.by for one in given if one.approved is approved]
    if approved:
        campaign = await schedule(tx, campaign, plan, click, kit)
    else:
        campaign = await tx.campaigns.save(replace(campaign, state=CampaignState.REFUSED))
        await show(tx, campaign, kit, click.now)
    await _reply(tx, campaign, rulings.settled_reply(campaign, by, approved=approved), click)


async def _reply(tx: Transaction, campaign: Campaign, message: Message, click: Click) -> None:
    """In the campaign's thread."""
    reply = WantedPost(
        channel=campaign.channel,
        subject=f"settled/{campaign.id}/{campaign.plan_version}",
        message=message,
        thread_of=f"campaign/{campaign.id}",
    )
    await tx.posts.want(reply, click.now)
