"""Whether Google's regional quota leaves room for the instances. Called by policies.judge."""

from collections.abc import Sequence

from bot.core.case import Case
from bot.core.limits import Quota, Resource, share_of
from bot.core.plan import WorkloadPlan
from bot.core.verdict import Effect, Finding, Role
from bot.core.wording import say_list, say_number


def check(case: Case) -> Finding:
    """Allows up to `quota_share` of each quota, asks engineers up to all of it, refuses above.

    What other campaigns hold of the same workloads at the same time is counted in.
    """
    held = [workload for workload in case.plan.workloads if workload.steps]
    if not held:
        return _fine("No instances are added.", "No floor is raised.", quiet=True)
    if case.facts.quotas is None:
        return _fine(
            "The regional quota is not known here; if it is short, Google says so when I raise.",
            "No quota could be read.",
            quiet=True,
        )
    uses = [(quota, quota.used + added(quota, held)) for quota in case.facts.quotas]
    concerned = [(quota, after) for quota, after in uses if not after <= quota.used]
    shares = [share_of(after, quota.limit) for quota, after in concerned]
    tightest = max(shares, default=0.0)
    evidence = _numbers(concerned)
    if tightest > 1:
        return Finding(
            policy="quota",
            effect=Effect.REFUSE,
            reason="Google's quota in the region is too small for this.",
            evidence=evidence,
            way_out="Make it smaller, or ask the engineers to have the quota raised.",
        )
    if tightest > case.house.fences.quota_share:
        return Finding(
            policy="quota",
            effect=Effect.NEEDS_APPROVAL,
            reason="This would use up most of Google's quota in the region.",
            evidence=evidence,
            way_out="Make it smaller, or have the quota raised first.",
            approvers=(Role.ENGINEER,),
        )
    return _fine("Google's quota leaves enough room.", evidence, quiet=not concerned)


def added(quota: Quota, workloads: Sequence[WorkloadPlan]) -> float:
    """How much of the quota's resource the held workloads add in its region, above their baselines."""
    there = [w for w in workloads if (w.key.project, w.key.region) == (quota.project, quota.region)]
    return sum(_extra(workload) * _size(workload, quota.resource) for workload in there)


def _extra(workload: WorkloadPlan) -> int:
    return max(0, workload.floor, workload.joint_floor) - min(workload.baseline, workload.floor)


def _size(workload: WorkloadPlan, resource: Resource) -> float:
    match resource:
        case Resource.VCPU:
            return workload.size.vcpu
        case Resource.MEMORY_GIB:
            return workload.size.memory_gib
        case Resource.INSTANCES:
            return 1.0


def _numbers(concerned: Sequence[tuple[Quota, float]]) -> str:
    said = [
        f"{quota.region}: {say_number(after)} of {say_number(quota.limit)} {quota.resource}"
        for quota, after in concerned[:6]
    ]
    return f"{say_list(said)}." if said else "No quota is known for these regions."


def _fine(reason: str, evidence: str, *, quiet: bool = False) -> Finding:
    return Finding(
        policy="quota", effect=Effect.ALLOW, reason=reason, evidence=evidence, quiet=quiet
    )
