"""A click on a campaign's button as approve and deciding see it, and what both of them do with it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.cards import rulings
from bot.cards.buttons import ButtonValue
from bot.core.campaign import Approval, Campaign, CampaignState, Delegation
from bot.core.case import Case
from bot.core.claiming import claims_of
from bot.core.consent import Voter, same_shape, unanswered
from bot.core.delivery import Delivery
from bot.core.message import Message
from bot.core.plan import Plan
from bot.core.verdict import Effect, Role, Verdict
from bot.errors import Stale, TryAgain
from bot.facts import Roles, approval_posts, look_up_roles, show
from bot.flows.judging import judged
from bot.ports.jobs import Job, JobName, followers
from bot.ports.kit import Kit
from bot.ports.store import AuditRow, Transaction
from bot.surroundings import Outside, facts_of, look_outside
from policies import judge

# While Slack does not say who is in a user group, a click waits this long for it before it is refused.
_WAIT_FOR_ROLES = timedelta(minutes=2)
_AT_ONCE = timedelta(milliseconds=200)


@dataclass(frozen=True, slots=True)
class Click:
    """Who pressed what; `people` are the roles of everybody who matters for it, `seen` is the version of
    the campaign that they were looked up for.
    """

    delivery: Delivery
    value: ButtonValue
    people: Mapping[str, Roles]
    now: datetime
    outside: Outside
    handed: Sequence[Delegation] = ()
    seen: int = 0

    @property
    def user(self) -> str:
        """The Slack user."""
        return self.delivery.user

    def roles(self, user: str) -> frozenset[Role]:
        """What that person may do."""
        return self.people[user].held if user in self.people else frozenset()

    def voter(self, user: str) -> Voter:
        """That person with those who handed them their right."""
        givers = [one.giver for one in self.handed if one.taker == user]
        return Voter(
            user, self.roles(user), tuple(Voter(giver, self.roles(giver)) for giver in givers)
        )

    def in_doubt(self, verdict: Verdict, yes: Sequence[Voter], own: Collection[str]) -> bool:
        """Whether these yeses are too few as far as Slack tells, and may be enough once it tells more."""
        if not unanswered(verdict, yes, own):
            return False
        return not unanswered(verdict, [self._at_best(voter) for voter in yes], own)

    def _at_best(self, voter: Voter) -> Voter:
        known = self.people.get(voter.user)
        roles = frozenset(Role) if known is not None and not known.certain else voter.roles
        return Voter(voter.user, roles, tuple(self._at_best(one) for one in voter.speaks_for))

    def must_fit(self, campaign: Campaign | None) -> None:
        """Raises Stale where somebody decided while roles were looked up: theirs may matter now."""
        if campaign is not None and campaign.version != self.seen:
            raise Stale(f"campaign {campaign.id} was changed meanwhile", _AT_ONCE)

    @property
    def certain(self) -> bool:
        """Whether a no for lack of a role is final."""
        late = self.now - self.delivery.received_at >= _WAIT_FOR_ROLES
        return late or all(roles.certain for roles in self.people.values())


async def clicked(delivery: Delivery, value: ButtonValue, kit: Kit) -> Click:
    """Everything that is asked for outside the transaction: what is around, and the roles of who clicked, of
    the announcer, of who has said yes before, and of who handed on a right.
    """
    users, seen, handed = {delivery.user}, 0, list[Delegation]()
    async with kit.store.begin() as tx:
        campaign = await tx.campaigns.get(value.subject)
        if campaign is not None:
            seen = campaign.version
            asked = max(campaign.plan_version, value.version)
            given = await tx.campaigns.approvals(campaign.id, asked)
            handed += await tx.campaigns.delegations(campaign.id, asked)
            users |= {campaign.announcer, *(one.by for one in given), *(o.giver for o in handed)}
    people = {user: await look_up_roles(kit, user) for user in sorted(users)}
    outside = await look_outside(kit)
    return Click(delivery, value, people, kit.clock.now(), outside, handed, seen)


def closed(click: Click, answer: Message) -> Message:
    """A no for lack of a role; raises TryAgain while Slack does not say who has it."""
    if not click.certain:
        raise TryAgain("Slack does not say who is in which user group", timedelta(seconds=5))
    return answer


async def turned_down(
    tx: Transaction, campaign: Campaign, click: Click, answer: Message
) -> Message:
    """The same, on the record: who wanted what without the right to it."""
    answer = closed(click, answer)
    await record(tx, campaign, click, "turned down", f"wanted {click.value.action.value}")
    return answer


async def judge_again(
    tx: Transaction, campaign: Campaign, plan: Plan, click: Click, kit: Kit
) -> Verdict:
    """What the guardrails say now, on the record."""
    facts = await facts_of(tx, campaign, click.outside, kit.house)
    held = click.roles(campaign.announcer)
    verdict = judge(Case(campaign, plan, held, kit.house, click.now, facts))
    await tx.audit.add(judged(plan, verdict, click.now))
    return verdict


async def record(
    tx: Transaction, campaign: Campaign, click: Click, act: str, detail: str = ""
) -> None:
    """A row of the record, on the plan's version, from where it was pressed."""
    subject, version = f"campaign/{campaign.id}", campaign.plan_version
    via = click.delivery.via
    await tx.audit.add(AuditRow(click.now, click.user, act, subject, detail, version, via))


