"""The least instances that customers' experience needs; no plan may hold fewer. Called by policies.judge."""

from collections.abc import Mapping

from bot.core.case import Case
from bot.core.fleet_lines import names_of
from bot.core.plan import WorkloadPlan
from bot.core.verdict import Effect, Finding, Role
from bot.core.wording import say_list


def check(case: Case) -> Finding:
    """Refuses a floor below the house's least, asks engineers where the maximum is below it."""
    least = {w.key: _least(w, case.house.ux_floors) for w in case.plan.workloads if w.steps}
    held = [w for w in case.plan.workloads if least.get(w.key)]
    if not held:
        return _fine("No least number of instances is set here.", quiet=True)
    names = names_of(one.key for one in held)
    evidence = say_list([f"{names[w.key]} {w.floor}, at least {least[w.key]}" for w in held[:6]])
    below = [w for w in held if w.floor < least[w.key]]
    if below:
        return Finding(
            policy="ux_floor",
            effect=Effect.REFUSE,
            reason="The plan keeps fewer instances than customers need.",
            evidence=f"{evidence}.",
            way_out="Ask the engineers: the plan or the least number is wrong.",
        )
    capped = [names[w.key] for w in held if (w.ceiling_needed or w.ceiling) < least[w.key]]
    if capped:
        return Finding(
            policy="ux_floor",
            effect=Effect.NEEDS_APPROVAL,
            reason=f"{say_list(capped)} may not have as many instances as customers need.",
            evidence=f"{evidence}.",
            way_out="Ask the engineers to raise the maximum.",
            approvers=(Role.ENGINEER,),
        )
    return _fine("Customers keep the instances that they need.", f"{evidence}.")


def _least(workload: WorkloadPlan, floors: Mapping[str, int]) -> int:
    names = (str(workload.key), workload.key.name, *workload.groups)
    return max((floors.get(name, 0) for name in names), default=0)


def _fine(reason: str, evidence: str = "None is configured.", *, quiet: bool = False) -> Finding:
    return Finding(
        policy="ux_floor", effect=Effect.ALLOW, reason=reason, evidence=evidence, quiet=quiet
    )
