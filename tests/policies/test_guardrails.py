"""Each guardrail alone: a table of cases, what it says, and the way out."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.campaign import CampaignState
from bot.core.house import Guardrails
from bot.core.money import Money
from bot.core.verdict import Effect, Role
from policies import budget, ceiling, lead_time, requester, uplift
from tests.policies.cases import WINDOW, case

ALLOW, ASK, REFUSE = Effect.ALLOW, Effect.NEEDS_APPROVAL, Effect.REFUSE

REQUESTERS = [
    ("somebody without a role", frozenset(), REFUSE),
    ("finance alone", frozenset({Role.FINANCE}), REFUSE),
    ("an announcer", frozenset({Role.ANNOUNCER}), ALLOW),
    ("an approver", frozenset({Role.APPROVER}), ALLOW),
    ("an engineer", frozenset({Role.ENGINEER}), ALLOW),
    ("an admin", frozenset({Role.ADMIN}), ALLOW),
    ("an announcer from finance", frozenset({Role.FINANCE, Role.ANNOUNCER}), ALLOW),
]


@pytest.mark.parametrize(
    ("sentence", "roles", "effect"), REQUESTERS, ids=[r[0] for r in REQUESTERS]
)
def test_a_campaign_may_be_announced_by(
    sentence: str, roles: frozenset[Role], effect: Effect
) -> None:
    assert requester.check(case(roles=roles)).effect is effect


def test_a_refused_announcer_is_told_whom_to_ask() -> None:
    finding = requester.check(case(roles=frozenset()))
    assert finding.evidence == "They have no role here yet."
    assert "Ask a platform admin" in finding.way_out


BUDGETS = [
    ("nothing", "0", ALLOW),
    ("less than anybody may spend", "12.34", ALLOW),
    ("exactly what anybody may spend", "50", ALLOW),
    ("a fraction of a cent more", "50.001", ASK),
    ("exactly the most", "2000", ASK),
    ("a cent more than the most", "2000.01", REFUSE),
]


@pytest.mark.parametrize(("sentence", "cost", "effect"), BUDGETS, ids=[r[0] for r in BUDGETS])
def test_the_budget_is_judged_when_the_plan_costs(sentence: str, cost: str, effect: Effect) -> None:
    assert budget.check(case(cost=cost)).effect is effect


def test_the_budget_names_approvers_and_what_would_pass_without_them() -> None:
    finding = budget.check(case(cost="100"))
    assert finding.approvers == (Role.FINANCE, Role.APPROVER)
    assert finding.reason == "$100.00 is more than may be spent without approval."
    assert (
        finding.way_out == "About x2 instead of x3 or about 2 h instead of 4 h needs no approval."
    )
    assert "up to $50.00" in finding.evidence


def test_the_budget_offers_a_shorter_window_when_no_smaller_uplift_is_worth_it() -> None:
    finding = budget.check(case(cost="100", multiplier=1.1))
    assert finding.way_out == "About 2 h instead of 4 h needs no approval."


def test_the_budget_offers_fewer_groups_when_nothing_smaller_is_worth_it() -> None:
    assert budget.check(case(cost="9000000")).way_out == "Ask for fewer groups."


CEILINGS = [
    ("no ceiling is raised", (("web", 40, None),), ALLOW),
    ("nothing is touched", (), ALLOW),
    ("one is raised", (("web", 40, None), ("checkout", 20, 35)), ASK),
    ("a ceiling of nothing is raised", (("web", 0, 35),), ASK),
]


@pytest.mark.parametrize(("sentence", "ceilings", "effect"), CEILINGS, ids=[r[0] for r in CEILINGS])
def test_the_ceiling_is_judged_when(
    sentence: str, ceilings: tuple[tuple[str, int, int | None], ...], effect: Effect
) -> None:
    assert ceiling.check(case(ceilings=ceilings)).effect is effect


def test_the_workloads_nearest_to_their_maximum_are_named_and_the_others_counted() -> None:
    many = (("web", 200, None), ("cart", 20, None), ("search", 40, None), ("mail", 60, None))
    assert (
        ceiling.check(case(ceilings=many)).evidence
        == "Instances needed, of the maximum: cart 12 of 20, search 12 of 40 and mail 12 of 60;"
        " the other one has more room."
    )


def test_a_raised_ceiling_says_which_from_what_to_what() -> None:
    finding = ceiling.check(case(ceilings=(("web", 40, 60), ("checkout", 20, 40))))
    assert (
        finding.reason == "The maximum number of instances has to be raised for checkout and web."
    )
    assert (
        finding.evidence
        == "web (europe-west1) from 40 to 60 and checkout (europe-west1) from 20 to 40."
    )
    assert finding.way_out == "At about x1.5 no maximum has to be raised."
    assert finding.approvers == (Role.APPROVER, Role.ENGINEER)


NOTICES = [
    ("days ahead", timedelta(days=2), ALLOW),
    ("exactly the notice that is asked for", timedelta(minutes=30), ALLOW),
    ("a second less", timedelta(minutes=30) - timedelta(seconds=1), ASK),
    ("with time to warm up, but less notice than asked for", timedelta(minutes=25), ASK),
    ("too late to be warm in time", timedelta(minutes=5), ASK),
    ("just ahead", timedelta(seconds=1), ASK),
    ("now", timedelta(0), REFUSE),
    ("in the past", timedelta(minutes=-5), REFUSE),
    ("over", timedelta(hours=-5), REFUSE),
]


@pytest.mark.parametrize(("sentence", "notice", "effect"), NOTICES, ids=[r[0] for r in NOTICES])
def test_the_lead_time_is_judged_when_the_start_is(
    sentence: str, notice: timedelta, effect: Effect
) -> None:
    assert lead_time.check(case(notice=notice)).effect is effect


def test_a_long_lead_time_counts_more_than_the_notice_asked_for() -> None:
    told = case(notice=timedelta(minutes=40), lead=timedelta(minutes=45))
    assert lead_time.check(told).effect is ASK


def test_short_notice_says_when_capacity_will_be_warm_and_which_start_would_pass() -> None:
    finding = lead_time.check(case(notice=timedelta(minutes=5)))
    assert finding.reason == (
        "This is short notice: capacity will be warm only at 18:15, 15 min after the start."
    )
    assert finding.evidence == "It starts in 5 min; 30 min are needed."
    assert finding.way_out == "A start at 18:25 or later needs no approval."
    assert finding.approvers == (Role.ENGINEER,)


def test_short_notice_names_the_day_when_the_start_that_would_pass_is_on_another() -> None:
    patient = Guardrails(min_notice=timedelta(days=1))
    finding = lead_time.check(case(notice=timedelta(minutes=5), guardrails=patient))
    assert finding.way_out == "A start at 17:55 on Sat 29 Nov or later needs no approval."


def test_short_notice_says_so_when_capacity_will_be_warm_in_time() -> None:
    finding = lead_time.check(case(notice=timedelta(minutes=25)))
    assert "there is time to warm up" in finding.reason


def test_short_notice_speaks_of_no_warmth_when_nothing_has_to_be_warmed() -> None:
    told = case(notice=timedelta(minutes=5))
    idle = replace(told.plan.workloads[0], steps=())
    assert (
        "warm only at"
        not in lead_time.check(replace(told, plan=replace(told.plan, workloads=(idle,)))).reason
    )


SETTLED = [CampaignState.SCHEDULED, CampaignState.WARMING, CampaignState.LIVE]


@pytest.mark.parametrize("state", SETTLED)
def test_capacity_that_was_promised_is_not_refused_when_headroom_itself_is_late(
    state: CampaignState,
) -> None:
    assert lead_time.check(case(notice=timedelta(minutes=-5), state=state)).effect is ALLOW
    over = case(notice=-WINDOW.duration, state=state)
    assert lead_time.check(over).effect is REFUSE


UPLIFTS = [
    ("usual", 1.0, ALLOW),
    ("exactly what anybody may claim", 5.0, ALLOW),
    ("a little more", 5.1, ASK),
    ("exactly the most", 20.0, ASK),
    ("more than the most", 20.1, REFUSE),
    ("less than usual", 0.9, REFUSE),
    ("nothing", 0.0, REFUSE),
    ("negative", -3.0, REFUSE),
    ("no number", float("nan"), REFUSE),
    ("endless", float("inf"), REFUSE),
]


@pytest.mark.parametrize(("sentence", "times", "effect"), UPLIFTS, ids=[r[0] for r in UPLIFTS])
def test_the_uplift_is_judged_when_it_is(sentence: str, times: float, effect: Effect) -> None:
    finding = uplift.check(case(multiplier=times))
    assert finding.effect is effect
    assert bool(finding.way_out) is (effect is not ALLOW)


def test_the_limits_are_those_of_the_house() -> None:
    strict = Guardrails(
        auto_budget=Money(case(cost="1").plan.cost.amount),
        auto_multiplier=2.0,
        min_notice=timedelta(days=3),
        ceiling_raise_needs=(Role.ADMIN,),
    )
    told = case(guardrails=strict, ceilings=(("web", 40, 60),))
    for check in (budget.check, uplift.check, lead_time.check):
        assert check(told).effect is ASK
    assert ceiling.check(told).approvers == (Role.ADMIN,)
