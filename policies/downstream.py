"""Whether what is behind the workloads (databases, gateways, partners) bears it. Called by policies.judge."""

from dataclasses import dataclass

from bot.core.case import Case
from bot.core.limits import Dependency, share_of
from bot.core.plan import WorkloadPlan
from bot.core.verdict import Effect, Finding, Role
from bot.core.wording import say_list, say_number


@dataclass(frozen=True, slots=True)
class _Load:
    dependency: Dependency
    total: float

    @property
    def share(self) -> float:
        return share_of(self.total, self.dependency.capacity)

    @property
    def numbers(self) -> str:
        told = self.dependency
        text = f"{told.title}: {say_number(self.total)} of {say_number(told.capacity)} {told.unit}"
        return text if told.used is not None else f"{text}, without what others use (not known)"


def check(case: Case) -> Finding:
    """Allows up to `dependency_share` of each capacity, asks engineers up to all of it, refuses above."""
    loads = [_load(one, case) for one in case.facts.dependencies if _concerned(one, case)]
    if not loads:
        return _fine("No limit of a system behind it is known.", "None is configured.", quiet=True)
    worst = max(loads, key=lambda load: load.share)
    evidence = f"{say_list([load.numbers for load in loads[:6]])}."
    if worst.share > 1:
        return Finding(
            policy="downstream",
            effect=Effect.REFUSE,
            reason=f"{worst.dependency.title} cannot serve that many instances.",
            evidence=evidence,
            way_out="Make it smaller, or leave out the groups that use it.",
        )
    if worst.share > case.house.fences.dependency_share:
        return Finding(
            policy="downstream",
            effect=Effect.NEEDS_APPROVAL,
            reason=f"{worst.dependency.title} would be close to its limit.",
            evidence=evidence,
            way_out="Make it smaller, or have an engineer look at it.",
            approvers=(Role.ENGINEER,),
        )
    return _fine("The systems behind it can take it.", evidence)


def _load(dependency: Dependency, case: Case) -> _Load:
    using = [w for w in case.plan.workloads if _uses(w, dependency, case)]
    need = sum(
        dependency.per_instance * _instances(workload)
        + dependency.per_rps * workload.expected.expected
        for workload in using
    )
    return _Load(dependency, need + (dependency.used or 0.0))


def _instances(workload: WorkloadPlan) -> int:
    """At most: what is held, or what the demand needs."""
    return max(workload.floor, workload.joint_floor, workload.need.instances)


def _concerned(dependency: Dependency, case: Case) -> bool:
    return any(_uses(workload, dependency, case) for workload in case.plan.workloads)


def _uses(workload: WorkloadPlan, dependency: Dependency, case: Case) -> bool:
    """A plan from before groups were noted counts as all of its campaign's groups."""
    groups = workload.groups or case.campaign.announcement.groups
    return not dependency.groups or bool(set(groups) & set(dependency.groups))


def _fine(reason: str, evidence: str, *, quiet: bool = False) -> Finding:
    return Finding(
        policy="downstream", effect=Effect.ALLOW, reason=reason, evidence=evidence, quiet=quiet
    )
