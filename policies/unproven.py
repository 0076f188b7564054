"""An uplift over a demand that nobody has measured yet. Called by policies.judge."""

from bot.core.case import Case
from bot.core.verdict import Effect, Finding, Role
from bot.core.wording import say_list, say_number


def check(case: Case) -> Finding:
    """Asks when more than `unproven_multiplier` is claimed of a workload without any known week."""
    measured = [workload for workload in case.plan.workloads if workload.weeks is not None]
    unknown = sorted({workload.key.name for workload in measured if not workload.weeks})
    weeks = min((workload.weeks or 0 for workload in measured), default=0)
    most = case.house.fences.unproven_multiplier
    times = case.times
    if not unknown:
        return Finding(
            policy="unproven",
            effect=Effect.ALLOW,
            reason="The usual demand is known from earlier weeks.",
            evidence=f"At least {weeks} of them." if measured else "No requests are counted here.",
            quiet=not measured,
        )
    evidence = f"Not measured at that hour so far: {say_list(unknown[:6])}."
    if times <= most and case.campaign.announcement.demand is None:
        return Finding(
            policy="unproven",
            effect=Effect.ALLOW,
            reason="The usual demand is not known, but the uplift is small.",
            evidence=f"{evidence} Up to x{say_number(most)} needs no approval.",
        )
    return Finding(
        policy="unproven",
        effect=Effect.NEEDS_APPROVAL,
        reason="The usual demand there is not known yet, so somebody should look at the numbers.",
        evidence=f"{evidence} Up to x{say_number(most)} needs no approval.",
        way_out=f"x{say_number(most)} or less, or without the groups they belong to.",
        approvers=(Role.ENGINEER, Role.APPROVER),
    )
