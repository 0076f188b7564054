"""The plan and the claims of a campaign whose window has changed while its capacity is up. Pure; used by
the reshape flow.

Nothing is forecast anew: what is held is held longer or shorter, so that it works while no metrics come.
What the demand really does is the closed loop's business.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

from bot.core.campaign import Campaign
from bot.core.claims import Claim, claim_id
from bot.core.evidence import Neighbour
from bot.core.fleet import WorkloadKey
from bot.core.held import hour_prices, hours_above, planned_hours, since, until
from bot.core.money import ZERO, Money
from bot.core.overlap import with_overlaps
from bot.core.plan import Plan, Step, WorkloadPlan
from bot.core.verdict import Effect, Finding, Verdict
from bot.core.windows import Window


@dataclass(frozen=True, slots=True)
class Shape:
    """The wanted `window`, when capacity goes back after it, and the plan's next version.

    `claims` are the campaign's as they are now, whose floors become the plan's (none: the planned ones stay),
    `held` what was held of each workload until now.
    """

    window: Window
    give_back_at: datetime
    version: int
    made_at: datetime
    claims: Sequence[Claim] = ()
    held: Mapping[WorkloadKey, tuple[Step, ...]] = field(default_factory=dict)


def reshaped(
    plan: Plan, campaign: Campaign, shape: Shape, others: Sequence[Neighbour] = ()
) -> Plan:
    """The plan for the new window: the same floors, or those that they were raised to since; their steps
    moved with the start and cut or held to the end.

    Costs follow the instance-hours, those of a raise from when it was really held on. What was given back
    early is priced as planned: the plan still allows for it. `others` are the campaigns whose claims it may meet now.
    """
    workloads = tuple(_workload(one, plan, shape) for one in plan.workloads)
    workloads = with_overlaps(workloads, campaign, others, until=shape.give_back_at)
    return replace(
        plan,
        version=shape.version,
        made_at=shape.made_at,
        window=shape.window,
        give_back_at=shape.give_back_at,
        workloads=workloads,
        cost=sum((one.cost for one in workloads), start=ZERO),
        worst_cost=sum((one.worst_cost for one in workloads), start=ZERO),
        traffic_cost=sum((one.traffic_cost for one in workloads), start=ZERO),
    )


def reshaped_claims(claims: Sequence[Claim], plan: Plan) -> list[Claim]:
    """The campaign's claims as they are now (the closed loop may have changed them) with the plan's new times.

    A claim whose step is cut off is left out; what was claimed of a step before it is kept as it is,
    with the higher maximum that the new plan may need beside others.
    """
    allowed = {one.key: one.ceiling_needed for one in plan.workloads}
    holds = {
        claim_id(plan.campaign_id, one.key, number): step.window
        for one in plan.workloads
        for number, step in enumerate(until(one.steps, plan.give_back_at))
    }
    return [
        replace(
            claim,
            hold=Window(min(claim.hold.start, holds[claim.id].start), holds[claim.id].end),
            ceiling=max(claim.ceiling or 0, allowed[claim.workload] or 0) or None,
        )
        for claim in claims
        if claim.id in holds
    ]


def unjudged(before: Plan, after: Plan) -> Plan:
    """`after`, which only gives back earlier and is asked of nobody: it keeps the place among other campaigns
    and the maximums that were allowed `before`.
    """
    allowed = {one.key: one.ceiling_needed for one in before.workloads}
    workloads = (replace(one, ceiling_needed=allowed[one.key]) for one in after.workloads)
    return replace(after, made_at=before.made_at, workloads=tuple(workloads))


def grows(before: Plan, after: Plan) -> bool:
    """Whether the change costs more, or lasts longer."""
    return before.cost < after.cost or before.window.duration < after.window.duration


def only_new(before: Verdict, after: Verdict, *, grown: bool) -> Verdict:
    """`after` without the questions that were answered with the plan before, word for word.

    Of a plan that has `grown` since, those are asked again whose words do not tell its size.
    """
    answered = {_question(one) for one in before.findings}
    return Verdict(
        tuple(
            replace(one, effect=Effect.ALLOW, approvers=(), people=())
            if one.effect is Effect.NEEDS_APPROVAL
            and _question(one) in answered
            and not (grown and one.bounded)
            else one
            for one in after.findings
        )
    )


def _question(finding: Finding) -> tuple[str, str, str]:
    return finding.policy, finding.reason, finding.evidence


def _workload(one: WorkloadPlan, plan: Plan, shape: Shape) -> WorkloadPlan:
    floors = {claim.id: claim.floor for claim in shape.claims}
    steps = tuple(
        replace(
            step, floor=max(step.floor, floors.get(claim_id(plan.campaign_id, one.key, number), 0))
        )
        for number, step in enumerate(
            _steps(one.steps, shape.window, shape.window.start - plan.window.start)
        )
    )
    before = planned_hours(one, plan.give_back_at)
    more = _hours(one, plan, steps, shape) - before
    longer = Decimal(str(shape.window.duration / plan.window.duration))
    inputs = one.inputs
    if inputs is not None and inputs.bill is not None:
        bill = inputs.bill
        bill = replace(
            bill,
            extra_hours=before + more,
            busy_hours=bill.busy_hours * longer,
            requests=bill.requests * float(longer),
        )
        inputs = replace(inputs, bill=bill)
    # The sentence on whom it shares with is the last one, and is written anew.
    alone = one.evidence[:-1] if one.shares else one.evidence
    idle, busy = hour_prices(one, plan.give_back_at)
    return replace(
        one,
        steps=steps,
        cost=one.cost + _part(idle, more),
        worst_cost=one.worst_cost + _part(busy, more),
        traffic_cost=_part(one.traffic_cost, longer),
        evidence=alone,
        shares=(),
        joint_floor=0,
        inputs=inputs,
    )


def _hours(one: WorkloadPlan, plan: Plan, steps: Sequence[Step], shape: Shape) -> Decimal:
    """Instance-hours above what stands anyway: until now as planned, or more where more was held; then the steps."""
    now, present = shape.made_at, one.present
    old = hours_above(present, since(now, until(one.steps, plan.give_back_at)))
    new = hours_above(present, since(now, until(steps, shape.give_back_at)))
    spent = planned_hours(one, plan.give_back_at) - old
    return max(spent, hours_above(present, shape.held.get(one.key, ()))) + new


def _steps(steps: Sequence[Step], window: Window, moved: timedelta) -> tuple[Step, ...]:
    """What is up stays up: the first step begins when it did; those that would begin after the end go."""
    begins = [
        step.window.start + (moved if number else timedelta(0)) for number, step in enumerate(steps)
    ]
    kept = [
        (begin, step.floor) for begin, step in zip(begins, steps, strict=True) if begin < window.end
    ]
    ends = [*(begin for begin, _ in kept[1:]), window.end]
    return tuple(
        Step(Window(begin, end), floor) for (begin, floor), end in zip(kept, ends, strict=True)
    )


def _part(money: Money, share: Decimal) -> Money:
    return Money(money.amount * share, money.currency)
