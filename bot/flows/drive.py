"""One tick of one campaign: plan it, begin to warm, tell, alarm, go live, give back, report. The key is its id."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.cards import rulings
from bot.cards.answers import trouble
from bot.cards.proof import not_proven_alarm, warm_after_all, warm_reply
from bot.cards.report import report_card, report_csv
from bot.cards.view import CampaignView
from bot.core.after_action import alongside, lesson_of
from bot.core.campaign import Campaign, CampaignState
from bot.core.case import Case
from bot.core.consent import RAISED
from bot.core.fleet import WorkloadKey
from bot.core.hindsight import Past
from bot.core.holding import Holding
from bot.core.lifecycle import Act, Situation, next_step
from bot.core.message import Message, PostKind, WantedPost
from bot.core.plan import Plan
from bot.core.report import Report, make_report
from bot.core.series import Metric
from bot.core.settlement import SETTLING_METRICS
from bot.core.verdict import Effect, Finding, Role, Verdict
from bot.core.windows import Window
from bot.core.wording import say_clock
from bot.errors import GiveUp, TryAgain
from bot.facts import Measured, gather_evidence, look_up_roles, measure, show
from bot.flows.drawing import redraw
from bot.flows.judging import judged, still_approved
from bot.flows.proposing import Basis, facts_now, propose
from bot.flows.recalling import what_was_held
from bot.flows.settling import Over, completed
from bot.ports.jobs import Job, JobName
from bot.ports.kit import Kit
from bot.ports.store import AuditRow, Transaction
from policies import judge

_REPORT_METRICS = (Metric.INSTANCES, Metric.PENDING, *SETTLING_METRICS)
_MINUTE = timedelta(minutes=1)
_LATELY = 100  # campaigns, the newest by announcement: among them are those that ran alongside
_FIRST_RETRY, _LAST_RETRY = timedelta(seconds=5), timedelta(minutes=2)
_ENGINEER_NEEDED = timedelta(minutes=5)  # between attempts that only a person's act can help
_SILENT = "Google Cloud has not answered since"


@dataclass(frozen=True, slots=True)
class _Tick:
    """The situation, with what the guardrails said of the plan."""

    at: Situation
    verdict: Verdict | None

    @property
    def campaign(self) -> Campaign:
        return self.at.campaign

    @property
    def now(self) -> datetime:
        return self.at.now

    def with_campaign(self, campaign: Campaign) -> "_Tick":
        """The same tick of the campaign as it is to be saved."""
        return replace(self, at=replace(self.at, campaign=campaign))


async def drive(key: str, kit: Kit) -> datetime | None:
    """Takes the campaign's next step; returns when to look at it again."""
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        tick = await _load(tx, key, kit, now)
        if tick is None:
            return None
        step = next_step(tick.at)
        if step.act in _STEPS:
            await _STEPS[step.act](tx, tick, kit)
    match step.act:
        case Act.PLAN:
            return await _plan(tick, kit)
        case Act.RAISE:
            return await _raise(tick, kit)
        case Act.REPORT:
            return await _report(tick, kit)
        case _:
            return step.look_again


async def _load(tx: Transaction, key: str, kit: Kit, now: datetime) -> _Tick | None:
    campaign = await tx.campaigns.get(key)
    if campaign is None:
        return None
    plan, verdict = await tx.campaigns.plan(key, campaign.plan_version) or (None, None)
    allowed = verdict is not None and verdict.effect is not Effect.REFUSE
    situation = Situation(
        campaign=campaign,
        plan=plan,
        claims=await tx.capacity.claims_of(key),
        holdings={holding.key: holding for holding in await tx.capacity.holdings()},
        now=now,
        timing=kit.house.timing,
        nothing_to_do=allowed and plan is not None and plan.needs_nothing,
    )
    return _Tick(situation, verdict)


async def _wait(tx: Transaction, tick: _Tick, kit: Kit) -> None:
    view = await show(tx, tick.campaign, kit, tick.now)
    await _keep_alarm_true(tx, tick, view, kit)


async def _expire(tx: Transaction, tick: _Tick, kit: Kit) -> None:
    await _enter(tx, tick, CampaignState.EXPIRED, kit)


async def _go_live(tx: Transaction, tick: _Tick, kit: Kit) -> None:
    await _enter(tx, tick, CampaignState.LIVE, kit)
    await tx.jobs.wake(Job(JobName.LOOP, tick.campaign.id), tick.now)


