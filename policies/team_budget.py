"""What a team may spend in a month, over all its campaigns. Called by policies.judge."""

from bot.core.budgeting import TeamSpend
from bot.core.campaign import SETTLED
from bot.core.case import Case
from bot.core.verdict import Effect, Finding
from bot.core.wording import say_money

_MONTHS = (
    "January February March April May June July August September October November December".split()
)


def check(case: Case) -> Finding:
    """Allows while the month's money lasts, asks the team's approvers up to the most, refuses above.

    What is settled keeps what was reserved for it, whatever others have cost since.
    """
    spend = case.facts.team
    if spend is None or (spend.team.month is None and spend.team.most is None):
        said = f"This plan costs {say_money(case.plan.cost)}."
        return _fine("No monthly budget is set for this team.", said, quiet=True)
    if _reserved(case, spend):
        own = f"{say_money(spend.reserved)} is reserved for it in {_name(spend.month)}."
        said = f"It costs {say_money(case.plan.cost)}; {own}"
        return _fine("It was reserved before, so it stands.", said)
    team, total = spend.team, spend.taken + case.plan.cost
    evidence = (
        f"{say_money(spend.taken)} is spent or reserved for {_name(spend.month)}; "
        f"with this it is {say_money(total)}."
    )
    if team.month is not None:
        evidence += f" Up to {say_money(team.month)} needs no approval."
    if team.most is not None and not total <= team.most:
        return Finding(
            policy="team_budget",
            effect=Effect.REFUSE,
            reason=f"{team.title} would spend more than it may in a month.",
            evidence=f"{evidence} Above {say_money(team.most)} it is refused.",
            way_out="Make it smaller, move it to another month, or cancel another campaign.",
        )
    if team.month is not None and not total <= team.month:
        return Finding(
            policy="team_budget",
            effect=Effect.NEEDS_APPROVAL,
            reason=f"This is more than {team.title} may spend in a month without approval.",
            evidence=evidence,
            way_out="Make it smaller, or move it to another month.",
            approvers=team.approvers,
        )
    return _fine(f"It is within the monthly budget of {team.title}.", evidence)


def _reserved(case: Case, spend: TeamSpend) -> bool:
    """Whether a settled campaign costs no more than its own line in the books."""
    return case.campaign.state in SETTLED and case.plan.cost <= spend.reserved


def _fine(reason: str, evidence: str, *, quiet: bool = False) -> Finding:
    return Finding("team_budget", Effect.ALLOW, reason, evidence, quiet=quiet)


def _name(month: str) -> str:
    """`2025-11` as `November 2025`."""
    year, _, number = month.partition("-")
    return f"{_MONTHS[int(number) - 1]} {year}"
