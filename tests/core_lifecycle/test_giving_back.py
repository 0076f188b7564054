"""How far a floor may be lowered."""

from datetime import timedelta

import pytest

from bot.core.fleet import ScalingChange, ScalingMode
from bot.core.giving_back import UNSET, Use, lowering, lowering_metrics, use_of
from bot.core.house import Timing
from bot.core.reconciling import Sight
from bot.core.series import Metric
from tests.core_lifecycle.sample import MINUTE, START, claim, holding, series, wanted, workload

NOW = START
TIMING = Timing()
FRESH, OLD = NOW - 3 * MINUTE, NOW - 10 * MINUTE
STALE = timedelta(minutes=6)
QUIET = Use(1, "busy")


def raised(floor: int = 61, target: int = 2, **more: object) -> Sight:
    return Sight(holding(written=floor, **more), workload(floor), wanted(target), NOW)


@pytest.mark.parametrize(
    ("sentence", "floor", "target", "use", "expected"),
    [
        ("half of the surplus", 61, 2, Use(1, ""), 32),
        ("half of what is left", 32, 2, Use(1, ""), 17),
        ("the last few at once", 4, 2, Use(1, ""), 2),
        ("the very last", 3, 2, Use(1, ""), 2),
        ("not below what is busy", 61, 2, Use(50, "", unaided=10), 50),
        ("all are busy", 50, 2, Use(50, "", unaided=10), None),
        ("to what another claim needs", 61, 40, Use(1, ""), 51),
        ("the floor keeps nothing alive: on in steps", 14, 2, Use(14, "", unaided=14), 8),
        ("the autoscaler wants more than the floor", 14, 2, Use(60, "", unaided=60), 8),
    ],
)
def test_a_floor_is_lowered_in_steps(
    sentence: str, floor: int, target: int, use: Use, expected: int | None
) -> None:
    move = lowering(raised(floor, target), use, TIMING)

    assert move.change == (None if expected is None else ScalingChange(expected)), sentence
    assert move.trouble == "", sentence


@pytest.mark.parametrize(
    ("sentence", "floor", "pause"),
    [
        ("a step settles", 61, TIMING.step_down_every),
        ("the last one is looked at soon", 3, TIMING.look_again_warming),
    ],
)
def test_a_step_is_followed_up(sentence: str, floor: int, pause: timedelta) -> None:
    assert lowering(raised(floor), QUIET, TIMING).again_at == NOW + pause, sentence


def test_a_step_waits_until_the_last_one_has_settled() -> None:
    lowered_at = NOW - MINUTE

    move = lowering(raised(lowered_at=lowered_at), QUIET, TIMING)

    assert (move.change, move.again_at) == (None, lowered_at + TIMING.step_down_every)


def test_nothing_is_lowered_when_the_need_is_not_known() -> None:
    move = lowering(raised(), Use(None, "there are no metrics"), TIMING)

    assert move.change is None
    assert move.trouble == "not lowering: there are no metrics"
    assert move.again_at == NOW + TIMING.look_again


def test_a_manual_count_is_never_lowered_below_its_need() -> None:
    seen = workload(14, mode=ScalingMode.MANUAL)
    sight = Sight(holding(written=14), seen, wanted(2), NOW)

    assert lowering(sight, Use(14, "CPU"), TIMING).change is None
    assert lowering(sight, Use(13, "CPU"), TIMING).change == ScalingChange(13)


@pytest.mark.parametrize(
    ("sentence", "baseline", "needed", "expected"),
    [
        ("back to what it was", 100, 5, ScalingChange(2, 100)),
        ("unset as it was", None, 5, ScalingChange(2, UNSET)),
        ("too busy for the old ceiling", 100, 120, None),
    ],
)
def test_the_ceiling_is_given_back_after_the_floor(
    sentence: str, baseline: int | None, needed: int, expected: ScalingChange | None
) -> None:
    held = holding(baseline_ceiling=baseline, written_ceiling=150)
    sight = Sight(held, workload(2, ceiling=150), wanted(2), NOW)

    assert lowering(sight, Use(needed, "busy"), TIMING).change == expected, sentence


@pytest.mark.parametrize(
    ("sentence", "measured", "needed"),
    [
        ("the larger of busy and recommended", {"active": 12.2, "recommended": 9.0}, (13, 9)),
        ("recommended may be the larger", {"active": 3.0, "recommended": 9.0}, (9, 9)),
        ("busy alone suffices", {"active": 4.0}, (4, 4)),
        ("recommended alone suffices", {"recommended": 4.0}, (4, 4)),
        ("somebody waits", {"active": 4.0, "pending": 1.0}, (None, 0)),
        ("nobody waits", {"active": 4.0, "pending": 0.0}, (4, 4)),
        ("only pending is known", {"pending": 0.0}, (None, 0)),
        ("nothing is known", {}, (None, 0)),
    ],
)
def test_the_need_is_read_from_fresh_metrics(
    sentence: str, measured: dict[str, float], needed: tuple[int | None, int]
) -> None:
    found = {Metric(name): series(value, at=FRESH) for name, value in measured.items()}

    use = use_of(workload(), found, now=NOW, stale_after=STALE)

    assert (use.needed, use.unaided) == needed, sentence


def test_the_need_is_unknown_when_a_metric_is_old() -> None:
    found = {Metric.ACTIVE: series(4, at=FRESH), Metric.RECOMMENDED: series(4, at=OLD)}

    use = use_of(workload(), found, now=NOW, stale_after=STALE)

    assert (use.needed, use.why) == (None, "the newest recommended metric is 9 min old")


def test_a_pending_metric_that_fell_silent_means_that_nobody_waits() -> None:
    found = {Metric.ACTIVE: series(4, at=FRESH), Metric.PENDING: series(9, at=OLD)}

    assert use_of(workload(), found, now=NOW, stale_after=STALE).needed == 4


@pytest.mark.parametrize(
    ("sentence", "measured", "needed"),
    [
        ("ten instances at 40 %", {"instances": 10.0, "cpu": 0.4}, 5),
        ("exactly full", {"instances": 10.0, "cpu": 0.8}, 10),
        ("idle", {"instances": 10.0, "cpu": 0.0}, 0),
        ("no CPU metric", {"instances": 10.0}, None),
        ("no instance metric", {"cpu": 0.4}, None),
    ],
)
def test_a_manual_count_is_judged_by_its_cpu(
    sentence: str, measured: dict[str, float], needed: int | None
) -> None:
    pool = workload(mode=ScalingMode.MANUAL)
    found = {Metric(name): series(value, at=FRESH) for name, value in measured.items()}

    assert use_of(pool, found, now=NOW, stale_after=STALE).needed == needed, sentence
    assert set(lowering_metrics(pool)) == {Metric.INSTANCES, Metric.CPU}


def test_an_autoscaled_workload_is_judged_by_its_instances() -> None:
    assert set(lowering_metrics(workload())) == {Metric.ACTIVE, Metric.RECOMMENDED, Metric.PENDING}


def test_another_claim_keeps_the_ceiling_up() -> None:
    held = holding(written=61, baseline_ceiling=100, written_ceiling=150)
    sight = Sight(held, workload(61, ceiling=150), wanted(30, claim(30)), NOW)

    assert lowering(sight, QUIET, TIMING).change == ScalingChange(46)
