"""Plans made late, for groups without workloads, in dear or unknown regions, and on odd days."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.evidence import weeks_back
from bot.core.fleet import BillingMode, WorkloadKey
from bot.core.money import ZERO
from bot.core.planner import make_plan
from bot.core.windows import Window
from tests.core_plan.scenes import (
    BERLIN,
    HOUSE,
    KEY,
    NOW,
    SERVICE,
    WINDOW,
    campaign,
    evidence,
    flat,
)


def test_a_late_plan_raises_at_once_and_says_what_would_be_safe() -> None:
    now = WINDOW.start - timedelta(minutes=10)
    plan = make_plan(campaign(), [evidence()], house=HOUSE, now=now)
    assert plan.raise_at == WINDOW.start - timedelta(minutes=19)
    assert plan.workloads[0].steps[0].window == Window(now, WINDOW.end)
    assert plan.warnings == (
        "There are only 10 min until the start; 19 min would be safe,"
        " so everything is raised at once and may be proven late.",
    )


def test_a_plan_in_the_middle_of_the_window_holds_the_rest_of_it() -> None:
    now = WINDOW.start + timedelta(hours=1)
    plan = make_plan(campaign(), [evidence()], house=HOUSE, now=now)
    assert plan.workloads[0].steps[0].window == Window(now, WINDOW.end)
    assert "no time until the start" in plan.warnings[0]


@pytest.mark.parametrize("late", [timedelta(0), timedelta(days=2)])
def test_a_plan_after_the_end_holds_nothing_and_says_so(late: timedelta) -> None:
    plan = make_plan(campaign(), [evidence()], house=HOUSE, now=WINDOW.end + late)
    assert plan.needs_nothing
    assert plan.cost == ZERO
    assert plan.warnings == ("The campaign is over: nothing is raised.",)


def test_a_plan_in_time_has_nothing_to_warn_of() -> None:
    assert make_plan(campaign(), [evidence()], house=HOUSE, now=NOW).warnings == ()


def test_groups_without_workloads_are_named_by_their_titles() -> None:
    announced = campaign(groups=("web", "pipeline", "mystery"))
    plan = make_plan(announced, [evidence()], house=HOUSE, now=NOW)
    assert plan.warnings == (
        "No workload belongs to Order pipeline: nothing can be warmed there.",
        "No workload belongs to mystery: nothing can be warmed there.",
    )


def test_a_plan_of_nothing_is_a_plan_that_needs_nothing() -> None:
    plan = make_plan(campaign(), [], house=HOUSE, now=NOW)
    assert (plan.needs_nothing, plan.cost, plan.workloads) == (True, ZERO, ())
    assert "Web shop" in plan.warnings[0]


def test_old_prices_are_said() -> None:
    later = timedelta(days=730)
    announced = campaign(window=WINDOW.shifted(later))
    plan = make_plan(announced, [evidence()], house=HOUSE, now=NOW + later)
    assert "more than 90 days old" in plan.warnings[-1]


def test_an_unverified_rate_is_said_with_the_workload() -> None:
    there = WorkloadKey(KEY.kind, KEY.project, "europe-west3", "w")
    dear = replace(SERVICE, key=there, billing=BillingMode.INSTANCE)
    plan = make_plan(campaign(), [evidence(dear)], house=HOUSE, now=NOW)
    assert any("not verified" in said for said in plan.workloads[0].warnings)


@pytest.mark.parametrize(
    ("why", "night"),
    [
        ("the night has 25 hours", datetime(2025, 10, 25, 20, tzinfo=UTC)),
        ("the night has 23 hours", datetime(2026, 3, 28, 21, tzinfo=UTC)),
    ],
)
def test_a_night_with_a_change_of_summer_time_is_held_and_paid_to_the_minute(
    why: str, night: datetime
) -> None:
    window = Window(night, night + timedelta(hours=12))
    now = window.start - timedelta(hours=3)
    spans = weeks_back(window, BERLIN, weeks=4, now=now)
    known = evidence(usual=[flat(span, 400.0) for span in spans])
    changing = make_plan(campaign(window=window), [known], house=HOUSE, now=now)
    assert changing.workloads[0].steps[0].window == Window(changing.raise_at, window.end), why
    ordinary = window.shifted(timedelta(weeks=-8))
    spans = weeks_back(ordinary, BERLIN, weeks=4, now=now)
    known = evidence(usual=[flat(span, 400.0) for span in spans])
    usual = make_plan(campaign(window=ordinary), [known], house=HOUSE, now=now - timedelta(weeks=8))
    assert (changing.cost, changing.traffic_cost) == (usual.cost, usual.traffic_cost)


def test_a_fleet_wide_raise_begins_earlier_by_what_the_write_quota_takes() -> None:
    fleet = [
        evidence(workload=replace(SERVICE, key=replace(KEY, name=f"shop-{number}")))
        for number in range(50)
    ]
    one = make_plan(campaign(), fleet[:1], house=HOUSE, now=NOW)
    all_ = make_plan(campaign(), fleet, house=HOUSE, now=NOW)

    assert one.raise_at - all_.raise_at in {timedelta(minutes=2), timedelta(minutes=3)}
    assert one.warnings == ()
    assert "20 changes a minute and region" in all_.warnings[-1]
    assert all_.lead is not None
    assert all_.lead.writes == timedelta(seconds=122)
