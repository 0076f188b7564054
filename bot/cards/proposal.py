"""The paragraphs that explain a plan: what is warmed, what it costs, why it is allowed. For campaign and approval cards."""

from collections.abc import Iterable, Mapping, Sequence

from bot.cards.text import rows, said
from bot.cards.view import CampaignView, billing_of, extra_instances, group_titles, raised
from bot.cards.wording import (
    count,
    duration,
    labels,
    listing,
    mention,
    moment,
    money,
    number,
    roles,
    span,
)
from bot.core.campaign import Announcement, Audience, Campaign, CampaignState, Rate
from bot.core.fleet import WorkloadKey
from bot.core.house import House
from bot.core.plan import Plan, WorkloadPlan
from bot.core.value import say_value
from bot.core.verdict import Effect, Finding, Verdict, WayOut

REASON = 300
NUMBERS = 200
_OPEN = {CampaignState.PROPOSED, CampaignState.AWAITING_APPROVAL}


def when_line(campaign: Campaign, house: House) -> str:
    """When, how much, and for which groups."""
    asked = campaign.announcement
    titles = listing(group_titles(campaign, house)) or "no group"
    return (
        f"*When* {span(asked.window, asked.zone)}\n"
        f"*Expected* {_expected(asked)} "
        f"({said(asked.kind)}) on {titles}"
    )


def _expected(asked: Announcement) -> str:
    match asked.demand:
        case None:
            return f"{number(asked.multiplier)}× the usual demand"
        case Rate(rps):
            return f"{number(rps)} requests/s at the peak"
        case Audience(people, click_rate, pages):
            each = "a page" if pages == 1 else f"{number(pages)} pages"
            return f"{number(people)} people reached, {click_rate:.1%} of them open {each}"


def answer_line(plan: Plan, zone: str) -> str:
    """The one sentence that matters: how much is warmed, from when, and what it costs."""
    held = raised(plan)
    if not extra_instances(plan):
        return _only_room(
            held, f"from {moment(plan.raise_at, zone)} to {moment(plan.give_back_at, zone)}"
        )
    return (
        f"I will keep *{count(extra_instances(plan), 'extra instance')}* warm on "
        f"{count(len(held), 'workload')}, from {moment(plan.raise_at, zone)} "
        f"to {moment(plan.give_back_at, zone)}. That costs *{money(plan.cost)}*."
    )


def _only_room(held: Sequence[WorkloadPlan], when: str) -> str:
    """For a plan that adds no instance: what stays as it is, and what may grow further."""
    named = labels(workload.key for workload in held)
    higher = listing([named[one.key] for one in held if one.ceiling_needed is not None])
    if higher:
        return f"No extra instance is needed. I will let *{higher}* grow further, {when}. That costs nothing by itself."
    kept = listing([named[one.key] for one in held])
    return f"No extra instance is needed. I will see that *{kept}* keeps what it has, {when}. That costs nothing."


def workload_table(plan: Plan) -> str:
    """One line a workload: instances now and floor, then the name and demand, usual and expected."""
    named = labels(workload.key for workload in plan.workloads)
    held = raised(plan)
    if not held:
        return ""
    width = max(len(f"{workload.baseline} → {workload.floor}") for workload in held[:10])
    lines = [_table_line(workload, named[workload.key], width) for workload in held]
    return "*Instances kept warm, and requests per second (usual → expected)*\n" + rows(
        lines, limit=2600
    )


def left_alone(plan: Plan) -> str:
    """Which workloads are not raised, and why that is right."""
    named = labels(workload.key for workload in plan.workloads)
    idle = [workload for workload in plan.workloads if not workload.steps]
    if not idle:
        return ""
    if plan.needs_nothing:
        return rows([_evidence_line(workload, named) for workload in idle])
    names = listing([named[workload.key] for workload in idle])
    return f"*Left as they are* {names}: the autoscaler copes there by itself."


def cost_paragraph(plan: Plan) -> str:
    """What Headroom causes, at the worst, and what the traffic costs anyway."""
    held = raised(plan)
    served = (
        f"Serving the traffic itself costs about {money(plan.traffic_cost)}, "
        f"with or without me. Prices: {said(plan.priced_on)}."
    )
    if not extra_instances(plan):
        return f"*Cost* Nothing for warming. {served}"
    longest = duration(plan.give_back_at - plan.raise_at)
    return (
        f"*Cost* {money(plan.cost)} for holding {count(extra_instances(plan), 'extra instance')} "
        f"for {longest} ({billing_of(held)}). "
        f"At most {money(plan.worst_cost)} if all of them are busy all the time. "
        f"{served}"
    )


