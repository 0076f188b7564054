"""What one campaign may cost. Called by policies.judge."""

from datetime import timedelta

from bot.core.case import Case
from bot.core.money import Money
from bot.core.verdict import Effect, Finding
from bot.core.wording import say_duration, say_list, say_money, say_number

_WORTH_SAYING = 1.1  # a smaller uplift than this is no way out
_QUARTER = timedelta(minutes=15)


def check(case: Case) -> Finding:
    """Allows up to `auto_budget`, asks `budget_approvers` up to `max_budget`, refuses above."""
    cost, limits = case.plan.cost, case.house.guardrails
    evidence = (
        f"{say_money(cost)} planned; up to {say_money(limits.auto_budget)} needs no approval, "
        f"above {say_money(limits.max_budget)} is refused."
    )
    if cost <= limits.auto_budget:
        reason = "The cost is within what anybody may spend on a campaign."
        return Finding(policy="budget", effect=Effect.ALLOW, reason=reason, evidence=evidence)
    if cost <= limits.max_budget:
        return Finding(
            policy="budget",
            effect=Effect.NEEDS_APPROVAL,
            reason=f"{say_money(cost)} is more than may be spent without approval.",
            evidence=evidence,
            way_out=_cheaper(case, limits.auto_budget, "needs no approval"),
            approvers=limits.budget_approvers,
        )
    return Finding(
        policy="budget",
        effect=Effect.REFUSE,
        reason=f"{say_money(cost)} is more than any campaign may cost.",
        evidence=evidence,
        way_out=_cheaper(case, limits.max_budget, "is not refused"),
    )


def _cheaper(case: Case, limit: Money, outcome: str) -> str:
    """What would cost about `limit`: the cost grows with the uplift (multiplier - 1) and the hours."""
    share = float(limit.amount / case.plan.cost.amount)
    times = case.times
    fits = int((1 + (times - 1) * share) * 10) / 10
    window = case.plan.window.duration * share // _QUARTER * _QUARTER
    options = []
    if fits >= _WORTH_SAYING:
        options.append(f"about x{say_number(fits)} instead of x{say_number(times)}")
    if window >= _QUARTER:
        usual = case.plan.window.duration
        options.append(f"about {say_duration(window)} instead of {say_duration(usual)}")
    if not options:
        return "Ask for fewer groups."
    said = say_list(options, last="or")
    return f"{said[0].upper()}{said[1:]} {outcome}."
