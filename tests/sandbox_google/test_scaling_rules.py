"""What Cloud Run refuses at set time, and what switching modes implies."""

from dataclasses import replace

import pytest
from google.cloud import run_v2

from bot.core.fleet import ScalingMode
from bot.sandbox.google.refusals import Refusal
from bot.sandbox.google.scaling_rules import check_scaling, switch_modes
from bot.sandbox.world.scenario import Scenario, Settings

AUTOMATIC, MANUAL = ScalingMode.AUTOMATIC, ScalingMode.MANUAL
Modes = run_v2.ServiceScaling.ScalingMode


@pytest.mark.parametrize(
    ("why", "settings", "allowed", "refusal"),
    [
        ("an ordinary floor", Settings(AUTOMATIC, floor=20, ceiling=50), 100, None),
        ("a floor at the ceiling", Settings(AUTOMATIC, floor=50, ceiling=50), 100, None),
        ("the quota to the last core", Settings(AUTOMATIC), 100, None),
        ("a floor over the ceiling", Settings(AUTOMATIC, floor=51, ceiling=50), 100, "greater"),
        ("a negative floor", Settings(AUTOMATIC, floor=-1), 100, "negative"),
        ("one core too many", Settings(AUTOMATIC, revision_ceiling=101), 100, "set to 100 or"),
        ("a floor over the quota", Settings(AUTOMATIC, floor=150), 120, "set to 120 or fewer"),
        ("a manual count over the quota", Settings(MANUAL, manual=30), 28, "set to 28 or fewer"),
        ("a manual count within it", Settings(MANUAL, manual=28), 28, None),
        (
            "a revision whose bounds cross",
            Settings(AUTOMATIC, revision_floor=9, revision_ceiling=5),
            100,
            "must not exceed",
        ),
    ],
)
def test_settings_are_judged_when_they_are_written(
    scenario: Scenario, why: str, settings: Settings, allowed: float, refusal: str | None
) -> None:
    spec = replace(scenario.workloads[0], settings=settings)
    if refusal is None:
        check_scaling(spec, allowed)
        return
    with pytest.raises(Refusal, match=refusal):
        check_scaling(spec, allowed)


def service(**scaling: int) -> run_v2.Service:
    return run_v2.Service(scaling=run_v2.ServiceScaling(**scaling))


def test_nothing_is_filled_in_when_the_mode_stays() -> None:
    after = service(scaling_mode=Modes.AUTOMATIC, min_instance_count=4)
    switch_modes(service(scaling_mode=Modes.AUTOMATIC, min_instance_count=2), after)
    assert after == service(scaling_mode=Modes.AUTOMATIC, min_instance_count=4)


def test_an_explicit_count_stands_when_automatic_becomes_manual() -> None:
    after = service(scaling_mode=Modes.MANUAL, min_instance_count=2, manual_instance_count=9)
    switch_modes(service(scaling_mode=Modes.AUTOMATIC, min_instance_count=2), after)
    assert after == service(scaling_mode=Modes.MANUAL, manual_instance_count=9)


def test_both_bounds_stand_when_manual_becomes_automatic() -> None:
    after = service(
        scaling_mode=Modes.AUTOMATIC,
        min_instance_count=3,
        max_instance_count=30,
        manual_instance_count=5,
    )
    switch_modes(service(scaling_mode=Modes.MANUAL, manual_instance_count=5), after)
    assert after == service(
        scaling_mode=Modes.AUTOMATIC, min_instance_count=3, max_instance_count=30
    )


def test_pools_have_no_modes_when_they_are_changed() -> None:
    before, after = run_v2.WorkerPool(), run_v2.WorkerPool(description="new")
    switch_modes(before, after)
    assert after.description == "new"
