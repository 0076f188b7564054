"""A button pressed: confirm, change, cancel, approve, decline, open the form. The key is the delivery's identity.

Every click is judged anew: signature, role, state and plan version. A click that changes nothing gets
a private answer that says what is so.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.cards import rulings
from bot.cards.answers import mistake
from bot.cards.buttons import Action, ButtonValue, unseal
from bot.cards.form import campaign_form, form_metadata, read_form_metadata
from bot.cards.view import approvers_asked
from bot.core.campaign import Approval, Campaign, CampaignState
from bot.core.case import Case
from bot.core.claiming import claims_of
from bot.core.claims import Claim
from bot.core.consent import (
    CHANGEABLE,
    RAISED,
    is_own,
    may_decide,
    may_steer,
    may_stop,
    same_shape,
    unanswered,
)
from bot.core.delivery import Delivery
from bot.core.draft import Draft
from bot.core.message import Message, WantedPost
from bot.core.plan import Plan
from bot.core.verdict import Effect, Role, Verdict
from bot.core.windows import Window
from bot.errors import AskedWrong, GiveUp, TryAgain
from bot.facts import Roles, answer_to, approval_posts, draft_of, look_up_roles, show, understood
from bot.flows.taking import take
from bot.flows.why import open_why
from bot.ports.jobs import Job, JobName
from bot.ports.kit import Kit
from bot.ports.store import AuditRow, Transaction
from bot.surroundings import Outside, facts_of, look_outside
from policies import judge

# While Slack does not say who is in a user group, a click waits this long for it before it is refused.
_WAIT_FOR_ROLES = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class _Click:
    """Who pressed what; `people` are the roles of everybody who matters for it."""

    delivery: Delivery
    value: ButtonValue
    people: Mapping[str, Roles]
    now: datetime
    outside: Outside

    @property
    def user(self) -> str:
        return self.delivery.user

    def roles(self, user: str) -> frozenset[Role]:
        return self.people[user].held if user in self.people else frozenset()

    @property
    def certain(self) -> bool:
        """Whether a no for lack of a role is final."""
        late = self.now - self.delivery.received_at >= _WAIT_FOR_ROLES
        return late or all(roles.certain for roles in self.people.values())


@dataclass(frozen=True, slots=True)
class _Form:
    """What a form is opened with."""

    draft: Draft
    metadata: str


_Deed = Callable[[Transaction, Campaign, _Click, Kit], Awaitable[Message | None]]


async def approve(key: str, kit: Kit) -> datetime | None:
    """Does what the button says, once; or answers why not."""
    async with kit.store.begin() as tx:
        delivery = await tx.inbox.get(key)
    if delivery is None:
        return None
    try:
        value = unseal(delivery.value, kit.seal)
    except AskedWrong as error:
        await _answer(delivery, mistake(str(error)), kit)
        return None
    if value.action in {Action.OPEN_FORM, Action.CHANGE}:
        await _answer(delivery, await _open_form(delivery, value, kit), kit)
        return None
    if value.action is Action.WHY:
        await _answer(delivery, await open_why(delivery, value, kit), kit)
        return None
    people = await _people(delivery, value, kit)
    outside = await look_outside(kit)
    now = kit.clock.now()
    click = _Click(delivery, value, people, now, outside)
    async with kit.store.begin() as tx:
        if not await tx.inbox.handled(key, now):
            return None
        answer = await _do(tx, click, kit)
        if answer is not None:
            await tx.posts.want(answer_to(delivery, answer, kit.house), now)
    return None


async def _do(tx: Transaction, click: _Click, kit: Kit) -> Message | None:
    campaign = await tx.campaigns.get(click.value.subject)
    if campaign is None:
        return rulings.gone()
    deeds: Mapping[Action, _Deed] = {
        Action.CONFIRM: _confirm,
        Action.CANCEL: _cancel,
        Action.TAKE: _take,
        Action.APPROVE: _decide,
        Action.DECLINE: _decide,
    }
    return await deeds[click.value.action](tx, campaign, click, kit)


async def _people(delivery: Delivery, value: ButtonValue, kit: Kit) -> Mapping[str, Roles]:
    """The roles of who clicked, of the announcer, and of who has said yes before."""
    users = {delivery.user}
    async with kit.store.begin() as tx:
        campaign = await tx.campaigns.get(value.subject)
        if campaign is not None:
            given = await tx.campaigns.approvals(campaign.id, campaign.plan_version)
            users |= {campaign.announcer, *(one.by for one in given)}
    return {user: await look_up_roles(kit, user) for user in sorted(users)}


async def _answer(delivery: Delivery, message: Message | None, kit: Kit) -> None:
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        if await tx.inbox.handled(delivery.identity, now) and message is not None:
            await tx.posts.want(answer_to(delivery, message, kit.house), now)


async def _confirm(tx: Transaction, campaign: Campaign, click: _Click, kit: Kit) -> Message | None:
    if not may_steer(campaign, click.user, click.roles(click.user)):
        return _closed(click, rulings.not_yours(campaign, "confirm"))
    if campaign.state is not CampaignState.PROPOSED:
        return await _how_it_stands(tx, campaign, "confirmed")
    stored = await tx.campaigns.plan(campaign.id, campaign.plan_version)
    if stored is None or click.value.version != campaign.plan_version:
        return rulings.replaced()
    verdict = judge(await _case(tx, campaign, stored[0], click, kit))
    plan, campaign = await _supersede(tx, campaign, stored, verdict)
    match verdict.effect:
        case Effect.REFUSE:
            return await _refuse(tx, campaign, verdict, click, kit)
        case Effect.NEEDS_APPROVAL:
            await _record(tx, campaign, click, "confirmed", "asks for approval")
            asked = replace(
                campaign, state=CampaignState.AWAITING_APPROVAL, confirmed_by=click.user
            )
            campaign = await tx.campaigns.save(asked)
            view = await show(tx, campaign, kit, click.now)
            for post in approval_posts(view, kit, click.now):
                await tx.posts.want(post, click.now)
            await tx.jobs.wake(Job(JobName.DRIVE, campaign.id), click.now)
        case Effect.ALLOW:
            await _record(tx, campaign, click, "confirmed", "")
            await _schedule(tx, replace(campaign, confirmed_by=click.user), plan, click, kit)
    return None


async def _supersede(
    tx: Transaction, campaign: Campaign, stored: tuple[Plan, Verdict], verdict: Verdict
) -> tuple[Plan, Campaign]:
    """The same plan under a new version where the guardrails say something else than before."""
    plan, before = stored
    if same_shape(before, verdict):
        return plan, campaign
    plan = replace(plan, version=plan.version + 1)
    await tx.campaigns.add_plan(plan, verdict)
    return plan, replace(campaign, plan_version=plan.version)


async def _refuse(
    tx: Transaction, campaign: Campaign, verdict: Verdict, click: _Click, kit: Kit
) -> Message | None:
    findings = list(verdict.with_effect(Effect.REFUSE))
    answer = _closed(click, rulings.refused_now(findings))
    campaign = await tx.campaigns.save(replace(campaign, state=CampaignState.REFUSED))
    await _record(tx, campaign, click, "refused", " ".join(f.reason for f in findings))
    await show(tx, campaign, kit, click.now)
    return answer


async def _schedule(
    tx: Transaction, campaign: Campaign, plan: Plan, click: _Click, kit: Kit
) -> Campaign:
    """Settled: the claims are what is promised from now on."""
    scheduled = replace(campaign, state=CampaignState.SCHEDULED, trouble="")
    campaign = await tx.campaigns.save(scheduled)
    await tx.capacity.put_claims(campaign.id, claims_of(plan, campaign))
    await show(tx, campaign, kit, click.now)
    await tx.jobs.wake(Job(JobName.DRIVE, campaign.id), click.now)
    return campaign


async def _decide(tx: Transaction, campaign: Campaign, click: _Click, kit: Kit) -> Message | None:
    stored = await tx.campaigns.plan(campaign.id, click.value.version)
    if stored is None:
        return rulings.gone()
    plan, verdict = stored
    if not may_decide(verdict, click.roles(click.user)):
        return _closed(click, rulings.not_an_approver(approvers_asked(verdict)))
    if click.value.version != campaign.plan_version:
        return rulings.replaced()
    if campaign.state is not CampaignState.AWAITING_APPROVAL:
        return await _how_it_stands(tx, campaign, "approved", "declined")
    approved = click.value.action is Action.APPROVE
    if approved and is_own(campaign, click.user) and not kit.house.guardrails.self_approval:
        return rulings.own_wish()
    decision = Approval(campaign.id, plan.version, click.user, approved, click.now)
    if not await tx.campaigns.add_approval(decision):
        return await _how_it_stands(tx, campaign, "approved", "declined")
    await _record(
        tx, campaign, click, "approved" if approved else "declined", f"plan {plan.version}"
    )
    if not approved:
        await _settle(tx, campaign, plan, click, kit)
        return None
    return await _count(tx, campaign, stored, click, kit)


async def _count(
    tx: Transaction,
    campaign: Campaign,
    stored: tuple[Plan, Verdict],
    click: _Click,
    kit: Kit,
) -> Message | None:
    """Schedules it once everybody asked has said yes and no guardrail has closed meanwhile."""
    plan, verdict = stored
    given = await tx.campaigns.approvals(campaign.id, plan.version)
    yes = {one.by: click.roles(one.by) for one in given if one.approved}
    if unanswered(verdict, yes):
        await show(tx, campaign, kit, click.now)
        return None
    fresh = judge(await _case(tx, campaign, plan, click, kit))
    if fresh.effect is Effect.REFUSE:
        plan, campaign = await _supersede(tx, campaign, stored, fresh)
        return await _refuse(tx, campaign, fresh, click, kit)
    await _settle(tx, campaign, plan, click, kit)
    return None


async def _settle(tx: Transaction, campaign: Campaign, plan: Plan, click: _Click, kit: Kit) -> None:
    """The decision takes effect, and the asker is told in the campaign's thread."""
    approved = click.value.action is Action.APPROVE
    given = await tx.campaigns.approvals(campaign.id, plan.version)
    by = [one.by for one in given if one.approved is approved]
    if approved:
        campaign = await _schedule(tx, campaign, plan, click, kit)
    else:
        campaign = await tx.campaigns.save(replace(campaign, state=CampaignState.REFUSED))
        await show(tx, campaign, kit, click.now)
    reply = WantedPost(
        channel=campaign.channel,
        subject=f"settled/{campaign.id}/{plan.version}",
        message=rulings.settled_reply(campaign, by, approved=approved),
        thread_of=f"campaign/{campaign.id}",
    )
    await tx.posts.want(reply, click.now)