def _worth(plan: Plan) -> str:
    """What warming is worth, and what earlier campaigns of the kind brought."""
    told = [say_value(plan.value), plan.uplift.sentence if plan.uplift else ""]
    lines = [said(sentence, REASON) for sentence in told if sentence]
    return "*Why warm* " + "\n".join(lines) if lines and not plan.needs_nothing else ""


def reasons(title: str, findings: Sequence[Finding], *, ways_out: bool = False) -> str:
    """Findings as a list, each with its numbers; the way out under it where asked for."""
    lines = [_reason(finding, ways_out) for finding in findings]
    return f"*{title}*\n{rows(lines, limit=2600)}" if lines else ""


def why(verdict: Verdict | None, *, settled: bool = False) -> str:
    """Why this is allowed, or what needs (once settled: needed) a yes, or why it is not possible."""
    if verdict is None:
        return ""
    match verdict.effect:
        case Effect.ALLOW:
            return reasons("Why this is allowed", [f for f in verdict.findings if not f.quiet])
        case Effect.NEEDS_APPROVAL:
            asked = verdict.with_effect(Effect.NEEDS_APPROVAL)
            title = "What needed a yes" if settled else "What needs a yes"
            return reasons(title, asked) if settled else _objected(title, asked, verdict)
        case Effect.REFUSE:
            refused = verdict.with_effect(Effect.REFUSE)
            return _objected("Why not, and what would work", refused, verdict)


def _objected(title: str, findings: Sequence[Finding], verdict: Verdict) -> str:
    """The objections; with plans that would pass, or else with each guardrail's own hint."""
    if not verdict.ways_out:
        return reasons(title, findings, ways_out=True)
    lines = [f"   → {_way_out(way)}" for way in verdict.ways_out]
    return f"{reasons(title, findings)}\n{rows(lines)}"


def _way_out(way: WayOut) -> str:
    asks = "nobody has to be asked" if way.effect is Effect.ALLOW else "somebody has to say yes"
    return f"{said(way.change, REASON)}: {money(way.cost)}, {asks}."


def cautions(plan: Plan) -> str:
    """The planner's warnings, those about single workloads with their name."""
    named = labels(workload.key for workload in plan.workloads)
    lines = [f"• {said(warning, REASON)}" for warning in plan.warnings]
    for workload in plan.workloads:
        lines += [f"• {named[workload.key]}: {said(w, REASON)}" for w in workload.warnings]
    return f"*Please note*\n{rows(lines, most=6, limit=2600)}" if lines else ""


def people_asked(verdict: Verdict | None) -> str:
    """Whose yes is needed: for each finding one of several roles, and all findings need theirs."""
    findings = () if verdict is None else verdict.with_effect(Effect.NEEDS_APPROVAL)
    groups = dict.fromkeys(_asked(finding) for finding in findings)
    return ", and from ".join(groups) or roles(())


def _asked(finding: Finding) -> str:
    named = [mention(user) for user in finding.people]
    texts = [roles(finding.approvers)] if finding.approvers or not named else []
    asked = listing([*texts, *named], last="or", most=12)
    return asked if finding.needed == 1 else f"{finding.needed} of: {asked}"


def paragraphs(view: CampaignView, house: House) -> list[str]:
    """All of it in reading order, without what has nothing to say."""
    plan = view.plan
    if plan is None:
        return [when_line(view.campaign, house)]
    texts: Iterable[str] = (
        when_line(view.campaign, house),
        workload_table(plan),
        left_alone(plan),
        _worth(plan),
        "" if plan.needs_nothing else cost_paragraph(plan),
        why(view.verdict, settled=view.campaign.state not in _OPEN),
        cautions(plan),
    )
    return [text for text in texts if text]


def _table_line(workload: WorkloadPlan, label: str, width: int) -> str:
    numbers = f"{workload.baseline} → {workload.floor}".rjust(width)
    if workload.sizing is None:
        demand = "in proportion to the campaign"
    else:
        demand = f"{number(workload.usual.expected)} → {number(workload.expected.expected)}/s"
    return f"`{numbers}` *{label}*, {demand}{_ceiling(workload)}"


def _ceiling(workload: WorkloadPlan) -> str:
    if workload.ceiling_needed is None:
        return ""
    return f", ceiling {workload.ceiling:,} → {workload.ceiling_needed:,}"


def _evidence_line(workload: WorkloadPlan, named: Mapping[WorkloadKey, str]) -> str:
    evidence = said(" ".join(workload.evidence[:2]), REASON)
    return f"• *{named[workload.key]}*: {evidence or 'the floor it has is enough.'}"


def _reason(finding: Finding, ways_out: bool) -> str:
    line = f"• {said(finding.reason, REASON)}"
    if finding.evidence:
        line += f" {said(finding.evidence, NUMBERS)}"
    if ways_out and finding.way_out:
        line += f"\n   → {said(finding.way_out, REASON)}"
    return line
