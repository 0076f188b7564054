"""How much more demand may be claimed without evidence. Called by policies.judge."""

import math
from collections.abc import Sequence

from bot.core.case import Case, OtherCampaign
from bot.core.limits import WORTH_SAYING
from bot.core.plan import WorkloadPlan
from bot.core.verdict import Effect, Finding, Role
from bot.core.wording import say_list, say_number


def check(case: Case) -> Finding:
    """Allows up to `auto_multiplier`, asks up to `max_multiplier`, refuses what is above or no number.

    Campaigns at the same hours are judged by what they expect together: split, a claim is no smaller.
    """
    times = case.times
    limits = case.house.guardrails
    if not math.isfinite(times) or times < 1:
        return Finding(
            policy="uplift",
            effect=Effect.REFUSE,
            reason="I cannot tell how much more demand than usual is expected.",
            evidence=f"The multiplier is {times}.",
            way_out="Say how many times the usual demand you expect, for example x3.",
        )
    beside = _beside(case)
    added = max((_added(one, beside) for one in case.plan.workloads), default=0.0)
    together = max(times, round(times + added, 1)) if added else times
    said = f"x{say_number(together)}"
    if added:
        said += f" together with {say_list([f'“{one.name}”' for one in beside[:5]])}"
    evidence = (
        f"{said}; up to x{say_number(limits.auto_multiplier)} needs no approval, "
        f"above x{say_number(limits.max_multiplier)} is refused."
    )
    if together <= limits.auto_multiplier:
        reason = "The expected demand is no more than anybody may announce."
        return Finding(policy="uplift", effect=Effect.ALLOW, reason=reason, evidence=evidence)
    if together <= limits.max_multiplier:
        return Finding(
            policy="uplift",
            effect=Effect.NEEDS_APPROVAL,
            reason=f"{said} is a lot more than usual, so somebody should look at it first.",
            evidence=evidence,
            way_out=_less(limits.auto_multiplier, added, "x{} or less needs no approval."),
            approvers=(Role.APPROVER, Role.ENGINEER),
        )
    return Finding(
        policy="uplift",
        effect=Effect.REFUSE,
        reason=f"{said} is more than I may prepare for.",
        evidence=evidence,
        way_out=_less(limits.max_multiplier, added, "Ask for x{} or less."),
    )


def _beside(case: Case) -> list[OtherCampaign]:
    """Who adds demand at the same hours; nobody any more once the plan is settled."""
    if case.promised:
        return []
    keys = {one.key for one in case.plan.workloads if one.usual.expected > 0}
    return [
        other
        for other in case.facts.others
        if (other.window or other.hold).overlaps(case.plan.window)
        and any(claim.key in keys and claim.added_rps > 0 for claim in other.claims)
    ]


def _added(workload: WorkloadPlan, others: Sequence[OtherCampaign]) -> float:
    """What the others add to a workload, in times of its usual demand; nothing where that is not known."""
    usual = workload.usual.expected
    added = sum(
        claim.added_rps for one in others for claim in one.claims if claim.key == workload.key
    )
    return added / usual if usual > 0 else 0.0


def _less(limit: float, added: float, text: str) -> str:
    """The most that passes beside the others, else another time."""
    fits = int((limit - added) * 10) / 10 if added else limit
    return text.format(say_number(fits)) if fits >= WORTH_SAYING else "Take another time."