async def _take(tx: Transaction, campaign: Campaign, click: _Click, kit: Kit) -> Message | None:
    """The nearest plan that passes, instead of the one shown."""
    if not may_steer(campaign, click.user, click.roles(click.user)):
        return _closed(click, rulings.not_yours(campaign, "change"))
    if click.value.version != campaign.plan_version:
        return rulings.replaced()
    return await take(tx, campaign, click.user, kit, click.now)


async def _cancel(tx: Transaction, campaign: Campaign, click: _Click, kit: Kit) -> Message | None:
    """Before anything is raised it is over at once; afterwards capacity is given back first."""
    if not may_stop(campaign, click.user, click.roles(click.user)):
        answer = rulings.not_yours(campaign, "cancel", "an engineer or an administrator")
        return _closed(click, answer)
    if campaign.state.final or campaign.state is CampaignState.RESTORING:
        return await _how_it_stands(tx, campaign, "cancelled")
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
    await _record(tx, campaign, click, "cancelled", "")
    await show(tx, campaign, kit, click.now)
    for workload in sorted({claim.workload for claim in claims}):
        await tx.jobs.wake(Job(JobName.RECONCILE, str(workload)), click.now)
    await tx.jobs.wake(Job(JobName.DRIVE, campaign.id), click.now)
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


