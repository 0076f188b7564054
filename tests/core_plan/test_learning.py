"""What the last day teaches, and what it says when it teaches nothing."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.core.evidence import RECENT
from bot.core.fleet import InstanceSize, Scaling, ScalingMode, Workload
from bot.core.learning import Learned, disagreement, learn
from bot.core.series import Metric, Series
from bot.core.windows import Window
from tests.core_plan.scenes import FIVE, HOUSE, NAN, NOW, SERVICE, SIZING, evidence, recent, shaped

DAY = Window(NOW - RECENT, NOW)


def learned(measured: dict[Metric, Series], workload: Workload = SERVICE) -> Learned:
    return learn(evidence(workload, measured=measured), HOUSE)


def test_the_base_case_is_learned() -> None:
    found = learned(recent())
    assert found.sizing == replace(SIZING, instances_per_rps=0.0475)
    assert (found.startup, found.startup_measured) == (timedelta(seconds=24), True)
    assert (found.seen_instances, found.warnings) == (20, ())


def test_two_vcpu_take_twice_the_cpu_seconds_at_the_same_utilization() -> None:
    found = learned(recent(), replace(SERVICE, size=InstanceSize(2.0, 2.0)))
    assert found.sizing.cpu_seconds == pytest.approx(0.060)


def test_quiet_hours_do_not_count() -> None:
    """At night the idle cost of the instances would look like 3 s of CPU for each request."""

    def busy(at: datetime) -> bool:
        return 8 <= at.hour < 20

    measured = recent() | {
        Metric.REQUESTS: shaped(DAY, lambda at: 400.0 if busy(at) else 0.2),
        Metric.CPU: shaped(DAY, lambda at: 0.6 if busy(at) else 0.3),
        Metric.INSTANCES: shaped(DAY, lambda at: 20.0 if busy(at) else 2.0),
        Metric.LATENCY_P95: shaped(DAY, lambda at: 0.2 if busy(at) else 3.0),
    }
    sizing = learned(measured).sizing
    assert sizing.cpu_seconds == pytest.approx(0.03)
    assert sizing.latency_seconds == 0.2


@pytest.mark.parametrize(
    ("why", "changed", "cpu_seconds", "latency", "said"),
    [
        ("no CPU", {Metric.CPU: None}, 0.0, 0.2, "CPU was not measured"),
        ("no latency", {Metric.LATENCY_P95: None}, 0.03, 0.0, "Latency was not measured"),
        ("no instances", {Metric.INSTANCES: None}, 0.0, 0.2, "CPU was not measured"),
        ("no requests", {Metric.REQUESTS: None}, 0.0, 0.0, "too little measured traffic"),
        ("a trickle", {Metric.REQUESTS: 0.1}, 0.0, 0.0, "too little measured traffic"),
        ("zeros", {Metric.REQUESTS: 0.0}, 0.0, 0.0, "too little measured traffic"),
        ("gaps", {Metric.REQUESTS: NAN}, 0.0, 0.0, "too little measured traffic"),
        ("negative CPU", {Metric.CPU: -0.6}, 0.0, 0.2, "CPU was not measured"),
        ("absurd latency", {Metric.LATENCY_P95: 4000.0}, 0.03, 0.0, "Latency was not measured"),
    ],
)
def test_what_cannot_be_learned_is_zero_and_said(
    why: str, changed: dict[Metric, float | None], cpu_seconds: float, latency: float, said: str
) -> None:
    found = learned(recent(changed))
    assert found.sizing.cpu_seconds == pytest.approx(cpu_seconds), why
    assert found.sizing.latency_seconds == pytest.approx(latency), why
    assert any(said in sentence for sentence in found.warnings), why


def test_nothing_measured_teaches_nothing_and_breaks_nothing() -> None:
    found = learned({})
    assert (found.seen_instances, found.startup) == (0, HOUSE.timing.default_startup)
    assert not found.startup_measured


@pytest.mark.parametrize(
    ("why", "changed", "baseline", "ratio"),
    [
        ("busy instances count", {Metric.ACTIVE: 17.0}, 2, 0.04),
        ("idle ones count where busy ones are not measured", {Metric.ACTIVE: None}, 2, 0.0475),
        ("without a model the whole count", {Metric.CPU: None, Metric.LATENCY_P95: None}, 2, 0.05),
        ("a floor was set, not needed", {}, 20, 0.0),
        ("one instance says little", {Metric.INSTANCES: 1.0, Metric.ACTIVE: 1.0}, 0, 0.0),
    ],
)
def test_history_counts_only_where_the_autoscaler_decided(
    why: str, changed: dict[Metric, float | None], baseline: int, ratio: float
) -> None:
    workload = replace(SERVICE, scaling=Scaling(ScalingMode.AUTOMATIC, baseline))
    assert learned(recent(changed), workload).sizing.instances_per_rps == pytest.approx(ratio), why


def test_a_floor_of_the_revision_is_no_history_either() -> None:
    scaling = Scaling(ScalingMode.AUTOMATIC, 0, revision_floor=20)
    assert learned(recent(), replace(SERVICE, scaling=scaling)).sizing.instances_per_rps == 0.0


@pytest.mark.parametrize(
    ("why", "values", "seconds"),
    [
        ("the high end counts", (10.0,) * 18 + (30.0, 30.0), 30),
        ("one freak of many does not", (10.0,) * 99 + (200.0,), 10),
        ("gaps and zeros are no starts", (NAN, 0.0, 12.0, NAN), 12),
        ("longer than Cloud Run lets it take", (900.0,), 240),
        ("none was measured", (NAN, NAN), 30),
    ],
)
def test_the_start_up_time(why: str, values: tuple[float, ...], seconds: float) -> None:
    found = learned({Metric.STARTUP_P95: Series(DAY.start, FIVE, values)})
    assert found.startup == timedelta(seconds=seconds), why


@pytest.mark.parametrize(
    ("why", "ratio", "said"),
    [
        ("agree", 0.05, False),
        ("within 2 times", 0.09, False),
        ("history is far more", 0.11, True),
        ("history is far less", 0.02, True),
        ("no history", 0.0, False),
    ],
)
def test_model_and_history_that_disagree_call_for_an_engineer(
    why: str, ratio: float, said: bool
) -> None:
    sentence = disagreement(replace(SIZING, instances_per_rps=ratio), 1200)
    assert bool(sentence) is said, why
    assert ("60 instances" in sentence and "engineer" in sentence) is said


@pytest.mark.parametrize(("ratio", "said"), [(0.0048, False), (0.0024, True), (0.0195, False)])
def test_the_careful_latency_of_the_concurrency_model_is_no_disagreement(
    ratio: float, said: bool
) -> None:
    """0.48 s each, 48 at once: one instance for each 100 requests/s."""
    slow = replace(SIZING, cpu_seconds=0.0, latency_seconds=0.48, instances_per_rps=ratio)
    assert bool(disagreement(slow, 1200)) is said


def test_history_without_a_model_has_nothing_to_disagree_with() -> None:
    unknown = replace(SIZING, cpu_seconds=0.0, latency_seconds=0.0, instances_per_rps=0.1)
    assert disagreement(unknown, 1200) == ""