async def _restored(tx: Transaction, tick: _Tick, kit: Kit) -> None:
    campaign = replace(tick.campaign, restored_at=_last_restored(tick))
    await show(tx, await tx.campaigns.save(campaign), kit, tick.now)


async def _close(tx: Transaction, tick: _Tick, kit: Kit) -> None:
    restored = tick.with_campaign(replace(tick.campaign, restored_at=_last_restored(tick)))
    await _enter(tx, restored, CampaignState.CANCELLED, kit)


async def _enter(tx: Transaction, tick: _Tick, state: CampaignState, kit: Kit) -> Campaign:
    """A transition by time, recorded and shown."""
    campaign = await tx.campaigns.save(replace(tick.campaign, state=state))
    subject, version = f"campaign/{campaign.id}", campaign.plan_version
    await tx.audit.add(AuditRow(tick.now, "headroom", state.value, subject, version=version))
    await show(tx, campaign, kit, tick.now)
    return campaign


async def _tell_warm(tx: Transaction, tick: _Tick, kit: Kit) -> None:
    """The proof, posted to the asker in the campaign's thread."""
    campaign = await tx.campaigns.save(replace(tick.campaign, proven_at=_last_proven(tick)))
    view = await show(tx, campaign, kit, tick.now)
    await _reply(tx, tick, "warm", warm_reply(view, now=tick.now))
    await _keep_alarm_true(tx, tick, view, kit)


async def _alarm(tx: Transaction, tick: _Tick, kit: Kit) -> None:
    """The engineers hear once that it is not proven, and why."""
    campaign = await tx.campaigns.save(replace(tick.campaign, alarmed_at=tick.now))
    view = await show(tx, campaign, kit, tick.now)
    await tx.posts.want(_alarm_post(view, tick, kit), tick.now)


async def _keep_alarm_true(tx: Transaction, tick: _Tick, view: CampaignView, kit: Kit) -> None:
    """An alarm that was given says what is missing now, and in the end that nothing is."""
    alarm = _alarm_post(view, tick, kit)
    if view.campaign.state in RAISED and await tx.posts.get(alarm.channel, alarm.subject):
        await tx.posts.want(alarm, tick.now)


def _alarm_post(view: CampaignView, tick: _Tick, kit: Kit) -> WantedPost:
    """One for each start, so that a start that was put off is alarmed about anew."""
    campaign = view.campaign
    subject = f"alarm/{campaign.id}/{campaign.announcement.window.start:%Y-%m-%dT%H:%M}"
    proven = campaign.proven_at is not None
    said = warm_after_all(view) if proven else not_proven_alarm(view, now=tick.now)
    return WantedPost(kit.house.engineers, subject, said, lane=0)


async def _give_back(tx: Transaction, tick: _Tick, kit: Kit) -> None:
    if tick.campaign.state is CampaignState.SCHEDULED:
        missed = "Headroom was not running at the time, so nothing was warmed."
        missed_it = replace(tick.campaign, trouble=missed)
        tick = tick.with_campaign(missed_it)
    await _enter(tx, tick, CampaignState.RESTORING, kit)
    await _wake_workloads(tx, tick)


# The steps that need nothing from outside, each in the transaction that decided on it.
_STEPS: Mapping[Act, Callable[[Transaction, _Tick, Kit], Awaitable[None]]] = {
    Act.WAIT: _wait,
    Act.EXPIRE: _expire,
    Act.TELL_WARM: _tell_warm,
    Act.ALARM: _alarm,
    Act.GO_LIVE: _go_live,
    Act.GIVE_BACK: _give_back,
    Act.RESTORED: _restored,
    Act.CLOSE: _close,
}


async def _plan(tick: _Tick, kit: Kit) -> datetime | None:
    """Evidence, plan, verdict; whatever fails is said, and tried again."""
    campaign = tick.campaign
    try:
        evidence = await gather_evidence(kit, campaign)
    except TryAgain as error:
        return await _silence(tick, error, kit)
    except GiveUp as error:
        return await _give_up(tick, f"I cannot make a plan: {error.reason}.", kit)
    if not evidence:
        return await _nothing_to_warm(tick, kit)
    roles = await look_up_roles(kit, campaign.announcer)
    plan, verdict = await propose(Basis(campaign, evidence, roles.held, tick.now), kit)
    refused = verdict.effect is Effect.REFUSE
    if refused and not roles.certain:
        return await _silence(tick, TryAgain("Slack does not say who may announce"), kit)
    state = CampaignState.REFUSED if refused else CampaignState.PROPOSED
    async with kit.store.begin() as tx:
        if not await _unchanged(tx, campaign):
            return tick.now
        await tx.campaigns.add_plan(plan, verdict)
        await tx.audit.add(judged(plan, verdict, tick.now))
        planned = replace(campaign, plan_version=plan.version, trouble="")
        proposed = await _enter(tx, tick.with_campaign(planned), state, kit)
        await redraw(tx, proposed, plan, tick.now)
    return tick.now


