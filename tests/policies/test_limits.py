"""The guardrails that look at what is around a plan: tables of cases, and what they say."""

import math
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.case import Facts
from bot.core.fences import Fences
from bot.core.freeze import FreezeCalendar
from bot.core.limits import Resource
from bot.core.pausing import Pause
from bot.core.verdict import Effect, Role
from bot.core.windows import Window
from policies import (
    downstream,
    environment,
    freeze,
    judge,
    overlap,
    paused,
    quota,
    spend_cap,
    team_budget,
    unproven,
    uplift,
    ux_floor,
)
from tests.policies.cases import START, WINDOW, case
from tests.policies.surroundings import (
    HOUR,
    beside,
    cap,
    database,
    frozen,
    said_cap,
    spent,
)
from tests.policies.surroundings import freeze as entry
from tests.policies.surroundings import quota as quota_of

ALLOW, ASK, REFUSE = Effect.ALLOW, Effect.NEEDS_APPROVAL, Effect.REFUSE
BACK = WINDOW.end + timedelta(minutes=10)  # when the plan gives back
UP = START - timedelta(minutes=20)  # when it raises

FREEZES = [
    ("no freeze", Facts(), ALLOW),
    ("a freeze over it", frozen(entry()), REFUSE),
    ("one that only asks", frozen(entry(effect=ASK)), ASK),
    ("one that asks and one that refuses", frozen(entry(effect=ASK), entry()), REFUSE),
    ("one for other groups", frozen(entry(groups=("pipeline",))), ALLOW),
    ("one for this group among others", frozen(entry(groups=("web", "pipeline"))), REFUSE),
    ("one that ends when capacity is raised", frozen(entry(end=UP)), ALLOW),
    ("one that ends a second later", frozen(entry(end=UP + timedelta(seconds=1))), REFUSE),
    ("one that begins when all is given back", frozen(entry(BACK, BACK + HOUR)), ALLOW),
    ("one in the cool-down", frozen(entry(WINDOW.end, BACK)), REFUSE),
    (
        "a calendar that was never read",
        Facts(calendar=FreezeCalendar(unreadable=("releases",))),
        ASK,
    ),
    ("an old reading", Facts(calendar=FreezeCalendar(stale=(("releases", START),))), ALLOW),
]


@pytest.mark.parametrize(("sentence", "facts", "effect"), FREEZES, ids=[r[0] for r in FREEZES])
def test_a_freeze_is_respected(sentence: str, facts: Facts, effect: Effect) -> None:
    assert freeze.check(case(facts=facts)).effect is effect


def test_a_freeze_says_which_one_when_and_what_start_would_do() -> None:
    finding = freeze.check(case(facts=frozen(entry())))
    assert finding.reason == "Nothing may be changed at that time: “Inventory”."
    assert finding.evidence == "Fri 28 Nov 17:00 to Fri 28 Nov 22:00."
    assert finding.way_out == "Start after Fri 28 Nov 22:00."


def test_no_freeze_matters_when_nothing_is_raised() -> None:
    assert freeze.check(case(ceilings=(), facts=frozen(entry()))).effect is ALLOW


MONEY = [
    ("no team", Facts(), ALLOW),
    ("a team without limits", spent(5000, None, None), ALLOW),
    ("money left", spent(80), ALLOW),
    ("exactly the month's money", spent(87.66), ALLOW),
    ("a cent more", spent(87.67), ASK),
    ("exactly the most", spent(187.66), ASK),
    ("a cent more than the most", spent(187.67), REFUSE),
    ("no most", spent(5000, 100, None), ASK),
]


@pytest.mark.parametrize(("sentence", "facts", "effect"), MONEY, ids=[r[0] for r in MONEY])
def test_a_team_may_spend(sentence: str, facts: Facts, effect: Effect) -> None:
    assert team_budget.check(case(facts=facts)).effect is effect


def test_a_team_is_told_what_is_taken_and_who_may_allow_more() -> None:
    finding = team_budget.check(case(facts=spent(90)))
    assert (
        "$90.00 is spent or reserved for November 2025; with this it is $102.34."
        in finding.evidence
    )
    assert finding.approvers == (Role.FINANCE,)


