"""Whether the plan may raise the maximum of a workload. Called by policies.judge."""

from collections.abc import Sequence

from bot.core.case import Case
from bot.core.fleet_lines import names_of
from bot.core.limits import WORTH_SAYING
from bot.core.plan import WorkloadPlan
from bot.core.verdict import Effect, Finding
from bot.core.wording import say_list, say_number

_NAMED = 3  # workloads, where none has to be raised


def check(case: Case) -> Finding:
    """Asks `ceiling_raise_needs` when a plan raises any ceiling; says which, from what to what."""
    raised = [workload for workload in case.plan.workloads if workload.ceiling_needed is not None]
    if not raised:
        return Finding(
            policy="ceiling",
            effect=Effect.ALLOW,
            reason="No maximum has to be raised.",
            evidence=_room(case.plan.workloads),
        )
    steps = [
        f"{workload.key.name} ({workload.key.region}) from {workload.ceiling} to {workload.ceiling_needed}"
        for workload in raised
    ]
    return Finding(
        policy="ceiling",
        effect=Effect.NEEDS_APPROVAL,
        reason="The maximum number of instances has to be raised for "
        f"{say_list(sorted({workload.key.name for workload in raised}))}.",
        evidence=f"{say_list(steps)}.",
        way_out=_smaller(case.times, raised),
        approvers=case.house.guardrails.ceiling_raise_needs,
    )


def _room(workloads: Sequence[WorkloadPlan]) -> str:
    """Those that come nearest to their maximum."""
    if not workloads:
        return "No workload is touched."
    names = names_of(one.key for one in workloads)
    nearest = sorted(workloads, key=lambda one: one.floor / max(one.ceiling, 1), reverse=True)
    most = [f"{names[one.key]} {one.floor:,} of {one.ceiling:,}" for one in nearest[:_NAMED]]
    left = len(workloads) - len(most)
    rest = "the other one has" if left == 1 else f"the other {left:,} have"
    more = f"; {rest} more room" if left else ""
    return f"Instances needed, of the maximum: {say_list(most)}{more}."


def _smaller(times: float, raised: Sequence[WorkloadPlan]) -> str:
    """Instances grow about in proportion to demand, so the tightest ceiling gives the multiplier."""
    tightest = min(workload.ceiling / max(workload.ceiling_needed or 1, 1) for workload in raised)
    fits = int(times * tightest * 10) / 10
    if fits < WORTH_SAYING or fits >= times:
        return "Ask the approvers, or the engineers to raise the maximum for good."
    return f"At about x{say_number(fits)} no maximum has to be raised."
