"""How much more demand may be claimed without evidence. Called by policies.judge."""

import math

from bot.core.case import Case
from bot.core.verdict import Effect, Finding, Role
from bot.core.wording import say_number


def check(case: Case) -> Finding:
    """Allows up to `auto_multiplier`, asks up to `max_multiplier`, refuses what is above or no number."""
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
    evidence = (
        f"x{say_number(times)}; up to x{say_number(limits.auto_multiplier)} needs no approval, "
        f"above x{say_number(limits.max_multiplier)} is refused."
    )
    if times <= limits.auto_multiplier:
        reason = "The expected demand is no more than anybody may announce."
        return Finding(policy="uplift", effect=Effect.ALLOW, reason=reason, evidence=evidence)
    if times <= limits.max_multiplier:
        return Finding(
            policy="uplift",
            effect=Effect.NEEDS_APPROVAL,
            reason=f"x{say_number(times)} is a lot more than usual, so somebody should look at it first.",
            evidence=evidence,
            way_out=f"x{say_number(limits.auto_multiplier)} or less needs no approval.",
            approvers=(Role.APPROVER, Role.ENGINEER),
        )
    return Finding(
        policy="uplift",
        effect=Effect.REFUSE,
        reason=f"x{say_number(times)} is more than I may prepare for.",
        evidence=evidence,
        way_out=f"Ask for x{say_number(limits.max_multiplier)} or less.",
    )
