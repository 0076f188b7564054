"""The plan and the claims of a campaign whose window has changed while its capacity is up. Pure; used by
the reshape flow.

Nothing is forecast anew: what is held is held longer or shorter, so that it works while no metrics come.
What the demand really does is the closed loop's business.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from bot.core.campaign import Campaign
from bot.core.claims import Claim
from bot.core.evidence import Neighbour
from bot.core.money import ZERO, Money
from bot.core.overlap import with_overlaps
from bot.core.plan import Plan, Step, WorkloadPlan
from bot.core.pricing import instance_hours
from bot.core.verdict import Effect, Finding, Verdict
from bot.core.windows import Window


@dataclass(frozen=True, slots=True)
class Shape:
    """The wanted `window`, when capacity goes back after it, and the plan's next version."""

    window: Window
    give_back_at: datetime
    version: int
    made_at: datetime


def reshaped(
    plan: Plan, campaign: Campaign, shape: Shape, others: Sequence[Neighbour] = ()
) -> Plan:
    """The plan for the new window: the same floors, their steps moved with the start and cut or held to the end.

    Costs follow the instance-hours. `others` are the campaigns whose claims it may meet now.
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

    A claim whose step is cut off is left out; what was claimed of a step before it is kept as it is.
    """
    holds = {
        f"{plan.campaign_id}/{one.key}/{number}": hold
        for one in plan.workloads
        for number, hold in enumerate(_holds(one, plan.give_back_at))
    }
    return [
        replace(
            claim, hold=Window(min(claim.hold.start, holds[claim.id].start), holds[claim.id].end)
        )
        for claim in claims
        if claim.id in holds
    ]


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


def _holds(workload: WorkloadPlan, give_back_at: datetime) -> list[Window]:
    """From when to when each step is held, the cool-down with the last one."""
    holds = [step.window for step in workload.steps]
    if holds:
        holds[-1] = Window(holds[-1].start, max(holds[-1].end, give_back_at))
    return holds


def _workload(one: WorkloadPlan, plan: Plan, shape: Shape) -> WorkloadPlan:
    steps = _steps(one.steps, shape.window, shape.window.start - plan.window.start)
    before = _extra_hours(one, one.steps, plan.give_back_at)
    after = _extra_hours(one, steps, shape.give_back_at)
    share = after / before if before else Decimal(0)
    longer = Decimal(str(shape.window.duration / plan.window.duration))
    inputs = one.inputs
    if inputs is not None and inputs.bill is not None:
        bill = inputs.bill
        bill = replace(
            bill,
            extra_hours=bill.extra_hours * share,
            busy_hours=bill.busy_hours * longer,
            requests=bill.requests * float(longer),
        )
        inputs = replace(inputs, bill=bill)
    # The sentence on whom it shares with is the last one, and is written anew.
    alone = one.evidence[:-1] if one.shares else one.evidence
    return replace(
        one,
        steps=steps,
        cost=_part(one.cost, share),
        worst_cost=_part(one.worst_cost, share),
        traffic_cost=_part(one.traffic_cost, longer),
        evidence=alone,
        shares=(),
        joint_floor=0,
        inputs=inputs,
    )


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


def _extra_hours(one: WorkloadPlan, steps: Sequence[Step], give_back_at: datetime) -> Decimal:
    """Instance-hours above what stands anyway, until capacity is given back."""
    present = one.baseline if one.inputs is None else one.inputs.present
    holds = [step.window for step in steps]
    if holds and give_back_at > holds[-1].end:
        holds[-1] = Window(holds[-1].start, give_back_at)
    pairs = zip(steps, holds, strict=True)
    return sum(
        (instance_hours(step.floor - present, hold) for step, hold in pairs), start=Decimal(0)
    )


def _part(money: Money, share: Decimal) -> Money:
    return Money(money.amount * share, money.currency)
