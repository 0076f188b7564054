"""The guardrails: an ordered list of pure checks and the platform team's own rules, and `judge`, which asks all.

Called by the flows at announcement, at approval and again before acting, each time with a fresh Case.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.core.case import Case
from bot.core.verdict import Effect, Finding, Verdict
from policies import (
    budget,
    ceiling,
    downstream,
    environment,
    freeze,
    lead_time,
    overlap,
    paused,
    quota,
    requester,
    spend_cap,
    team_budget,
    unproven,
    uplift,
    ux_floor,
)
from policies.rule_engine import engine_for
from policies.rule_facts import moves

Policy = Callable[[Case], Finding]

# The order is the order in which people read the reasons; it never changes the verdict.
POLICIES: Sequence[tuple[str, Policy]] = (
    ("requester", requester.check),  # may this person ask at all?
    ("paused", paused.check),  # has somebody pulled the switch?
    ("environment", environment.check),  # may it be asked here?
    ("lead_time", lead_time.check),  # is there time to warm up?
    ("freeze", freeze.check),  # may anything be changed then?
    ("uplift", uplift.check),  # is the expected demand believable?
    ("unproven", unproven.check),  # is the usual demand known?
    ("overlap", overlap.check),  # does it fit beside other campaigns?
    ("ceiling", ceiling.check),  # does a maximum have to be raised?
    ("quota", quota.check),  # does Google have room?
    ("downstream", downstream.check),  # does what is behind it bear it?
    ("ux_floor", ux_floor.check),  # do customers keep their least?
    ("spend_cap", spend_cap.check),  # can the project be paused?
    ("budget", budget.check),  # is it worth the money?
    ("team_budget", team_budget.check),  # is the month's money left?
)
OWN_RULES = "own_rules"
# What these refuse of a plan that was settled comes of money or bookkeeping since: the promise stands.
_BOOKKEEPING = frozenset({"overlap", "ux_floor", "budget", "team_budget"})


def judge(case: Case) -> Verdict:
    """The word of every guardrail and own rule on `case`; never raises, what fails refuses what is new."""
    findings = (*judge_by(POLICIES, case).findings, *_own_rules(case))
    if case.promised:
        findings = _kept(findings, case)
    asked, own = case.house.oversight.asked, case.house.guardrails.self_approval
    return Verdict(tuple(asked(finding, own=own) for finding in findings))


def judge_by(policies: Sequence[tuple[str, Policy]], case: Case) -> Verdict:
    """The same by the guardrails given, in their order; none at all refuse."""
    return Verdict(tuple(_ask(name, check, case) for name, check in policies))


def _ask(name: str, check: Policy, case: Case) -> Finding:
    try:
        return check(case)
    except Exception as trouble:  # noqa: BLE001 - fail closed: what cannot be judged is not allowed
        return _failed(name, trouble)


def _own_rules(case: Case) -> Sequence[Finding]:
    try:
        return engine_for(case.house.rules).judge(case)
    except Exception as trouble:  # noqa: BLE001 - the same
        return (_failed(OWN_RULES, trouble),)


def _kept(findings: Sequence[Finding], case: Case) -> tuple[Finding, ...]:
    """The same; what only money or bookkeeping would refuse by now is a note."""
    moving = _BOOKKEEPING | {rule.name for rule in case.house.rules if moves(rule.when)}
    return tuple(
        replace(
            one,
            effect=Effect.ALLOW,
            reason=f"It was settled before, so it stands. Anew it would be refused: {one.reason}",
            way_out="",
        )
        if one.effect is Effect.REFUSE and one.policy in moving
        else one
        for one in findings
    )


def _failed(name: str, trouble: Exception) -> Finding:
    return Finding(
        policy=name,
        effect=Effect.REFUSE,
        reason=f"I could not work out whether this may be done (“{name}”), so the answer is no.",
        evidence=f"{type(trouble).__name__}: {trouble}",
        way_out="Tell the engineers; nothing has been changed.",
    )