QUOTAS = [
    ("not known", Facts(), ALLOW),
    ("room enough", quota_of(50), ALLOW),
    ("exactly four fifths", quota_of(70), ALLOW),
    ("more than four fifths", quota_of(70.5), ASK),
    ("exactly all", quota_of(90), ASK),
    ("more than there is", quota_of(90.5), REFUSE),
    ("no quota at all", quota_of(0, limit=0), REFUSE),
    ("memory, half a GiB each", quota_of(75, resource=Resource.MEMORY_GIB), ALLOW),
    ("instances", quota_of(95, resource=Resource.INSTANCES), REFUSE),
]


@pytest.mark.parametrize(("sentence", "facts", "effect"), QUOTAS, ids=[r[0] for r in QUOTAS])
def test_the_quota_leaves(sentence: str, facts: Facts, effect: Effect) -> None:
    assert quota.check(case(facts=facts)).effect is effect


def test_a_quota_that_is_no_number_refuses() -> None:
    assert judge(case(facts=quota_of(math.nan))).effect is REFUSE


def test_the_quota_counts_what_other_campaigns_hold_too() -> None:
    assert quota.check(case(facts=quota_of(40), joint_floor=60)).effect is ASK


def test_a_quota_that_is_not_known_is_said_to_be_not_known() -> None:
    assert "not known" in quota.check(case()).reason


BEHIND = [
    ("nothing known", Facts(), ALLOW),
    ("room enough", database(200), ALLOW),
    ("close to the limit", database(140), ASK),
    ("too little", database(119), REFUSE),
    ("others use the rest", database(200, used=81), REFUSE),
    ("not known what others use", database(200, used=None), ALLOW),
    ("no capacity", database(0), REFUSE),
    ("used by other groups only", database(1, groups=("pipeline",)), ALLOW),
    ("requests count too", database(200, per_rps=2), REFUSE),
]


@pytest.mark.parametrize(("sentence", "facts", "effect"), BEHIND, ids=[r[0] for r in BEHIND])
def test_what_is_behind_bears(sentence: str, facts: Facts, effect: Effect) -> None:
    assert downstream.check(case(facts=facts)).effect is effect


def test_the_numbers_of_a_dependency_say_what_is_not_known() -> None:
    finding = downstream.check(case(facts=database(200, used=None)))
    assert finding.evidence == (
        "Orders database: 120 of 200 connections, without what others use (not known)."
    )


LEAST = [
    ("no least set", (), ALLOW),
    ("fewer than held", (("web", 12),), ALLOW),
    ("more than held", (("web", 13),), REFUSE),
    ("for another workload", (("checkout", 50),), ALLOW),
    ("by its whole key", (("service/cymbal-shop/europe-west1/web", 13),), REFUSE),
]


@pytest.mark.parametrize(("sentence", "floors", "effect"), LEAST, ids=[r[0] for r in LEAST])
def test_customers_keep_their_least(
    sentence: str, floors: tuple[tuple[str, int], ...], effect: Effect
) -> None:
    assert ux_floor.check(case(ux_floors=floors)).effect is effect


def test_engineers_are_asked_when_a_maximum_is_below_the_least() -> None:
    assert (
        ux_floor.check(case(ux_floors=(("web", 12),), ceilings=(("web", 11, None),))).effect is ASK
    )


BESIDE = [
    ("nobody else", Facts(), ALLOW),
    ("room for both", beside(20), ALLOW),
    ("exactly nineteen twentieths", beside(26), ALLOW),
    ("nearly all of it", beside(27), ASK),
    ("exactly all of it", beside(28), ASK),
    ("more than there may be", beside(29), REFUSE),
    ("another workload", beside(1000, "checkout"), ALLOW),
    ("another time", beside(1000, hold=WINDOW.shifted(timedelta(hours=6))), ALLOW),
]


@pytest.mark.parametrize(("sentence", "facts", "effect"), BESIDE, ids=[r[0] for r in BESIDE])
def test_it_fits_beside_other_campaigns(sentence: str, facts: Facts, effect: Effect) -> None:
    assert overlap.check(case(facts=facts)).effect is effect


def test_a_collision_says_who_goes_first_and_whose_share_is_whose() -> None:
    finding = overlap.check(case(facts=beside(30)))
    assert finding.reason == (
        "“Spring sale” was scheduled first and keeps its place; both together do not fit."
    )
    assert (
        finding.evidence
        == "web (europe-west1) 42 of at most 40 instances, 25 % of the extra ones for this campaign."
    )


def test_the_planners_own_sum_counts_where_there_is_one() -> None:
    assert overlap.check(case(facts=beside(500), joint_floor=30)).effect is ALLOW


