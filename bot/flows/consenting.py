"""A change of a campaign under way: asked for, decided on, put into effect. Used by reshape.

A change that waits for a yes is a plan of a version above the campaign's; nothing else is stored of it.
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.cards import reshaping as cards
from bot.cards import rulings
from bot.cards.buttons import Action
from bot.cards.proposal import people_asked
from bot.cards.view import approval_channels
from bot.core.campaign import Approval, CampaignState
from bot.core.consent import RAISED, may_approve_own, may_decide, unanswered
from bot.core.fingerprint import content_of
from bot.core.message import Message, WantedPost
from bot.core.reshaping import reshaped_claims
from bot.core.verdict import Effect, Verdict
from bot.core.wish import Deed
from bot.facts import show
from bot.flows.clicking import Click, record, turned_down
from bot.ports.jobs import Job, JobName
from bot.ports.kit import Kit
from bot.ports.store import Transaction

_ASKED = "asked for a change"


async def is_asked(tx: Transaction, change: cards.Change) -> bool:
    """Whether the same is asked already and nobody has said no."""
    campaign = change.campaign
    for version in range(campaign.plan_version + 1, change.after.version):
        stored = await tx.campaigns.plan(campaign.id, version)
        if stored is None or stored[0].window != change.after.window:
            continue
        given = await tx.campaigns.approvals(campaign.id, version)
        if all(one.approved for one in given):
            return True
    return False


async def ask(tx: Transaction, change: cards.Change, click: Click, kit: Kit) -> None:
    """The question to those whose yes is needed, and a word to everybody else in the thread."""
    await tx.campaigns.add_plan(change.after, change.verdict)
    at_version = replace(change.campaign, plan_version=change.after.version)
    await record(tx, at_version, click, _ASKED, f"until {change.after.window.end:%F %R}Z")
    await _put_question(tx, change, cards.question(change, kit.seal, []), (click, kit))
    await _reply(tx, change, cards.waiting(change), click)


async def decide(
    tx: Transaction, change: cards.Change, again: Verdict, click: Click, kit: Kit
) -> Message | None:
    """A yes or no to the change; `again` is what the guardrails say of it now."""
    plan, verdict = change.after, change.verdict
    change = replace(change, asker=await _asker(tx, change))
    approved = click.value.action is Action.ALLOW
    if not may_decide(verdict, click.voter(click.user)):
        answer = rulings.not_an_approver(people_asked(verdict))
        return await turned_down(tx, change.campaign, click, answer)
    objection = _objection(change, click)
    if objection is not None:
        return objection
    given = await tx.campaigns.approvals(plan.campaign_id, plan.version)
    content = click.value.content
    decision = Approval(plan.campaign_id, plan.version, click.user, approved, click.now, content)
    if any(not one.approved for one in given) or not await tx.campaigns.add_approval(decision):
        return rulings.stands(change.campaign)
    asked = replace(change.campaign, plan_version=plan.version)
    await record(tx, asked, click, "approved" if approved else "declined")
    if not approved:
        await _settle(tx, change, [click.user], False, (click, kit))
        return None
    voters = [click.voter(one.by) for one in given] + [click.voter(click.user)]
    names, owners = [one.user for one in voters], _owners(change)
    if unanswered(verdict, voters, owners):
        await _put_question(tx, change, cards.question(change, kit.seal, names), (click, kit))
        return None
    missing = [*again.with_effect(Effect.REFUSE), *unanswered(again, voters, owners)]
    if missing:
        return rulings.refused_now(missing)
    await _settle(tx, change, names, True, (click, kit))
    return None


def _objection(change: cards.Change, click: Click) -> Message | None:
    """Why an approver's word does not count, or not any more; None where it does."""
    campaign, verdict, voter = change.campaign, change.verdict, click.voter(click.user)
    if click.value.content != content_of(change.after):
        return rulings.replaced()
    if campaign.state not in RAISED or click.now >= campaign.announcement.window.end:
        return cards.too_late(campaign)
    own = click.user in _owners(change) and click.value.action is Action.ALLOW
    return rulings.own_wish() if own and not may_approve_own(verdict, voter) else None


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
    act = "ended" if ended else _PAST[change.deed]
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
    await tx.jobs.wake(Job(JobName.DRIVE, campaign.id), click.now)
    if campaign.state is CampaignState.LIVE:
        await tx.jobs.wake(Job(JobName.LOOP, campaign.id), click.now)


_PAST = {
    Deed.EXTEND: "extended",
    Deed.SHORTEN: "shortened",
    Deed.MOVE: "moved",
    Deed.END: "ended",
}


async def _settle(
    tx: Transaction,
    change: cards.Change,
    by: list[str],
    allowed: bool,
    at: tuple[Click, Kit],
) -> None:
    """The answer where it was asked, and in the thread; a yes takes effect."""
    click, _ = at
    told = cards.answered(change, by, allowed=allowed)
    await _put_question(tx, change, told, at)
    if allowed:
        await apply(tx, change, by, ended=False, at=at)
    else:
        await _reply(tx, change, told, click)


async def _asker(tx: Transaction, change: cards.Change) -> str:
    rows = await tx.audit.about(f"campaign/{change.campaign.id}")
    asked = [row for row in rows if row.act == _ASKED and row.version == change.after.version]
    return asked[-1].actor if asked else change.campaign.announcer


async def _put_question(
    tx: Transaction, change: cards.Change, message: Message, at: tuple[Click, Kit]
) -> None:
    click, kit = at
    for channel in approval_channels(change.verdict, kit.house):
        subject = f"change/{change.campaign.id}/{change.after.version}"
        await tx.posts.want(WantedPost(channel, subject, message, lane=2), click.now)


async def _reply(tx: Transaction, change: cards.Change, message: Message, click: Click) -> None:
    """In the campaign's thread: one message for each change, which shows how it was settled."""
    campaign = change.campaign
    reply = WantedPost(
        channel=campaign.channel,
        subject=f"changed/{campaign.id}/{change.after.version}",
        message=message,
        thread_of=f"campaign/{campaign.id}",
    )
    await tx.posts.want(reply, click.now)
