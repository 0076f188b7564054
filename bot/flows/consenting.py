"""A change of a campaign under way: asked for, decided on, put into effect. Used by reshape.

What waits for a yes is in asking.
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.cards import change_request, requests, rulings
from bot.cards import reshaping as cards
from bot.cards.buttons import Action
from bot.cards.deadline import change_subject, deadline, waits
from bot.cards.proposal import people_asked
from bot.cards.view import CampaignView, approval_channels
from bot.core.campaign import Approval, Campaign, CampaignState
from bot.core.consent import Voter, may_approve_own, may_decide, may_steer, unanswered
from bot.core.fingerprint import content_of
from bot.core.message import Message, WantedPost
from bot.core.reshaping import reshaped_claims
from bot.core.verdict import Effect, Finding, Verdict
from bot.core.wish import DONE, Deed
from bot.facts import show
from bot.flows.asking import ASKED, WITHDREW, changes_of, is_open, show_request, thread_post
from bot.flows.clicking import Click, how_it_stands, record, record_decision, turned_down
from bot.flows.judging import judged
from bot.ports.jobs import Job, JobName, followers
from bot.ports.kit import Kit
from bot.ports.store import Transaction


async def is_asked(tx: Transaction, change: cards.Change, click: Click, kit: Kit) -> bool:
    """Whether the same is asked already and still waits."""
    campaign, window = change.campaign, change.after.window
    asked = await changes_of(tx, campaign, kit)
    same = [one for one in asked if one.plan is not None and one.plan.window == window]
    return any(is_open(one, campaign, click.now) for one in same)


async def ask(tx: Transaction, change: cards.Change, click: Click, kit: Kit) -> None:
    """The question to those whose yes is needed, and a word to everybody else in the thread."""
    campaign, version = change.campaign, change.after.version
    await tx.campaigns.add_plan(change.after, change.verdict)
    at_version = replace(campaign, plan_version=version)
    await record(tx, at_version, click, ASKED, f"until {change.after.window.end:%F %R}Z")
    await show_request(tx, campaign, version, kit, click.now)
    await _reply(tx, change, cards.waiting(change, kit.seal), click)


async def withdraw_change(
    tx: Transaction, campaign: Campaign, view: CampaignView, at: tuple[Click, Kit]
) -> Message | None:
    """Who asked for the change that `view` is of takes that back; None once nobody is asked any more."""
    click, kit = at
    change = change_request.change_of(view)
    if click.user != change.asker and not may_steer(campaign, click.user, click.roles(click.user)):
        answer = requests.not_yours_to_withdraw(campaign, change.asker)
        return await turned_down(tx, campaign, click, answer)
    if not waits(view, click.now):
        return change_request.settled(view)
    campaign = await tx.campaigns.save(campaign)
    await record(tx, view.campaign, click, WITHDREW, f"until {change.after.window.end:%F %R}Z")
    await show_request(tx, campaign, change.after.version, kit, click.now)
    return None


async def decide(
    tx: Transaction,
    campaign: Campaign,
    view: CampaignView,
    again: Verdict,
    at: tuple[Click, Kit],
) -> Message | None:
    """A yes or no to the change that `view` is of; `again` is what the guardrails say of it now."""
    click, kit = at
    change = replace(change_request.change_of(view), campaign=campaign)
    verdict, approved = change.verdict, click.value.action is Action.ALLOW
    voter, owners = click.voter(click.user), _owners(change)
    if not may_decide(verdict, voter):
        answer = rulings.not_an_approver(people_asked(verdict))
        return await turned_down(tx, campaign, click, answer)
    if click.value.content != content_of(change.after):
        return rulings.replaced()
    if not waits(view, click.now):
        return change_request.settled(view)
    if approved and click.user in owners and not may_approve_own(verdict, voter):
        return rulings.own_wish()
    yes = [*(click.voter(one.by) for one in view.approvals), voter]
    enough = not unanswered(verdict, yes, owners)
    missing = _in_the_way(again, yes, owners)
    if approved and enough and missing:
        return rulings.refused_now(missing)
    decision = Approval(
        campaign.id, change.after.version, click.user, approved, click.now, click.value.content
    )
    if not await tx.campaigns.add_approval(decision):
        return await how_it_stands(tx, campaign, "approved", "declined")
    campaign = await tx.campaigns.save(campaign)
    await record_decision(tx, view.campaign, click, decision)
    change = replace(change, campaign=campaign)
    if approved and not enough:
        await show_request(tx, campaign, change.after.version, kit, click.now)
        doubt = click.in_doubt(verdict, yes, owners)
        return requests.counted_later(campaign, deadline(view)) if doubt else None
    names = [one.user for one in yes] if approved else [click.user]
    await _settle(tx, change, names, approved, at)
    return None


async def count_again(
    tx: Transaction,
    campaign: Campaign,
    view: CampaignView,
    again: Verdict,
    at: tuple[Click, Kit],
) -> None:
    """The yeses that were said to that change, with the roles that the click knows now.

    What the guardrails do not allow any more stays open, as for a last yes that is pressed.
    """
    click, kit = at
    change = replace(change_request.change_of(view), campaign=campaign)
    yes, owners = [click.voter(one.by) for one in view.approvals], _owners(change)
    if not is_open(view, campaign, click.now) or unanswered(change.verdict, yes, owners):
        return
    missing = _in_the_way(again, yes, owners)
    if missing:
        subject = f"counted/{campaign.id}/{change.after.version}"
        told = WantedPost(click.user, subject, rulings.refused_now(missing))
        await tx.posts.want(told, click.now)
        return
    await tx.audit.add(judged(change.after, again, click.now))
    await _settle(tx, change, [one.user for one in yes], True, at)


def _in_the_way(again: Verdict, yes: Sequence[Voter], owners: set[str]) -> list[Finding]:
    return [*again.with_effect(Effect.REFUSE), *unanswered(again, yes, owners)]


def _owners(change: cards.Change) -> set[str]:
    return {change.campaign.announcer, change.asker} - {""}


async def apply(
    tx: Transaction,
    change: cards.Change,
    by: Sequence[str],
    *,
    ended: bool,
    at: tuple[Click, Kit],
) -> None:
    """Plan, claims and window change together; everybody concerned looks again."""
    click, kit = at
    campaign, after = change.campaign, change.after
    await tx.campaigns.add_plan(after, change.verdict)
    old = await tx.capacity.claims_of(campaign.id)
    await tx.capacity.put_claims(campaign.id, reshaped_claims(old, after))
    moved = after.window.start != change.before.window.start
    changed = replace(
        campaign,
        announcement=replace(campaign.announcement, window=after.window),
        plan_version=after.version,
        alarmed_at=None if moved else campaign.alarmed_at,
        trouble="",
    )
    campaign = await tx.campaigns.save(changed)
    act = DONE[Deed.END] if ended else DONE[change.deed]
    detail = f"{after.window.start:%F %R}Z to {after.window.end:%F %R}Z"
    await record(tx, campaign, click, act, detail)
    await show(tx, campaign, kit, click.now)
    told = (
        cards.ended(campaign, change.before, change.asker, after)
        if ended
        else cards.done(change, list(by))
    )
    await _reply(tx, change, told, click)
    for key in sorted({claim.workload for claim in old}):
        await tx.jobs.wake(Job(JobName.RECONCILE, str(key)), click.now)
    for job in (Job(JobName.DRIVE, campaign.id), *followers(campaign.id)):
        await tx.jobs.wake(job, click.now)
    if campaign.state is CampaignState.LIVE:
        await tx.jobs.wake(Job(JobName.LOOP, campaign.id), click.now)


async def _settle(
    tx: Transaction,
    change: cards.Change,
    by: list[str],
    allowed: bool,
    at: tuple[Click, Kit],
) -> None:
    """The answer where it was asked, and in the thread; a yes takes effect."""
    click, kit = at
    told = cards.answered(change, by, allowed=allowed)
    subject = change_subject(change.campaign.id, change.after.version)
    for channel in approval_channels(change.verdict, kit.house):
        await tx.posts.want(WantedPost(channel, subject, told, lane=2), click.now)
    if allowed:
        await apply(tx, change, by, ended=False, at=at)
    else:
        await _reply(tx, change, told, click)
        for job in followers(change.campaign.id):
            await tx.jobs.wake(job, click.now)


async def _reply(tx: Transaction, change: cards.Change, message: Message, click: Click) -> None:
    post = thread_post(change.campaign, change.after.version, message)
    await tx.posts.want(post, click.now)