async def _case(tx: Transaction, campaign: Campaign, plan: Plan, click: _Click, kit: Kit) -> Case:
    facts = await facts_of(tx, campaign, click.outside, kit.house)
    return Case(campaign, plan, click.roles(campaign.announcer), kit.house, click.now, facts)


async def _record(
    tx: Transaction, campaign: Campaign, click: _Click, act: str, detail: str
) -> None:
    row = AuditRow(click.now, click.user, act, f"campaign/{campaign.id}", detail)
    await tx.audit.add(row)


async def _how_it_stands(tx: Transaction, campaign: Campaign, *acts: str) -> Message:
    """Who did it already and when; else how it stands."""
    rows = await tx.audit.about(f"campaign/{campaign.id}")
    changed = max((i for i, row in enumerate(rows) if row.act == "changed"), default=-1)
    done = [row for row in rows[changed + 1 :] if row.act in acts]
    if done and campaign.state is not CampaignState.CANCELLED:
        return rulings.already(done[-1].act, done[-1].actor, done[-1].at, campaign)
    return rulings.stands(campaign)


def _closed(click: _Click, answer: Message) -> Message:
    """A no for lack of a role; raises TryAgain while Slack does not say who has it."""
    if not click.certain:
        raise TryAgain("Slack does not say who is in which user group", timedelta(seconds=5))
    return answer
