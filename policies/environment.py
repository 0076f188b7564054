"""No production workload from a channel for trying things out. Called by policies.judge."""

from bot.core.case import Case
from bot.core.verdict import Effect, Finding
from bot.core.wording import say_list


def check(case: Case) -> Finding:
    """Refuses a plan that touches a production project when it was announced in a test channel."""
    fences = case.house.fences
    production = sorted(
        {w.key.project for w in case.plan.workloads} & set(fences.production_projects)
    )
    touched = f"Production projects touched: {say_list(production) or 'none'}."
    if case.campaign.channel not in fences.test_channels:
        return Finding(
            policy="environment",
            effect=Effect.ALLOW,
            reason="It was announced in a channel for real campaigns.",
            evidence=touched,
            quiet=not fences.test_channels,
        )
    if not production:
        reason = "This channel is for trying things out, and nothing of production is touched."
        return Finding("environment", Effect.ALLOW, reason, touched)
    return Finding(
        policy="environment",
        effect=Effect.REFUSE,
        reason="This channel is for trying things out; production is not changed from here.",
        evidence=touched,
        way_out="Announce it in a channel for real campaigns.",
    )
