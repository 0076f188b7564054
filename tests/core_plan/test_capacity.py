"""Demand to instances and back: the worked numbers of the model and its laws."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.capacity import at_full, at_target, by_model_per_rps, carries, need, round_up, usable
from bot.core.plan import Driver, Need, Sizing
from tests.core_plan.scenes import NAN, SIZING

NO_CPU = replace(SIZING, cpu_seconds=0.0)
UNKNOWN = replace(SIZING, cpu_seconds=0.0, latency_seconds=0.0)

sizings = st.builds(
    Sizing,
    vcpu=st.sampled_from([0.5, 1.0, 2.0, 8.0]),
    concurrency=st.integers(1, 1000),
    cpu_seconds=st.floats(0, 2),
    latency_seconds=st.floats(0, 30),
    cpu_target=st.sampled_from([0.0, 0.1, 0.6, 0.9]),
    concurrency_target=st.sampled_from([0.0, 0.1, 0.6, 0.95]),
    spare=st.floats(0, 1),
    instances_per_rps=st.floats(0, 2),
)
demands = st.floats(0, 50_000)


@pytest.mark.parametrize(
    ("why", "demand", "sizing", "expected"),
    [
        ("the reference's example", 1200, SIZING, Need(78, Driver.CPU, 60, 5)),
        ("no spare", 1200, replace(SIZING, spare=0), Need(60, Driver.CPU, 60, 5)),
        (
            "one request at once",
            100,
            replace(NO_CPU, concurrency=1),
            Need(45, Driver.CONCURRENCY, 0, 34),
        ),
        ("two vCPU halve it", 1200, replace(SIZING, vcpu=2), Need(39, Driver.CPU, 30, 5)),
        ("a lower target", 1200, replace(SIZING, cpu_target=0.4), Need(117, Driver.CPU, 90, 5)),
        (
            "history is larger",
            1000,
            replace(SIZING, instances_per_rps=0.1),
            Need(130, Driver.HISTORY, 50, 5),
        ),
        (
            "history is equal, so the model explains it",
            1200,
            replace(SIZING, instances_per_rps=0.05),
            Need(78, Driver.CPU, 60, 5),
        ),
        (
            "the CPU driver is switched off",
            1200,
            replace(SIZING, cpu_target=0.0),
            Need(7, Driver.CONCURRENCY, 0, 5),
        ),
        ("a trickle needs one and its spare", 0.1, SIZING, Need(2, Driver.CPU, 1, 1)),
        ("no demand", 0, SIZING, Need(0, Driver.NOTHING, 0, 0)),
        ("negative demand", -5, SIZING, Need(0, Driver.NOTHING, 0, 0)),
        ("unmeasured demand", NAN, SIZING, Need(0, Driver.NOTHING, 0, 0)),
        ("endless demand", float("inf"), SIZING, Need(0, Driver.NOTHING, 0, 0)),
        ("nothing is known", 1200, UNKNOWN, Need(0, Driver.NOTHING, 0, 0)),
        (
            "an unmeasured cost does not count",
            1200,
            replace(SIZING, cpu_seconds=NAN),
            Need(7, Driver.CONCURRENCY, 0, 5),
        ),
    ],
)
def test_need(why: str, demand: float, sizing: Sizing, expected: Need) -> None:
    assert need(demand, sizing) == expected, why


@pytest.mark.parametrize(
    ("count", "whole"), [(60.0, 60), (60.00000001, 60), (60.01, 61), (0.2, 1), (0.0, 0)]
)
def test_instances_are_rounded_up_but_for_the_dust_of_floats(count: float, whole: int) -> None:
    assert round_up(count) == whole


def test_full_use_takes_fewer_instances_than_the_target() -> None:
    assert need(1200, at_target(SIZING)).instances == 60
    assert need(1200, at_full(SIZING)).instances == 43  # 36 / 0.85


def test_a_target_above_full_use_stays() -> None:
    assert at_full(replace(SIZING, cpu_target=0.9)).cpu_target == 0.9


def test_history_alone_is_eased_like_the_targets() -> None:
    by_history = replace(UNKNOWN, instances_per_rps=0.1)
    assert need(850, at_full(by_history)).instances == 60
    switched_off = replace(by_history, cpu_target=0.0, concurrency_target=0.0)
    assert need(850, at_full(switched_off)).instances == 85


@pytest.mark.parametrize(
    ("why", "instances", "sizing", "demand"),
    [
        ("the example backwards", 78, SIZING, 1200),
        ("without spare", 60, at_target(SIZING), 1200),
        ("one more is not a whole one with spare", 79, SIZING, 1200),
        ("none", 0, SIZING, 0),
        ("fewer than none", -3, SIZING, 0),
        ("nothing is known", 10, UNKNOWN, 0),
    ],
)
def test_what_instances_carry(why: str, instances: int, sizing: Sizing, demand: float) -> None:
    assert carries(instances, sizing) == pytest.approx(demand), why


def test_a_sizing_is_usable_when_any_driver_says_something() -> None:
    assert usable(SIZING)
    assert usable(replace(UNKNOWN, instances_per_rps=0.1))
    assert not usable(UNKNOWN)
    assert by_model_per_rps(replace(UNKNOWN, instances_per_rps=0.1)) == 0


@given(sizings, demands, demands)
def test_more_demand_never_needs_fewer_instances(sizing: Sizing, one: float, two: float) -> None:
    less, more = sorted((one, two))
    assert need(less, sizing).instances <= need(more, sizing).instances


@given(sizings, demands, st.floats(0, 1))
def test_more_spare_never_means_fewer_instances(sizing: Sizing, demand: float, more: float) -> None:
    spared = replace(sizing, spare=sizing.spare + more)
    assert need(demand, sizing).instances <= need(demand, spared).instances


@given(sizings, demands)
def test_full_use_never_takes_more_than_the_target(sizing: Sizing, demand: float) -> None:
    assert (
        need(demand, at_full(sizing)).instances
        <= need(demand, at_target(sizing)).instances
        <= need(demand, sizing).instances
    )


@given(sizings, st.integers(0, 5000))
def test_what_instances_carry_needs_no_more_than_them(sizing: Sizing, instances: int) -> None:
    assert need(carries(instances, sizing), sizing).instances <= instances
