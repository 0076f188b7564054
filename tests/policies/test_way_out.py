"""The search for plans that pass: what it finds, and that whatever it finds passes when judged again."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.campaign import Announcement
from bot.core.case import Case, Facts
from bot.core.house import Guardrails
from bot.core.money import Money
from bot.core.plan import Plan
from bot.core.rules import Rule
from bot.core.shifts import shifts
from bot.core.verdict import Effect, Role, Verdict, WayOut
from bot.core.way_out import Search, starts_to_try, ways_out
from bot.core.windows import Window
from policies import judge
from tests.policies import cases
from tests.policies.cases import START, WINDOW, Told, case_of
from tests.policies.surroundings import freeze, frozen, spent

HOUR = timedelta(hours=1)
IDLE = 1.3  # below this the autoscaler copes by itself
RATE = 2.0  # dollars for each hour and each uplift above the usual


def planned(told: Told, announcement: Announcement) -> Plan:
    """A plan whose cost grows with the hours, the uplift and the groups, as a real one does."""
    hours = announcement.window.duration / HOUR
    cost = RATE * hours * (announcement.multiplier - 1) * len(announcement.groups)
    plan = cases.plan(replace(told, cost=f"{cost:.4f}"))
    if announcement.multiplier < IDLE:
        plan = replace(plan, workloads=tuple(replace(w, steps=()) for w in plan.workloads))
    shift = announcement.window.start - WINDOW.start
    return replace(
        plan,
        window=announcement.window,
        raise_at=plan.raise_at + shift,
        give_back_at=announcement.window.end + timedelta(minutes=10),
    )


def found(told: Told, groups: tuple[str, ...] = ("web",)) -> tuple[Case, tuple[WayOut, ...]]:
    """The case as judged, and the ways out of it."""
    base = case_of(told)
    announcement = replace(base.campaign.announcement, groups=groups)
    campaign = replace(base.campaign, announcement=announcement)
    asked = replace(base, campaign=campaign, plan=planned(told, announcement))
    verdict = judge(asked)
    starts = starts_to_try(asked, verdict, judge)
    search = Search(asked, verdict, lambda one: planned(told, one), judge, starts, {"web": "Web"})
    return asked, ways_out(search)


def again(told: Told, asked: Case, way: WayOut) -> Verdict:
    """The way out announced, planned and judged anew."""
    campaign = replace(asked.campaign, announcement=way.announcement)
    return judge(replace(asked, campaign=campaign, plan=planned(told, way.announcement)))


def test_there_is_no_way_out_of_what_passes() -> None:
    assert found(Told(multiplier=3))[1] == ()


def test_the_largest_uplift_that_needs_nobody_is_offered_when_it_costs_too_much() -> None:
    # 2 dollars x 4 hours x 6 = 48; x7.1 would cost 48.80, x7.2 49.60, x7.3 50.40.
    _, ways = found(Told(multiplier=9, guardrails=Guardrails(auto_multiplier=20)))
    assert ways[0].change == "x7.2 instead of x9"
    assert ways[0].effect is Effect.ALLOW
    assert ways[0].cost == Money(Decimal("49.6000"))


def test_a_shorter_window_is_offered_too() -> None:
    _, ways = found(Told(multiplier=9, guardrails=Guardrails(auto_multiplier=20)))
    assert "18:00–21:00 instead of 18:00–22:00" in [way.change for way in ways]


def test_fewer_groups_are_offered_by_their_titles() -> None:
    closed = Rule("closed", '"web" in campaign.groups', Effect.REFUSE, "Not the web shop.")
    _, ways = found(Told(rules=(closed,)), ("web", "checkout", "reco"))
    assert [way.change for way in ways] == ["without Web"]
    assert ways[0].announcement.groups == ("checkout", "reco")


def test_one_group_alone_is_offered_when_no_two_pass() -> None:
    alone = Rule("alone", "size(campaign.groups) > 1", Effect.REFUSE, "One at a time.")
    _, ways = found(Told(rules=(alone,)), ("web", "checkout", "reco"))
    assert len(ways) == 1 and len(ways[0].announcement.groups) == 1


def test_another_start_is_offered_when_there_is_a_freeze() -> None:
    asked, ways = found(Told(facts=frozen(freeze())))
    assert ways[0].change == "a start on Fri 28 Nov 22:30 instead of Fri 28 Nov 18:00"
    assert ways[0].announcement.window == WINDOW.shifted(timedelta(hours=4, minutes=30))
    assert "a start on Fri 28 Nov 12:45 instead of Fri 28 Nov 18:00" in [way.change for way in ways]
    assert asked.plan.window == WINDOW


def test_a_later_start_with_the_same_end_is_offered_behind_a_freeze() -> None:
    _, ways = found(Told(facts=frozen(freeze(START - 9 * HOUR, START + HOUR))))
    assert "19:30–22:00 instead of 18:00–22:00" in [way.change for way in ways]


def test_a_window_cut_around_a_freeze_is_offered() -> None:
    over_its_end = frozen(freeze(WINDOW.end - HOUR, WINDOW.end + 3 * HOUR))
    _, ways = found(Told(facts=over_its_end))
    assert "18:00–20:45 instead of 18:00–22:00" in [way.change for way in ways]


def test_a_later_start_is_offered_at_short_notice() -> None:
    _, ways = found(Told(notice=timedelta(minutes=10)))
    assert ways[0].change == "a start on Fri 28 Nov 18:30 instead of Fri 28 Nov 18:00"


def test_start_and_uplift_change_together_when_neither_is_enough() -> None:
    dear_and_frozen = Told(
        multiplier=9, guardrails=Guardrails(auto_multiplier=20), facts=frozen(freeze())
    )
    _, ways = found(dear_and_frozen)
    assert ways[0].change.endswith("and x7.2 instead of x9")


def test_what_somebody_may_allow_is_offered_when_nothing_passes_by_itself() -> None:
    _, ways = found(Told(multiplier=25, facts=spent(99.99)))
    assert {way.effect for way in ways} == {Effect.NEEDS_APPROVAL}


def test_a_plan_that_warms_nothing_is_no_way_out() -> None:
    asked, ways = found(Told(facts=frozen(freeze(START - 200 * HOUR, START + 400 * HOUR))))
    assert judge(asked).effect is Effect.REFUSE
    assert ways == ()


def test_there_is_no_way_out_for_a_stranger() -> None:
    assert found(Told(roles=frozenset(), multiplier=25))[1] == ()


def test_at_most_three_are_offered_the_nearest_first() -> None:
    told = Told(multiplier=7, guardrails=Guardrails(auto_multiplier=20))
    _, ways = found(told, ("web", "checkout"))
    assert [way.change for way in ways] == [
        "x4.1 instead of x7",
        "18:00–20:00 instead of 18:00–22:00",
        "without Web",
    ]


def test_earlier_starts_leave_time_to_warm_up() -> None:
    asked = case_of(Told(notice=timedelta(hours=3)))
    earliest = min(START + by for by in shifts(asked, -1))
    assert earliest == asked.now + timedelta(minutes=30)
    assert all((START + by).minute % 15 == 0 for by in shifts(asked, 1))


def test_an_odd_start_moves_to_the_quarter() -> None:
    asked = case_of(Told())
    odd = replace(asked, plan=replace(asked.plan, window=WINDOW.shifted(timedelta(minutes=7))))
    assert next(shifts(odd, 1)) == timedelta(minutes=8)
    assert next(shifts(odd, -1)) == timedelta(minutes=-7)


@st.composite
def freezes(draw: st.DrawFn) -> Facts:
    start = START + timedelta(minutes=draw(st.integers(-600, 600)))
    span = timedelta(minutes=draw(st.integers(1, 900)))
    effect = draw(st.sampled_from([Effect.REFUSE, Effect.NEEDS_APPROVAL]))
    return frozen(freeze(start, start + span, effect=effect))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    multiplier=st.floats(1, 40),
    notice=st.integers(-120, 3000).map(lambda minutes: timedelta(minutes=minutes)),
    facts=freezes() | st.sampled_from([Facts(), spent(90), spent(195)]),
    roles=st.frozensets(st.sampled_from(Role)),
    groups=st.sampled_from([("web",), ("web", "checkout"), ("web", "checkout", "reco")]),
)
def test_a_way_out_passes_when_it_is_judged_again(
    multiplier: float,
    notice: timedelta,
    facts: Facts,
    roles: frozenset[Role],
    groups: tuple[str, ...],
) -> None:
    told = Told(multiplier=multiplier, notice=notice, facts=facts, roles=roles)
    asked, ways = found(told, groups)
    for way in ways:
        verdict = again(told, asked, way)
        assert verdict.effect is way.effect
        assert verdict.effect.severity < judge(asked).effect.severity
        assert way.announcement != asked.campaign.announcement and way.change


@pytest.mark.parametrize("minutes", [1, 7, 14, 15, 16])
def test_a_very_short_window_has_no_shorter_one(minutes: int) -> None:
    told = Told(multiplier=30)
    window = Window(START, START + timedelta(minutes=minutes))
    base = case_of(told)
    announcement = replace(base.campaign.announcement, window=window)
    campaign = replace(base.campaign, announcement=announcement)
    asked = replace(base, campaign=campaign, plan=planned(told, announcement))
    ways = ways_out(Search(asked, judge(asked), lambda one: planned(told, one), judge))
    assert all(way.announcement.window.duration <= window.duration for way in ways)
