"""What warming is worth, in one sentence."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.plan import Sizing, Value
from bot.core.value import SPAN, arrival_ticks, model_of, say_value, together, worth
from tests.core_plan.scenes import SIZING

STARTUP = timedelta(seconds=20)


def a_push(times: float) -> list[float]:
    return [400.0 * (times if since >= timedelta(0) else 1.0) for since in arrival_ticks()]


def value(times: float, *, floor: int, present: int = 0) -> Value:
    model = model_of(SIZING, STARTUP)
    assert model is not None
    return worth(a_push(times), model, floor=floor, present=present)


def test_the_model_has_the_sizing_s_own_numbers() -> None:
    model = model_of(SIZING, STARTUP)
    assert model is not None
    # 30 ms on 1 vCPU: 28.3 requests/s at 85 %, 20 at 60 %.
    assert (round(model.full, 1), round(model.target, 1), model.startup) == (28.3, 20.0, 20.0)
    assert model_of(Sizing(1.0, 80, 0.0, 0.0), STARTUP) is None


def test_a_push_of_three_waits_without_warming_and_not_with_it() -> None:
    found = value(3, floor=78)
    assert found.span == SPAN
    assert found.requests == pytest.approx(1200 * 300, rel=0.02)
    assert 0.05 < found.without < 0.5
    assert found.planned == 0


def test_what_stands_anyway_counts_for_both() -> None:
    assert value(3, floor=60, present=60).without == 0


def test_too_low_a_floor_helps_a_part() -> None:
    found = value(3, floor=30)
    assert 0 < found.planned < found.without


@pytest.mark.parametrize(
    ("without", "planned", "said"),
    [
        (
            0.38,
            0.0,
            "about 38% of the first 5 minutes' requests would wait for a cold start; with it none.",
        ),
        (
            0.38,
            0.02,
            "about 38% of the first 5 minutes' requests would wait for a cold start; with it about 2%.",
        ),
        (0.006, 0.0, "about 0.6% of the first"),
        (0.0, 0.0, "hardly any of the first 5 minutes' requests would wait"),
    ],
)
def test_the_sentence(without: float, planned: float, said: str) -> None:
    assert said in say_value(Value(SPAN, 1000, without, planned))


def test_the_high_end_is_said_to_be_one() -> None:
    found = say_value(Value(SPAN, 1000, 0.1, 0.0, at_high=True))
    assert found.startswith("If as many come as may, without warming about 10%")


def test_where_no_request_counts_nothing_is_said() -> None:
    assert say_value(None) == ""
    assert together([None, Value(SPAN, 0, 0, 0)]) is None


def test_workloads_count_by_their_requests() -> None:
    busy, quiet = Value(SPAN, 900, 0.4, 0.0), Value(SPAN, 100, 0.0, 0.1)
    found = together([busy, None, quiet])
    assert found is not None
    assert (found.requests, found.without) == (1000, 0.36)
    assert found.planned == pytest.approx(0.01)


def test_one_that_waits_only_at_its_high_end_does_not_blur_the_others() -> None:
    sure = Value(SPAN, 500, 0.4, 0.0)
    found = together([sure, replace(sure, at_high=True)])
    assert found is not None
    assert (found.without, found.at_high) == (0.2, False)