async def record_decision(
    tx: Transaction, campaign: Campaign, click: Click, decision: Approval
) -> None:
    """A yes or no on the record, with what it is bound to and in whose place it was said."""
    places = "".join(f" for <@{one.user}>" for one in click.voter(click.user).speaks_for[:1])
    act = "approved" if decision.approved else "declined"
    await record(tx, campaign, click, act, f"fingerprint {decision.content}{places}")


async def how_it_stands(tx: Transaction, campaign: Campaign, *acts: str) -> Message:
    """Who did it already and when; else how it stands."""
    rows = await tx.audit.about(f"campaign/{campaign.id}")
    changed = max(
        (i for i, row in enumerate(rows) if row.act in {"changed", "withdrew"}), default=-1
    )
    done = [row for row in rows[changed + 1 :] if row.act in acts]
    if done and campaign.state is not CampaignState.CANCELLED:
        return rulings.already(done[-1].act, done[-1].actor, done[-1].at, campaign)
    return rulings.stands(campaign)


async def supersede(
    tx: Transaction, campaign: Campaign, stored: tuple[Plan, Verdict], verdict: Verdict
) -> tuple[Plan, Campaign]:
    """The same plan under a new version where the guardrails say something else than before."""
    plan, before = stored
    if same_shape(before, verdict):
        return plan, campaign
    plan = replace(plan, version=plan.version + 1)
    await tx.campaigns.add_plan(plan, verdict)
    return plan, replace(campaign, plan_version=plan.version)


async def ask(tx: Transaction, campaign: Campaign, click: Click, kit: Kit) -> Campaign:
    """The approvers are asked about the campaign's present plan, where they are."""
    asked = replace(campaign, state=CampaignState.AWAITING_APPROVAL, asked_at=click.now)
    campaign = await tx.campaigns.save(asked)
    view = await show(tx, campaign, kit, click.now)
    for post in approval_posts(view, kit, click.now):
        await tx.posts.want(post, click.now)
    for job in (Job(JobName.DRIVE, campaign.id), *followers(campaign.id)):
        await tx.jobs.wake(job, click.now)
    return campaign


async def refuse(
    tx: Transaction, campaign: Campaign, verdict: Verdict, click: Click, kit: Kit
) -> Message | None:
    """A guardrail has closed since the plan was made."""
    findings = list(verdict.with_effect(Effect.REFUSE))
    answer = closed(click, rulings.refused_now(findings))
    campaign = await tx.campaigns.save(replace(campaign, state=CampaignState.REFUSED))
    await record(tx, campaign, click, "refused", " ".join(f.reason for f in findings))
    await show(tx, campaign, kit, click.now)
    return answer


async def schedule(
    tx: Transaction, campaign: Campaign, plan: Plan, click: Click, kit: Kit
) -> Campaign:
    """Settled: the claims are what is promised from now on."""
    scheduled = replace(campaign, state=CampaignState.SCHEDULED, trouble="")
    campaign = await tx.campaigns.save(scheduled)
    await tx.capacity.put_claims(campaign.id, claims_of(plan, campaign))
    await show(tx, campaign, kit, click.now)
    await tx.jobs.wake(Job(JobName.DRIVE, campaign.id), click.now)
    return campaign
