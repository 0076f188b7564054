"""The model of the autoscaler: worked numbers for its parts, and laws for its whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.autoscaler_model import NO_RUN, Fleet, Model, Run, play, steady

# One instance carries 25 requests/s before they queue; at its target, 60 %, it has 15.
MODEL = Model(full=25.0, target=15.0, startup=20.0)
ALONE = Model(full=25.0, target=15.0, startup=20.0, on_demand=False)
TICK = 5.0


def jump(before: float, after: float, *, minutes: int = 10) -> list[float]:
    ticks = int(60 / TICK)
    return [before] * (2 * ticks) + [after] * (minutes * ticks)


def lost(demand: list[float], floor: int, model: Model = MODEL) -> Run:
    return play(demand, [floor] * len(demand), model, tick=TICK)


@pytest.mark.parametrize(
    ("why", "rate", "floor", "instances"),
    [
        ("nothing", 0.0, 0, 0),
        ("a little", 0.1, 0, 1),
        ("exactly one target", 15.0, 0, 1),
        ("more than one", 15.1, 0, 2),
        ("the floor is higher", 15.0, 7, 7),
    ],
)
def test_a_settled_fleet_runs_at_its_target(
    why: str, rate: float, floor: int, instances: int
) -> None:
    assert steady(rate, floor, MODEL) == instances, why


def test_steady_demand_loses_nothing_and_is_billed_for_what_is_busy() -> None:
    run = lost([150.0] * 120, 0)
    assert run == Run(150 * 600, 0.0, busy=10 * 600, idle=0.0, instances=10 * 600)


def test_a_floor_above_the_demand_is_idle() -> None:
    run = lost([150.0] * 120, 14)
    assert (run.busy, run.idle, run.instances) == (6000, 4 * 600, 14 * 600)


def test_a_jump_waits_for_cold_starts_without_a_floor_and_not_with_one() -> None:
    """From 150 to 750 requests/s: 10 instances carry 250, 30 would do."""
    assert lost(jump(150, 750), 0).at_risk > 0
    assert lost(jump(150, 750), 30).at_risk == 0
    assert 0 < lost(jump(150, 750), 29).at_risk < lost(jump(150, 750), 20).at_risk


def test_without_on_demand_starts_more_is_lost() -> None:
    assert lost(jump(150, 750), 0, ALONE).at_risk > lost(jump(150, 750), 0).at_risk


def test_what_is_lost_at_first_is_what_does_not_fit() -> None:
    fleet = Fleet(MODEL, TICK, 150.0, 0)
    fleet.step(750.0, 0)
    assert fleet.so_far.at_risk == (750 - 250) * TICK


def test_while_some_wait_all_that_come_are_at_risk() -> None:
    fleet = Fleet(MODEL, TICK, 150.0, 0)
    fleet.step(750.0, 0)
    before = fleet.so_far.at_risk
    fleet.step(750.0, 0)
    assert fleet.so_far.at_risk - before == 750 * TICK


def test_a_third_of_the_started_serves_after_half_of_the_start_up() -> None:
    fleet = Fleet(MODEL, TICK, 150.0, 0)
    counts = []
    for _ in range(6):
        before = fleet.so_far.busy
        fleet.step(750.0, 0)
        counts.append((fleet.so_far.busy - before) / TICK)
    assert counts[:2] == [10, 10]  # 0 and 5 s: nobody yet
    assert 10 < counts[2] < counts[4]  # a third after 10 s, all after 20 s


def test_a_rise_of_two_within_an_hour_loses_nothing() -> None:
    slow = [300 * (1 + at / 720) for at in range(720)]
    assert lost(slow, 0).at_risk == 0
    assert lost(slow, 0, ALONE).at_risk == 0


def test_instances_go_when_they_are_not_needed_any_more() -> None:
    run = lost([750.0] * 24 + [15.0] * 240, 0)
    assert run.instances < 750 / 15 * (24 + 60) * TICK


def test_from_nothing_a_single_request_waits_for_a_start() -> None:
    assert lost([0.0] * 12 + [1.0] * 12, 0).at_risk > 0
    assert lost([0.0] * 12 + [1.0] * 12, 1).at_risk == 0


@pytest.mark.parametrize(("full", "target"), [(0.0, 1.0), (1.0, 0.0), (-1.0, 1.0)])
def test_an_instance_that_carries_nothing_is_no_model(full: float, target: float) -> None:
    with pytest.raises(ValueError, match="carry"):
        Model(full, target, 20.0)


def test_no_demand_at_all_is_no_run() -> None:
    assert play([], [], MODEL, tick=TICK) == NO_RUN
    assert NO_RUN.share == 0.0


demands = st.lists(st.floats(0, 2000), min_size=1, max_size=60)


@given(demands, st.integers(0, 40), st.integers(0, 40))
def test_a_higher_floor_never_puts_more_at_risk(demand: list[float], one: int, two: int) -> None:
    low, high = sorted((one, two))
    assert lost(demand, high, ALONE).at_risk <= lost(demand, low, ALONE).at_risk + 1e-6


@given(demands, st.booleans())
def test_a_floor_for_the_peak_never_loses_a_request(demand: list[float], on_demand: bool) -> None:
    model = Model(25.0, 15.0, 20.0, on_demand)
    run = lost(demand, int(max(demand) / 25) + 1, model)
    assert run.at_risk == 0
    assert run.busy + run.idle <= run.instances + 1e-6


@given(demands)
def test_no_more_is_at_risk_than_arrives(demand: list[float]) -> None:
    run = lost(demand, 0)
    assert 0 <= run.at_risk <= run.arrived + 1e-6
    assert run - run == NO_RUN
    assert (run + NO_RUN) == run
