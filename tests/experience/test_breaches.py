"""When customers feel something, and when it is over."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.experience import Breach, Look, Mark, Page, Step, breach_after, summarise

NOW = datetime(2025, 11, 28, 18, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PAGE = Page("shop", "Front page", ("web",), (Step("/shop"),))
F, S, X, W, U = Mark.FINE, Mark.SLOW, Mark.FAILED, Mark.WRONG, Mark.UNSEEN
BREACH = Breach("shop", Mark.FAILED, NOW - 9 * MINUTE, NOW - 4 * MINUTE, "HTTP 503")


def looks(*marks: Mark, until: datetime = NOW) -> list[Look]:
    """One a minute, the last one now."""
    first = until - (len(marks) - 1) * MINUTE
    return [
        Look("shop", first + place * MINUTE, mark, 0.1, 0.4, 200, f"it is {mark}")
        for place, mark in enumerate(marks)
    ]


def after(found: list[Look], before: Breach | None = None) -> Breach | None:
    return breach_after(before, PAGE, found, now=NOW, every=MINUTE)


@pytest.mark.parametrize(
    ("sentence", "marks", "mark"),
    [
        ("nothing is known before the first look", (), None),
        ("two bad looks may be chance", (F, F, F, X, X), None),
        ("three of five bad are felt", (X, F, X, F, X), X),
        ("the most common kind names it", (S, F, S, S, X), S),
        ("what is older than five looks does not count", (X, X, X, F, F, F, F, F), None),
        ("looks that could not be made neither count nor push others out", (X, X, U, X, U), X),
        ("only looks that could not be made say nothing", (U, U, U, U, U), None),
    ],
)
def test_customers_feel_it(sentence: str, marks: tuple[Mark, ...], mark: Mark | None) -> None:
    found = after(looks(*marks))
    assert (found.mark if found else None) == mark, sentence


def test_it_is_over_after_three_fine_looks_in_a_row() -> None:
    still = after(looks(X, X, F, F), BREACH)
    assert still is not None
    assert still.over_at is None
    over = after(looks(X, X, F, F, F), BREACH)
    assert over is not None
    assert over.over_at == NOW


def test_it_is_not_over_when_nobody_can_look_any_more() -> None:
    assert after(looks(U, U, U, U, U), BREACH) == BREACH
    assert after(looks(F, F, F, until=NOW - timedelta(hours=1)), BREACH) == BREACH


@given(st.lists(st.sampled_from(list(Mark)), max_size=12))
def test_a_breach_only_ends_by_what_was_seen(marks: list[Mark]) -> None:
    ended = after(looks(*marks), BREACH)
    assert ended is not None
    seen = [mark for mark in marks if mark is not U][-5:]
    if ended.over_at is not None:
        assert seen[-3:] == [F, F, F]


@given(st.permutations(looks(F, X, S, X, F, U, X)))
def test_the_order_in_which_looks_are_given_does_not_matter(found: list[Look]) -> None:
    assert after(found) == after(sorted(found, key=lambda one: one.at))


def test_too_few_looks_have_no_percentile() -> None:
    few = summarise(PAGE, looks(F, F, F, F))
    assert (few.looks, few.p95, few.kept) == (4, None, False)
    enough = summarise(PAGE, looks(F, F, F, F, F))
    assert (enough.p95, enough.kept) == (0.4, True)


@given(st.lists(st.floats(0.01, 9), min_size=5, max_size=60))
def test_the_percentile_is_a_time_that_was_seen_and_covers_nineteen_of_twenty(
    times: list[float],
) -> None:
    found = [Look("shop", NOW, F, 0.1, time, 200) for time in times]
    p95 = summarise(PAGE, found).p95
    assert p95 in times
    assert sum(1 for time in times if time <= p95) >= 0.95 * len(times)
