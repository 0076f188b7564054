"""What follows while a campaign is live and its demand is not as planned."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.closed_loop import Adjustment, Turn, Watched, adjust, adjusted
from bot.core.house import CapacityRules, LoopMode
from bot.core.inputs import Curve, Inputs
from bot.core.plan import Band, Sizing, Step
from bot.core.series import Series
from bot.core.windows import Window
from tests.core_lifecycle.sample import SHOP, claim
from tests.policies.cases import workload

NOW = datetime(2025, 11, 28, 18, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
STALE = timedelta(minutes=6)
# 20 requests/s an instance, nothing to spare.
SIZING = Sizing(vcpu=1, concurrency=80, cpu_seconds=0.03, latency_seconds=0.1, spare=0.0)
PLAN = replace(
    workload("shop", 100, None), key=SHOP, baseline=2, expected=Band(900.0, 1000.0, 1200.0)
)
PLAN = replace(PLAN, steps=tuple(replace(step, floor=60) for step in PLAN.steps))
RULES = CapacityRules()
START = NOW - timedelta(hours=1)
# Hour by hour, as in PLAN.expected throughout.
FLAT = Curve(
    timedelta(hours=1), (400.0,) * 4, (900.0,) * 4, (1000.0,) * 4, (1200.0,) * 4, (1000.0,) * 4
)
INPUTS = Inputs(
    startup=20 * timedelta(seconds=1),
    startup_measured=True,
    reaction=3 * MINUTE,
    present=2,
    already=2,
    sudden=1200.0,
    seen_instances=20,
    ux_floor=0,
    low=1.0,
    high=1.0,
    left_out=0,
    growth_per_week=0.0,
    curve=FLAT,
    scales=True,
)
PLAN = replace(PLAN, inputs=INPUTS)


def hours(*most: float, least: tuple[float, ...] = ()) -> Curve:
    """What is expected hour by hour from the start on; the low end is nine tenths of it."""
    low, high = tuple(0.9 * one for one in most), tuple(1.2 * one for one in most)
    return replace(FLAT, low=low, expected=most, high=high, least=least or most)


def demand(*values: float, age: int = 2) -> Series:
    """One value a minute, the last one `age` minutes old."""
    return Series(NOW - (len(values) - 1 + age) * MINUTE, MINUTE, values)


def watched(series: Series | None, **more: Any) -> Watched:
    fields: dict[str, Any] = {"floor": 60, "affordable": 1000, "live_for": timedelta(hours=1)}
    return Watched(plan=PLAN, sizing=SIZING, demand=series, **(fields | more))


@pytest.mark.parametrize(
    ("sentence", "seen", "rules", "turn", "floor"),
    [
        ("as planned", watched(demand(*[1000.0] * 20)), RULES, Turn.HOLD, 60),
        ("one minute above the band", watched(demand(1000, 1000, 1600)), RULES, Turn.HOLD, 60),
        ("two minutes above the band", watched(demand(1000, 1500, 1600)), RULES, Turn.RAISE, 75),
        ("far above: as far as allowed", watched(demand(2900, 3000)), RULES, Turn.RAISE, 90),
        ("as far as affordable", watched(demand(2900, 3000), affordable=70), RULES, Turn.RAISE, 70),
        ("nothing more allowed", watched(demand(2900, 3000), floor=90), RULES, Turn.ASK, 100),
        ("at the ceiling", watched(demand(2900, 3000), floor=100), RULES, Turn.HOLD, 100),
        ("above, but carried", watched(demand(1300, 1300), floor=70), RULES, Turn.HOLD, 70),
        (
            "the house wants to be asked",
            watched(demand(1500, 1600)),
            CapacityRules(loop=LoopMode.ASK),
            Turn.ASK,
            75,
        ),
        ("clearly below for long", watched(demand(*[300.0] * 15)), RULES, Turn.GIVE_BACK, 18),
        ("clearly below, not for long", watched(demand(*[300.0] * 14)), RULES, Turn.HOLD, 60),
        (
            "one busy minute among the calm",
            watched(demand(*[300.0] * 10, 950, *[300.0] * 4)),
            RULES,
            Turn.HOLD,
            60,
        ),
        ("a little below", watched(demand(*[850.0] * 15)), RULES, Turn.HOLD, 60),
        ("nobody comes at all", watched(demand(*[0.0] * 15)), RULES, Turn.GIVE_BACK, 2),
        (
            "the arrival may be late",
            watched(demand(*[0.0] * 15), live_for=29 * MINUTE),
            RULES,
            Turn.HOLD,
            60,
        ),
        ("hardly anything to gain", watched(demand(*[300.0] * 15), floor=20), RULES, Turn.HOLD, 20),
    ],
)
def test_what_follows(
    sentence: str, seen: Watched, rules: CapacityRules, turn: Turn, floor: int
) -> None:
    found = adjust(seen, rules, now=NOW, stale_after=STALE)
    assert (found.turn, found.floor) == (turn, floor), sentence


@pytest.mark.parametrize(
    ("sentence", "series"),
    [
        ("nothing measured", None),
        ("only gaps", demand(math.nan, math.nan)),
        ("late metrics", demand(*[0.0] * 15, age=9)),
        ("late metrics of a storm", demand(*[9000.0] * 15, age=9)),
    ],
)
def test_without_fresh_metrics_everything_is_held_and_said(
    sentence: str, series: Series | None
) -> None:
    found = adjust(watched(series), RULES, now=NOW, stale_after=STALE)
    assert (found.turn, found.floor) == (Turn.HOLD, 60), sentence
    assert "held as it is" in found.reason


@given(st.lists(st.floats(0, 10_000), min_size=1, max_size=25), st.integers(2, 100))
def test_a_raise_is_within_the_rules_and_nothing_goes_below_what_comes(
    values: list[float], floor: int
) -> None:
    found = adjust(watched(demand(*values), floor=floor), RULES, now=NOW, stale_after=STALE)
    match found.turn:
        case Turn.RAISE:
            assert floor < found.floor <= min(90, PLAN.ceiling)
        case Turn.BRING_BACK:
            assert floor < found.floor <= 60
        case Turn.GIVE_BACK:
            assert max(PLAN.baseline, max(values[-15:]) / 20) <= found.floor < floor
        case Turn.ASK:
            assert floor < found.floor <= PLAN.ceiling
        case Turn.HOLD:
            assert found.floor == floor


def test_claims_change_only_on_the_workload_and_only_while_they_last() -> None:
    mine = replace(claim(60), sizing=SIZING, usual_rps=400.0, added_rps=800.0)
    over = replace(mine, id="over", hold=Window(NOW - 60 * MINUTE, NOW))
    other = replace(mine, id="other", workload=replace(SHOP, name="cart"))
    up = Adjustment(SHOP, Turn.RAISE, 75, 1500.0, "more")
    down = Adjustment(SHOP, Turn.GIVE_BACK, 30, 400.0, "less")

    raised = adjusted([over, mine, other], up, NOW)
    assert [one.floor for one in raised] == [60, 75, 60]
    assert raised[1].added_rps == 1100.0
    lowered = adjusted([over, mine, other], down, NOW)
    assert [one.floor for one in lowered] == [60, 30, 60]
    assert lowered[1].added_rps == 200.0


@pytest.mark.parametrize(
    ("sentence", "inputs", "turn"),
    [
        ("less than planned, and no more planned than now", INPUTS, Turn.GIVE_BACK),
        (
            "as planned for the morning",
            replace(INPUTS, curve=hours(300, 300, 300, 1000)),
            Turn.HOLD,
        ),
        (
            "less than planned, and the highest hour is yet to come",
            replace(INPUTS, curve=hours(600, 600, 600, 1000)),
            Turn.HOLD,
        ),
        (
            "the highest hour may be late",
            replace(INPUTS, curve=replace(hours(1000, *[600] * 5), step=40 * MINUTE)),
            Turn.HOLD,
        ),
        (
            "the rise may come within this very hour",
            replace(INPUTS, curve=hours(*[1000] * 4, least=(300, 300, 1000, 1000))),
            Turn.HOLD,
        ),
        ("it lasts longer than was forecast", replace(INPUTS, curve=hours(1000, 1000)), Turn.HOLD),
        ("nothing scales by itself", replace(INPUTS, scales=False), Turn.HOLD),
        ("a plan of an older version", replace(INPUTS, curve=replace(FLAT, least=())), Turn.HOLD),
        ("a plan of a still older version", None, Turn.HOLD),
    ],
)
def test_nothing_is_given_back_that_the_forecast_still_needs(
    sentence: str, inputs: Inputs | None, turn: Turn
) -> None:
    seen = replace(watched(demand(*[300.0] * 20)), plan=replace(PLAN, inputs=inputs))
    assert adjust(seen, RULES, now=NOW, stale_after=STALE).turn is turn, sentence


def test_giving_back_leaves_room_for_what_is_forecast_to_rise_a_little() -> None:
    seen = watched(demand(*[300.0] * 20))
    found = []
    for last in (1000.0, 1100.0):
        inputs = replace(INPUTS, curve=hours(1000, 1000, 1000, last))
        one = adjust(
            replace(seen, plan=replace(PLAN, inputs=inputs)), RULES, now=NOW, stale_after=STALE
        )
        found.append(one.floor)
    assert found == [18, 20]


@pytest.mark.parametrize(
    ("sentence", "seen", "turn", "floor"),
    [
        ("as planned again", watched(demand(950, 950), floor=18), Turn.BRING_BACK, 60),
        ("above the plan", watched(demand(2900, 3000), floor=18), Turn.BRING_BACK, 60),
        ("more, but less than planned", watched(demand(500, 500), floor=18), Turn.BRING_BACK, 30),
        ("one minute of it", watched(demand(300, 950), floor=18), Turn.HOLD, 18),
        ("the floor carries it", watched(demand(360, 360), floor=18), Turn.HOLD, 18),
        ("nothing was given back", watched(demand(950, 950), floor=60), Turn.HOLD, 60),
    ],
)
@pytest.mark.parametrize("mode", [LoopMode.AUTO, LoopMode.ASK])
def test_what_was_promised_comes_back_with_the_demand_and_nobody_is_asked(
    sentence: str, seen: Watched, turn: Turn, floor: int, mode: LoopMode
) -> None:
    found = adjust(seen, CapacityRules(loop=mode), now=NOW, stale_after=STALE)
    assert (found.turn, found.floor) == (turn, floor), sentence


def test_where_nothing_scales_all_of_the_promise_comes_back_at_once() -> None:
    plan = replace(PLAN, inputs=replace(INPUTS, scales=False))
    seen = replace(watched(demand(500, 500), floor=18), plan=plan)
    found = adjust(seen, RULES, now=NOW, stale_after=STALE)
    assert (found.turn, found.floor) == (Turn.BRING_BACK, 60)


def test_each_step_brings_back_no_more_than_was_promised_of_it() -> None:
    later = NOW + timedelta(hours=1)
    mine = replace(
        claim(60), sizing=SIZING, usual_rps=400.0, added_rps=800.0, hold=Window(START, later)
    )
    next_step = replace(
        mine, id="next", floor=30, added_rps=200.0, hold=Window(later, later + 60 * MINUTE)
    )
    planned = [mine, next_step]
    down = Adjustment(SHOP, Turn.GIVE_BACK, 22, 350.0, "less")
    back = Adjustment(SHOP, Turn.BRING_BACK, 60, 1000.0, "as planned")

    lowered = adjusted(planned, down, NOW, planned)
    assert [(one.floor, one.added_rps) for one in lowered] == [(22, 40.0), (22, 40.0)]
    assert adjusted(lowered, back, NOW, planned) == planned
    some = adjusted(lowered, replace(back, floor=40), NOW, planned)
    assert [(one.floor, one.added_rps) for one in some] == [(40, 400.0), (30, 200.0)]


def test_a_later_step_promises_only_its_own_floor() -> None:
    steps = (Step(Window(START, NOW), 60), Step(Window(NOW, NOW + 60 * MINUTE), 30))
    seen = replace(watched(demand(950, 950), floor=30), plan=replace(PLAN, steps=steps))
    assert adjust(seen, RULES, now=NOW, stale_after=STALE).turn is Turn.HOLD
