"""Who may announce a campaign; nobody by default. Called by policies.judge."""

from bot.core.case import Case
from bot.core.verdict import Effect, Finding, Role
from bot.core.wording import say_list

_MAY_ANNOUNCE = frozenset({Role.ANNOUNCER, Role.APPROVER, Role.ENGINEER, Role.ADMIN})


def check(case: Case) -> Finding:
    """Refuses an announcer who holds none of the roles that may announce."""
    held = sorted(role.value for role in case.roles)
    evidence = f"Their role here: {say_list(held)}." if held else "They have no role here yet."
    if case.roles & _MAY_ANNOUNCE:
        return Finding(
            policy="requester",
            effect=Effect.ALLOW,
            reason="The person asking may announce campaigns.",
            evidence=evidence,
        )
    return Finding(
        policy="requester",
        effect=Effect.REFUSE,
        reason="The person asking is not on the list of people who may announce campaigns.",
        evidence=evidence,
        way_out="Ask a platform admin to be added, or ask a colleague on the list to announce it.",
    )
