"""What a raised workload says of itself in its annotations."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.marks import Marks, marked, ours, read_marks

UNTIL = datetime(2025, 11, 28, 21, 10, tzinfo=UTC)
MARKS = Marks(("black-friday", "tv"), UNTIL, 55, 2, 120, 100)
THEIRS = {"team": "shop", "example.com/cost-centre": "42"}


@given(
    st.lists(st.from_regex(r"[a-z0-9-]{1,20}", fullmatch=True), max_size=3).map(tuple),
    st.integers(0, 1000),
    st.integers(0, 1000),
    st.none() | st.integers(0, 1000),
    st.none() | st.integers(1, 1000),
)
def test_what_is_written_is_read_back(
    held_by: tuple[str, ...],
    floor: int,
    baseline: int,
    ceiling: int | None,
    baseline_ceiling: int | None,
) -> None:
    marks = Marks(held_by, UNTIL, floor, baseline, ceiling, baseline_ceiling)
    assert read_marks(marked(THEIRS, marks)) == marks


def test_everybody_elses_annotations_stay() -> None:
    held = marked(THEIRS, MARKS)
    assert {key: held[key] for key in THEIRS} == THEIRS
    assert marked(held, None) == THEIRS
    assert ours(held).keys() == held.keys() - THEIRS.keys()


@pytest.mark.parametrize(
    "key", ["run.googleapis.com/ingress", "serving.knative.dev/creator", "eu.run.googleapis.com/x"]
)
def test_what_google_refuses_is_not_sent_back(key: str) -> None:
    assert marked({key: "all", **THEIRS}, None) == THEIRS


@pytest.mark.parametrize(
    ("sentence", "annotations"),
    [
        ("nothing at all", {}),
        ("only others' annotations", THEIRS),
        ("half of ours", {"headroom.dev/held-by": "a", "headroom.dev/floor": "5"}),
        ("a garbled number", {**marked({}, MARKS), "headroom.dev/floor": "many"}),
        ("a garbled instant", {**marked({}, MARKS), "headroom.dev/until": "tomorrow"}),
    ],
)
def test_what_is_not_whole_is_no_mark(sentence: str, annotations: dict[str, str]) -> None:
    assert read_marks(annotations) is None, sentence


def test_instants_are_written_in_utc() -> None:
    berlin = UNTIL.astimezone(timezone(timedelta(hours=1)))
    written = marked({}, Marks(("a",), berlin, 5, 2))
    assert written["headroom.dev/until"] == "2025-11-28T21:10:00+00:00"
