"""The guardrails: an ordered list of pure checks, and `judge`, which runs them all.

Called by the flows at announcement, at approval and again before acting, each time with a fresh Case.
"""

from collections.abc import Callable, Sequence

from bot.core.case import Case
from bot.core.verdict import Effect, Finding, Verdict
from policies import budget, ceiling, lead_time, requester, uplift

Policy = Callable[[Case], Finding]

# The order is the order in which people read the reasons; it never changes the verdict.
POLICIES: Sequence[tuple[str, Policy]] = (
    ("requester", requester.check),  # may this person ask at all?
    ("lead_time", lead_time.check),  # is there time to warm up?
    ("uplift", uplift.check),  # is the expected demand believable?
    ("ceiling", ceiling.check),  # does a maximum have to be raised?
    ("budget", budget.check),  # is it worth the money?
)


def judge(case: Case) -> Verdict:
    """The word of every guardrail on `case`; never raises, a guardrail that fails refuses."""
    return judge_by(POLICIES, case)


def judge_by(policies: Sequence[tuple[str, Policy]], case: Case) -> Verdict:
    """The same by the guardrails given, in their order; none at all refuse."""
    return Verdict(tuple(_ask(name, check, case) for name, check in policies))


def _ask(name: str, check: Policy, case: Case) -> Finding:
    try:
        return check(case)
    except Exception as trouble:  # noqa: BLE001 - fail closed: what cannot be judged is not allowed
        return Finding(
            policy=name,
            effect=Effect.REFUSE,
            reason=f"The guardrail “{name}” could not be worked out, so the answer is no.",
            evidence=f"{type(trouble).__name__}: {trouble}",
            way_out="Tell the engineers; nothing has been changed.",
        )
