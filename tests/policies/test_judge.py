"""All guardrails together, and the laws that hold for every case."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import policies
from bot.core.case import Case, Facts
from bot.core.verdict import Effect, Finding, Role
from policies import POLICIES, judge, judge_by
from tests.policies.cases import Told, case, case_of
from tests.policies.surroundings import beside, cap, database, freeze, frozen, quota, spent

NAMES = [name for name, _ in POLICIES]


def test_every_guardrail_is_heard_when_all_allow() -> None:
    verdict = judge(case())
    assert verdict.effect is Effect.ALLOW
    assert [finding.policy for finding in verdict.findings] == NAMES
    assert all(finding.reason and finding.evidence for finding in verdict.findings)


def test_every_reason_is_given_at_once_when_several_object() -> None:
    verdict = judge(
        case(roles=frozenset(), cost="100", multiplier=21.0, notice=timedelta(minutes=5))
    )
    assert verdict.effect is Effect.REFUSE
    assert [f.policy for f in verdict.with_effect(Effect.REFUSE)] == ["requester", "uplift"]
    assert [f.policy for f in verdict.with_effect(Effect.NEEDS_APPROVAL)] == ["lead_time", "budget"]


def test_the_answer_is_no_when_a_guardrail_fails() -> None:
    verdict = judge(case(currency="EUR"))
    (broken,) = verdict.with_effect(Effect.REFUSE)
    assert verdict.effect is Effect.REFUSE
    assert broken.policy == "budget"
    assert (
        broken.reason
        == "I could not work out whether this may be done (“budget”), so the answer is no."
    )
    assert broken.evidence == "ValueError: cannot mix EUR and USD"
    assert len(verdict.findings) == len(NAMES)


def test_the_answer_is_no_when_the_price_is_no_number() -> None:
    assert judge(case(cost="NaN")).effect is Effect.REFUSE


def test_the_answer_is_no_when_there_are_no_guardrails() -> None:
    assert judge_by((), case()).effect is Effect.REFUSE


def test_the_list_names_each_guardrail_as_its_module_does() -> None:
    assert [name for name, _ in POLICIES] == NAMES
    assert all(getattr(policies, name).check is check for name, check in POLICIES)


def test_whatever_needs_approval_says_who_may_give_it_and_whatever_objects_says_a_way_out() -> None:
    told = case(cost="100", multiplier=6.0, notice=timedelta(minutes=5), ceilings=(("web", 4, 9),))
    verdict = judge(told)
    asking = verdict.with_effect(Effect.NEEDS_APPROVAL)
    assert [finding.policy for finding in asking] == ["lead_time", "uplift", "ceiling", "budget"]
    assert all(finding.approvers and finding.way_out for finding in asking)


ROLES = st.frozensets(st.sampled_from(Role))
CASES = st.builds(
    Told,
    cost=st.decimals(0, 5000, places=2).map(str),
    multiplier=st.floats(1, 40),
    notice=st.integers(-7 * 3600, 90_000).map(lambda seconds: timedelta(seconds=seconds)),
    lead=st.integers(0, 7200).map(lambda seconds: timedelta(seconds=seconds)),
    roles=ROLES,
    ceilings=st.lists(
        st.tuples(
            st.sampled_from(["web", "checkout"]), st.integers(0, 50), st.none() | st.integers(1, 90)
        ),
        max_size=3,
    ).map(tuple),
    weeks=st.none() | st.integers(0, 4),
    joint_floor=st.integers(0, 60),
    facts=st.sampled_from(
        [
            Facts(),
            frozen(freeze(effect=Effect.NEEDS_APPROVAL)),
            frozen(freeze()),
            spent(90),
            quota(70),
            database(140),
            beside(27),
            cap(800),
        ]
    ),
)


def severity(told: Told) -> int:
    """0 allow, 1 needs approval, 2 refuse."""
    return judge(case_of(told)).effect.severity


@given(told=CASES, more=st.decimals(0, 5000, places=2))
def test_a_verdict_never_gets_milder_when_the_cost_grows(told: Told, more: Any) -> None:
    dearer = replace(told, cost=str(case_of(told).plan.cost.amount + more))
    assert severity(dearer) >= severity(told)


@given(told=CASES, more=st.floats(0, 40))
def test_a_verdict_never_gets_milder_when_the_multiplier_grows(told: Told, more: float) -> None:
    assert severity(replace(told, multiplier=told.multiplier + more)) >= severity(told)


@given(told=CASES, later=st.integers(0, 90_000))
def test_a_verdict_never_gets_milder_when_it_gets_later(told: Told, later: int) -> None:
    assert severity(replace(told, notice=told.notice - timedelta(seconds=later))) >= severity(told)


@given(told=CASES, taken=ROLES)
def test_a_verdict_never_gets_milder_when_roles_are_taken_away(
    told: Told, taken: frozenset[Role]
) -> None:
    assert severity(replace(told, roles=told.roles - taken)) >= severity(told)


@given(told=CASES, order=st.permutations(list(POLICIES)))
def test_the_order_of_the_guardrails_never_changes_the_verdict(
    told: Told, order: list[tuple[str, policies.Policy]]
) -> None:
    judged = case_of(told)
    assert judge_by(order, judged).effect is judge(judged).effect


@given(told=CASES)
def test_judging_twice_gives_the_same_findings(told: Told) -> None:
    judged = case_of(told)
    assert judge(judged) == judge(judged)
    assert len(judge(judged).findings) == len(POLICIES)


@pytest.mark.parametrize("trouble", [KeyError("x"), ZeroDivisionError(), RecursionError()])
def test_a_guardrail_that_raises_refuses_whatever_it_raises(trouble: Exception) -> None:
    def broken(case: Case) -> Finding:
        raise trouble

    verdict = judge_by((*POLICIES, ("broken", broken)), case())
    assert verdict.effect is Effect.REFUSE
    assert verdict.findings[-1].policy == "broken"