async def _silence(tick: _Tick, error: TryAgain, kit: Kit) -> datetime:
    """Says since when there is no answer; asks again, more and more rarely."""
    campaign, now = tick.campaign, tick.now
    waited = (now - campaign.announced_at) / 4
    again = now + (error.after or min(max(waited, _FIRST_RETRY), _LAST_RETRY))
    if campaign.trouble.startswith(_SILENT):
        return again
    since = f"{say_clock(now, campaign.announcement.zone)} {campaign.announcement.zone}"
    words = f"{_SILENT} {since} ({error.reason}). I keep trying."
    async with kit.store.begin() as tx:
        if await _unchanged(tx, campaign):
            saved = await tx.campaigns.save(replace(campaign, trouble=words))
            await show(tx, saved, kit, now)
    return again


async def _give_up(tick: _Tick, words: str, kit: Kit) -> datetime:
    """Only a person can help: the asker sees it, the engineers are told."""
    campaign = tick.campaign
    async with kit.store.begin() as tx:
        if campaign.trouble != words and await _unchanged(tx, campaign):
            saved = await tx.campaigns.save(replace(campaign, trouble=words))
            await show(tx, saved, kit, tick.now)
            await _tell_engineers(tx, tick, trouble(words), kit)
    return tick.now + _ENGINEER_NEEDED


async def _nothing_to_warm(tick: _Tick, kit: Kit) -> datetime:
    groups = " or ".join(f"headroom-group={name}" for name in tick.campaign.announcement.groups)
    words = f"No workload carries the label {groups}, so there is nothing to warm."
    async with kit.store.begin() as tx:
        if await _unchanged(tx, tick.campaign):
            told = replace(tick.campaign, trouble=words)
            tick = tick.with_campaign(told)
            await _enter(tx, tick, CampaignState.REFUSED, kit)
            await _tell_engineers(tx, tick, trouble(words), kit)
    return tick.now


async def _raise(tick: _Tick, kit: Kit) -> datetime | None:
    """Judged once more with what is known now; only a refusal takes a promise back, never a doubt."""
    campaign, plan = tick.campaign, tick.at.plan
    if plan is None:
        return None
    roles = await look_up_roles(kit, campaign.announcer)
    held = roles.held if roles.certain else roles.held | {Role.ANNOUNCER}
    facts = await facts_now(campaign, kit)
    verdict = judge(Case(campaign, plan, held, kit.house, tick.now, facts))
    async with kit.store.begin() as tx:
        if not await _unchanged(tx, campaign):
            return tick.now
        verdict = await still_approved(tx, tick.verdict, plan, verdict)
        if verdict.effect is Effect.REFUSE:
            await _stop(tx, tick, plan, verdict, kit)
            return tick.now
        await tx.audit.add(judged(plan, verdict, tick.now))
        await _enter(tx, tick, CampaignState.WARMING, kit)
        await _wake_workloads(tx, tick)
    return tick.now


async def _stop(tx: Transaction, tick: _Tick, plan: Plan, verdict: Verdict, kit: Kit) -> None:
    findings: list[Finding] = list(verdict.with_effect(Effect.REFUSE))
    newer = replace(plan, version=plan.version + 1)
    await tx.campaigns.add_plan(newer, verdict)
    await tx.audit.add(judged(newer, verdict, tick.now))
    await tx.capacity.put_claims(tick.campaign.id, ())
    stopped = replace(tick.campaign, plan_version=newer.version)
    tick = tick.with_campaign(stopped)
    campaign = await _enter(tx, tick, CampaignState.REFUSED, kit)
    await _reply(tx, tick, "stopped", rulings.stopped(campaign, findings, asker=True))
    told = rulings.stopped(campaign, findings, asker=False)
    await _tell_engineers(tx, tick, told, kit)


