"""Series and events from files: any grain and order, gaps, and plain words for what cannot be used."""

import json
import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.backtest_reading import Trace, read_events, read_trace
from bot.errors import AskedWrong

EVENTS = json.dumps([{"start": "2026-03-02T10:00Z", "end": "2026-03-02T11:00Z", "kind": "push"}])
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def table(*lines: str) -> str:
    return "timestamp,value\n" + "\n".join(lines)


def read(*lines: str, events: str = "[]", scale: float = 1.0) -> Trace:
    return read_trace("shop", table(*lines), events, scale=scale)


@pytest.mark.parametrize(
    ("why", "first", "second", "step"),
    [
        ("ISO with Z", "2026-03-02T09:00Z", "2026-03-02T09:05Z", 300),
        ("ISO without a zone is UTC", "2026-03-02 09:00:00", "2026-03-02 09:01:00", 60),
        ("ISO with an offset", "2026-03-02T10:00+01:00", "2026-03-02T11:00+01:00", 3600),
        ("Unix seconds", "1772442000", "1772442300", 300),
        ("Unix milliseconds", "1772442000000", "1772442060000", 60),
    ],
)
def test_timestamps_of_every_kind_are_read(why: str, first: str, second: str, step: int) -> None:
    series = read(f"{first},5", f"{second},6").series
    assert (series.start, series.step) == (START, timedelta(seconds=step)), why
    assert series.values == (5, 6)


def test_a_header_is_not_needed() -> None:
    assert read_trace("shop", "1772442000,5\n1772442300,6", "[]").series.values == (5, 6)


def test_values_are_scaled_to_requests_per_second() -> None:
    assert read("1772442000,600", "1772442060,1200", scale=1 / 60).series.values == (10, 20)


def test_gaps_are_kept_as_gaps() -> None:
    values = read("1772442000,1", "1772442060,2", "1772442120,", "1772442180,4", "1772442360,5")
    assert [math.isnan(value) for value in values.series.values] == [
        *(False, False, True, False),
        *(True, True, False),
    ]
    assert values.notes == ()


def test_disorder_doubles_and_impossible_values_are_repaired_and_said() -> None:
    found = read(
        "1772442060,2", "1772442000,1", "1772442120,3", "1772442120,5", "1772442180,-4",
        "1772442240,inf", "1772442300,6",
    )  # fmt: skip
    assert found.series.values[:3] == (1, 2, 4)
    assert found.series.values[-1] == 6
    assert found.notes == (
        "2 values are impossible (negative or infinite) and are taken as gaps.",
        "1 lines are out of order and were sorted.",
        "1 instants come twice; their mean is taken.",
    )


@pytest.mark.parametrize(
    ("why", "lines", "said"),
    [
        ("nothing", [], "at least two measured points"),
        ("gaps only", ["1772442000,nan", "1772442060,"], "at least two measured points"),
        ("one point", ["1772442000,4"], "at least two measured points"),
        ("no number", ["1772442000,many"], "line 2: '1772442000,many' is no timestamp,value"),
        ("no time", ["1772442000,1", "yesterday,2"], "line 3"),
        ("far too long", ["1,1", "2,1", "4000000000,1"], "more than can be replayed"),
    ],
)
def test_what_cannot_be_used_is_refused_in_plain_words(
    why: str, lines: list[str], said: str
) -> None:
    with pytest.raises(AskedWrong, match=said):
        read(*lines)


def test_events_are_sorted_and_their_multiplier_is_optional() -> None:
    rows = [
        {"start": "2026-03-03T10:00Z", "end": "2026-03-03T11:00Z", "kind": "TV"},
        {"start": 1772445600, "end": 1772449200, "kind": "push", "announced_multiplier": 3},
    ]
    first, second = read_events("shop", json.dumps(rows))
    assert (first.kind, first.announced, first.window.start.hour) == ("push", 3.0, 10)
    assert (second.kind, second.announced) == ("TV", None)


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ("{", "are not JSON"),
        ("{}", "must be a JSON list"),
        ("[3]", "event 1 is not an object"),
        ('[{"start": "2026-03-02"}]', "event 1 has no end"),
        ('[{"start": "noon", "end": "2026-03-02"}]', "'noon' is no time"),
        ('[{"start": "2026-03-02", "end": "2026-03-01"}]', "must end after it starts"),
        ('[{"start": "2026-03-01", "end": "2026-03-02", "announced_multiplier": "3"}]', "a number"),
        (
            '[{"start": "2026-03-01", "end": "2026-03-02", "announced_multiplier": 0.5}]',
            "less than",
        ),
        ('[{"start": "2026-03-01", "end": "2026-03-02", "announced_multiplier": NaN}]', "a number"),
    ],
)
def test_events_that_cannot_be_used_are_refused(events: str, said: str) -> None:
    with pytest.raises(AskedWrong, match=said):
        read_events("shop", events)


def test_events_outside_the_series_are_left_out_and_said() -> None:
    found = read("1700000000,1", "1700000060,2", events=EVENTS)
    assert found.events == ()
    assert found.notes == ("1 events lie outside the series and are left out.",)


rows = st.lists(
    st.tuples(st.integers(0, 500), st.floats(allow_nan=True, allow_infinity=True)), max_size=60
)


@given(rows)
def test_any_rows_become_a_sound_series_or_a_sentence(points: list[tuple[int, float]]) -> None:
    lines = [f"{1_700_000_000 + minute * 60},{value}" for minute, value in points]
    try:
        found = read(*lines)
    except AskedWrong as error:
        assert "shop" in str(error)
        return
    assert len(found.series.values) >= 2
    assert all(math.isnan(value) or 0 <= value < math.inf for value in found.series.values)