KNOWN = [
    ("four weeks known", 4, 20.0, ALLOW),
    ("no week known, twice the usual", 0, 2.0, ALLOW),
    ("no week known, more than that", 0, 2.1, ASK),
    ("a workload without requests", None, 20.0, ALLOW),
]


@pytest.mark.parametrize(("sentence", "weeks", "times", "effect"), KNOWN, ids=[r[0] for r in KNOWN])
def test_an_uplift_over_unknown_demand_is_looked_at(
    sentence: str, weeks: int | None, times: float, effect: Effect
) -> None:
    assert unproven.check(case(weeks=weeks, multiplier=times)).effect is effect


def test_a_pause_that_ends_after_midnight_names_the_day_of_the_clock() -> None:
    until = datetime(2025, 11, 26, 23, 30, tzinfo=UTC)
    pause = Pause("all", "U0ADA", START - timedelta(days=3), until)
    finding = paused.check(case(facts=Facts(pauses=(pause,))))
    assert "after 00:30 on Thu 27 Nov" in finding.way_out


BEFORE = Window(WINDOW.start - HOUR, WINDOW.start)
TOGETHER = [
    ("nothing of it", 3.0, beside(4), ALLOW),
    ("twice the usual", 3.0, beside(4, rps=40), ALLOW),
    ("a little more than that", 3.0, beside(4, rps=43), ASK),
    ("nearly all there may be", 3.0, beside(4, rps=340), ASK),
    ("more than there may be", 3.0, beside(4, rps=343), REFUSE),
    ("as much on another workload", 3.0, beside(4, name="pipeline", rps=343), ALLOW),
    ("as much before it", 3.0, beside(4, rps=343, busy=BEFORE), ALLOW),
]


@pytest.mark.parametrize(
    ("sentence", "times", "facts", "effect"), TOGETHER, ids=[r[0] for r in TOGETHER]
)
def test_campaigns_at_the_same_hours_are_judged_together_when_the_other_adds(
    sentence: str, times: float, facts: Facts, effect: Effect
) -> None:
    assert uplift.check(case(multiplier=times, facts=facts)).effect is effect


def test_campaigns_that_are_too_much_together_are_named_with_what_would_pass() -> None:
    asked = uplift.check(case(multiplier=3.0, facts=beside(4, rps=60)))
    assert asked.reason.startswith("x6 together with “Spring sale” is a lot more than usual")
    assert asked.way_out == "x2 or less needs no approval."
    refused = uplift.check(case(multiplier=3.0, facts=beside(4, rps=400)))
    assert refused.reason == "x23 together with “Spring sale” is more than I may prepare for."
    assert refused.way_out == "Take another time."


CAPS = [
    ("no cap known", Facts(), ALLOW),
    ("far away", cap(100), ALLOW),
    ("nine tenths reached", cap(888), ASK),
    ("spending not known", cap(None), ASK),
    ("already enforced", cap(100, enforced=True), REFUSE),
    ("its budget said little yesterday", said_cap(100), ALLOW),
    ("its budget said little a week ago", said_cap(100, days_ago=8), ASK),
    ("its budget said little last month", said_cap(100, month=10), ASK),
    ("its budget said nine tenths", said_cap(890), ASK),
    ("its budget said all of it", said_cap(1000), REFUSE),
    ("its budget said all of it a week ago", said_cap(1000, days_ago=8), REFUSE),
    ("its budget said all of it last month", said_cap(1000, month=10), ASK),
]


@pytest.mark.parametrize(("sentence", "facts", "effect"), CAPS, ids=[r[0] for r in CAPS])
def test_a_spend_cap_is_minded(sentence: str, facts: Facts, effect: Effect) -> None:
    assert spend_cap.check(case(facts=facts)).effect is effect


PLACES = [
    ("a real channel", "C0CAMPAIGN", ("cymbal-shop",), ALLOW),
    ("a test channel", "C0TEST", ("cymbal-shop",), REFUSE),
    ("a test channel, nothing of production", "C0TEST", ("cymbal-other",), ALLOW),
]


@pytest.mark.parametrize(
    ("sentence", "channel", "production", "effect"), PLACES, ids=[r[0] for r in PLACES]
)
def test_production_is_changed_from_real_channels_only(
    sentence: str, channel: str, production: tuple[str, ...], effect: Effect
) -> None:
    fences = Fences(production_projects=production, test_channels=("C0TEST",))
    assert environment.check(case(channel=channel, fences=fences)).effect is effect
