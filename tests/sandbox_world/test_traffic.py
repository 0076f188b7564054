"""Demand as a function of time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from statistics import mean

import pytest

from bot.core.campaign import CampaignKind
from bot.core.windows import Window
from bot.sandbox.world.scenario import Event, Scenario, WorkloadSpec
from bot.sandbox.world.traffic import Demand, chance

EVENING = datetime(2025, 11, 21, 19, tzinfo=UTC)  # 20:00 in Berlin, a Friday without campaign


def at(instant: datetime) -> float:
    return instant.timestamp()


@pytest.fixture
def spec(scenario: Scenario) -> WorkloadSpec:
    return scenario.workloads[0]


@pytest.fixture
def quiet(scenario: Scenario, spec: WorkloadSpec) -> Demand:
    return Demand(scenario, spec, ())


def test_demand_is_the_same_when_it_is_asked_for_twice(
    scenario: Scenario, spec: WorkloadSpec, quiet: Demand
) -> None:
    again = Demand(scenario, spec, ())
    assert [quiet.rps(at(EVENING) + 7 * k) for k in range(200)] == [
        again.rps(at(EVENING) + 7 * k) for k in range(200)
    ]


def test_another_seed_gives_another_day_when_the_scenario_is_reseeded(
    scenario: Scenario, spec: WorkloadSpec, quiet: Demand
) -> None:
    other = Demand(replace(scenario, seed=1), spec, ())
    assert other.rps(at(EVENING)) != quiet.rps(at(EVENING))
    assert other.rps(at(EVENING)) == pytest.approx(quiet.rps(at(EVENING)), rel=0.25)


def test_the_evening_is_busy_and_the_night_is_quiet_when_a_day_passes(quiet: Demand) -> None:
    night = mean(quiet.rps(at(EVENING) - 17 * 3600 + 60 * k) for k in range(60))
    evening = mean(quiet.rps(at(EVENING) + 60 * k) for k in range(60))
    assert 450 < evening < 550
    assert night < evening / 8


def test_the_shape_follows_the_shops_own_clock_when_summer_time_ends(quiet: Demand) -> None:
    summer = datetime(2025, 10, 24, 18, tzinfo=UTC)  # 20:00 in Berlin, two days before the change
    winter = datetime(2025, 10, 31, 19, tzinfo=UTC)
    before = mean(quiet.rps(at(summer) + 60 * k) for k in range(30))
    after = mean(quiet.rps(at(winter) + 60 * k) for k in range(30))
    assert before == pytest.approx(after, rel=0.06)


def test_an_american_workload_peaks_later_when_its_zone_is_chicago(scenario: Scenario) -> None:
    spec = next(w for w in scenario.workloads if w.key.region == "us-central1")
    demand = Demand(scenario, spec, ())
    day = [demand.usual(at(EVENING.replace(hour=0)) + 3600 * k) for k in range(30)]
    assert day.index(max(day)) in range(24, 29)


@pytest.mark.parametrize(
    ("kind", "after", "low", "high"),
    [
        (CampaignKind.PUSH, 10, 1.3, 2.0),
        (CampaignKind.PUSH, 60, 2.9, 3.01),
        (CampaignKind.PUSH, 3600, 2.9, 3.01),
        (CampaignKind.EMAIL, 60, 1.0, 1.3),
        (CampaignKind.EMAIL, 2400, 2.9, 3.01),
        (CampaignKind.TV, 15, 2.9, 3.01),
        (CampaignKind.TV, 1200, 1.5, 2.0),
        (CampaignKind.SALE, 600, 1.3, 2.0),
        (CampaignKind.DROP, 20, 2.9, 3.01),
        (CampaignKind.PAID_SOCIAL, 600, 1.8, 2.2),
        (CampaignKind.OTHER, 300, 1.8, 2.2),
    ],
)
def test_an_event_arrives_as_its_kind_does_when_it_begins(
    quiet: Demand, kind: CampaignKind, after: int, low: float, high: float
) -> None:
    window = Window(EVENING, EVENING + timedelta(hours=2))
    quiet.add(Event("sale", ("web",), kind, window, 3.0))
    assert quiet.multiplier(at(EVENING) - 1) == 1
    assert low <= quiet.multiplier(at(EVENING) + after) <= high


def test_an_event_fades_when_its_window_is_over(quiet: Demand) -> None:
    window = Window(EVENING, EVENING + timedelta(hours=1))
    quiet.add(Event("push", ("web",), CampaignKind.PUSH, window, 3.0))
    after = [quiet.multiplier(at(window.end) + 60 * k) for k in range(0, 60, 10)]
    assert after == sorted(after, reverse=True)
    assert after[0] == pytest.approx(3.0, rel=0.01)
    assert after[-1] == pytest.approx(1.0, abs=0.01)
    assert quiet.multiplier(at(window.end) + 7200) == 1


def test_uplifts_add_up_when_events_overlap(quiet: Demand) -> None:
    window = Window(EVENING, EVENING + timedelta(hours=1))
    for name in ("push", "also a push"):
        quiet.add(Event(name, ("web",), CampaignKind.PUSH, window, 3.0))
    assert quiet.multiplier(at(EVENING) + 600) == pytest.approx(5.0)


def test_a_workload_is_untouched_when_the_event_is_for_another_group(quiet: Demand) -> None:
    window = Window(EVENING, EVENING + timedelta(hours=1))
    quiet.add(Event("push", ("checkout",), CampaignKind.PUSH, window, 3.0))
    assert quiet.multiplier(at(EVENING) + 600) == 1


def test_chance_is_even_when_many_numbers_are_drawn() -> None:
    drawn = [chance(7, k) for k in range(5000)]
    assert 0 <= min(drawn) < 0.01 < 0.99 < max(drawn) < 1
    assert mean(drawn) == pytest.approx(0.5, abs=0.02)
