"""What groups promise, and how much of the error budget is left."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.experience import Objective
from bot.core.objectives import kept
from bot.core.series import Series

NOW = datetime(2025, 11, 28, 18, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
WEB = Objective("web", 0.99, timedelta(seconds=0.8), 28)


def series(*values: float) -> list[Series]:
    return [Series(NOW - len(values) * HOUR, HOUR, values)]


def test_half_of_the_budget_is_used_by_half_of_the_allowed_errors() -> None:
    found = kept(WEB, "Web shop", series(100, 100), series(0.5, 0.5), series(0.5, 0.9))
    assert found.left == pytest.approx(0.5)
    assert found.sentence == (
        "Web shop: 99.5% of requests were answered without error in 28 days (promised 99%);"
        " 50% of the error budget is left. p95 was within 0.8 s in 50% of the hours."
    )
    assert found.advice == ""


def test_an_overdrawn_budget_says_so_and_what_to_do() -> None:
    found = kept(WEB, "Web shop", series(100), series(2), [])
    assert found.left == pytest.approx(-1.0)
    assert "nothing of the error budget is left" in found.sentence
    assert "hold back risky deploys" in found.advice


def test_no_errors_at_all_leave_the_whole_budget() -> None:
    assert kept(WEB, "Web shop", series(100), [], []).left == 1.0


@pytest.mark.parametrize("requests", [(), (math.nan,) * 4, (100, math.nan, math.nan)])
def test_too_few_points_make_no_number(requests: tuple[float, ...]) -> None:
    found = kept(WEB, "Web shop", series(*requests) if requests else [], [], [])
    assert found.left is None
    assert "was measured" in found.sentence
    assert "nothing can be said about its promise" in found.sentence


def test_what_is_not_all_is_never_rounded_up_to_all() -> None:
    found = kept(WEB, "Web shop", series(1_000_000), series(1), [])
    assert "99.999% of requests" in found.sentence


@given(
    st.lists(st.floats(1, 1e4), min_size=1, max_size=30),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_more_errors_never_leave_more_of_the_budget(
    requests: list[float], some: float, more: float
) -> None:
    few, many = sorted((some, more))
    left = [
        kept(WEB, "w", series(*requests), series(*[one * share for one in requests]), []).left
        for share in (few, many)
    ]
    assert left[0] is not None
    assert left[1] is not None
    assert left[0] >= left[1] - 1e-9
    assert left[0] <= 1