async def _report(tick: _Tick, kit: Kit) -> datetime | None:
    """What was planned against what happened, once; then the campaign is done."""
    campaign, plan = tick.campaign, tick.at.plan
    if plan is None:
        return None
    window = Window(_minute(plan.window.start), _minute(plan.window.end) + _MINUTE)
    keys: list[WorkloadKey] = [workload.key for workload in plan.workloads]
    try:
        measured = await measure(kit, _REPORT_METRICS, keys, window, step=_MINUTE)
    except TryAgain as error:
        return await _silence(tick, error, kit)
    except GiveUp:
        measured = Measured()  # the report says what was not measured
    async with kit.store.begin() as tx:
        if not await _unchanged(tx, campaign):
            return tick.now
        report = await _looked_back(tx, tick, plan, measured)
        report = await completed(tx, report, Over(campaign, plan, measured, tick.now), kit)
        trouble_left = "" if campaign.trouble.startswith(_SILENT) else campaign.trouble
        over = replace(campaign, state=CampaignState.DONE, trouble=trouble_left)
        done = await tx.campaigns.save(over)
        meanwhile = alongside(done, await tx.campaigns.recent(_LATELY))
        if (lesson := lesson_of(done, plan, measured, meanwhile)) is not None:
            await tx.lessons.put(done.id, lesson)
        row = AuditRow(tick.now, "headroom", "done", f"campaign/{done.id}", version=plan.version)
        await tx.audit.add(row)
        await show(tx, done, kit, tick.now, report=report)
        await _reply(tx, tick, "report", report_card(done, report, house=kit.house))
        if kit.house.slack.files:
            table = WantedPost(
                channel=done.channel,
                subject=f"report-csv/{done.id}",
                message=Message(f"{done.id}-report.csv"),
                kind=PostKind.FILE,
                thread_of=f"campaign/{done.id}",
                attachment=report_csv(report),
            )
            await tx.posts.want(table, tick.now)
    return None


async def _looked_back(tx: Transaction, tick: _Tick, plan: Plan, measured: Measured) -> Report:
    holdings, now = _own_holdings(tick, plan), tick.now
    held = await what_was_held(tx, tick.at.claims, holdings, now)
    pasts = [
        Past(plan, one, measured.get(one.key, {}), holdings.get(one.key), now, held.get(one.key))
        for one in plan.workloads
    ]
    return make_report(tick.campaign, plan, pasts, now=now)


async def _unchanged(tx: Transaction, campaign: Campaign) -> bool:
    """Whether nobody changed it while the outside world was asked."""
    stored = await tx.campaigns.get(campaign.id)
    return stored is not None and stored.version == campaign.version


async def _reply(tx: Transaction, tick: _Tick, what: str, message: Message) -> None:
    """In the campaign's thread."""
    reply = WantedPost(
        channel=tick.campaign.channel,
        subject=f"{what}/{tick.campaign.id}",
        message=message,
        thread_of=f"campaign/{tick.campaign.id}",
    )
    await tx.posts.want(reply, tick.now)


async def _tell_engineers(tx: Transaction, tick: _Tick, message: Message, kit: Kit) -> None:
    post = WantedPost(kit.house.engineers, f"trouble/{tick.campaign.id}", message, lane=0)
    await tx.posts.want(post, tick.now)


async def _wake_workloads(tx: Transaction, tick: _Tick) -> None:
    for key in sorted({claim.workload for claim in tick.at.claims}):
        await tx.jobs.wake(Job(JobName.RECONCILE, str(key)), tick.now)


def _own_holdings(tick: _Tick, plan: Plan) -> Mapping[WorkloadKey, Holding]:
    """Without those of earlier campaigns, which were given back before this one began."""
    return {
        key: holding
        for key, holding in tick.at.holdings.items()
        if holding.restored_at is None or holding.restored_at >= plan.raise_at
    }


def _last_proven(tick: _Tick) -> datetime:
    """When the last of its workloads was proven."""
    mine = {claim.workload for claim in tick.at.claims}
    times = [h.proven_at for h in tick.at.holdings.values() if h.key in mine and h.proven_at]
    return max(times, default=tick.now)


def _last_restored(tick: _Tick) -> datetime:
    """When the last of its workloads was given back; others may still hold some."""
    mine = {claim.workload for claim in tick.at.claims}
    times = [h.restored_at for h in tick.at.holdings.values() if h.key in mine and h.restored_at]
    return max(times, default=tick.now)


def _minute(instant: datetime) -> datetime:
    return instant.replace(second=0, microsecond=0)
