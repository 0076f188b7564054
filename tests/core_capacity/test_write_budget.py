"""Google's write quota, shared by urgency."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.fleet import WorkloadKey, WorkloadKind
from bot.core.write_budget import (
    SPAN,
    for_lowering,
    lower_bid,
    raise_bid,
    turn,
    writing_time,
)

NOW = datetime(2025, 11, 28, 16, 0, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


def key(number: int, region: str = "europe-west1") -> WorkloadKey:
    return WorkloadKey(WorkloadKind.SERVICE, "cymbal-shop", region, f"shop-{number}")


def test_the_earliest_start_goes_first_then_the_largest_gap_and_giving_back_last() -> None:
    bids = [
        lower_bid(key(1), gap=500),
        raise_bid(key(2), start=NOW + HOUR, gap=90),
        raise_bid(key(3), start=NOW, gap=5),
        lower_bid(key(4), gap=600),
        raise_bid(key(5), start=NOW, gap=50),
    ]
    order = [bid.key.name for bid in sorted(bids, key=lambda bid: bid.rank)]
    assert order == ["shop-5", "shop-3", "shop-2", "shop-4", "shop-1"]
    assert len({len(bid.rank) for bid in bids}) == 1
    assert all(bid.rank.isdigit() for bid in bids)


@pytest.mark.parametrize(
    ("sentence", "taken", "ahead", "wait"),
    [
        ("nothing was written yet", [], 0, 0),
        ("one place is left", [1, 2], 0, 0),
        ("one place is left, and one waits in front", [1, 2], 1, 59),
        ("the minute is full", [1, 2, 3], 0, 58),
        ("the minute is full, and two wait in front", [1, 2, 3], 2, 60),
        ("the next minute is spoken for as well", [1, 2, 3], 3, 119),
        ("old writes do not count", [70, 80, 90], 0, 0),
    ],
)
def test_a_write_waits_for_its_turn(sentence: str, taken: list[int], ahead: int, wait: int) -> None:
    made = [NOW - ago * SECOND for ago in taken]
    assert turn(made, ahead, 3, NOW) == NOW + wait * SECOND, sentence


@given(st.integers(1, 60), st.integers(0, 400))
def test_whoever_comes_when_told_never_exceeds_the_budget(per_minute: int, writes: int) -> None:
    made: list[datetime] = []
    turns = sorted(turn(made, ahead, per_minute, NOW) for ahead in range(writes))
    for at in turns:
        assert turn(made, 0, per_minute, at) == at
        made.append(at)
    for index in range(per_minute, len(made)):
        assert made[index] - made[index - per_minute] >= SPAN


@pytest.mark.parametrize(("budget", "share"), [(0, 0), (1, 1), (3, 3), (4, 3), (20, 15), (60, 45)])
def test_giving_back_leaves_every_fourth_write_to_raises(budget: int, share: int) -> None:
    assert for_lowering(budget) == share


@pytest.mark.parametrize(
    ("sentence", "keys", "spans"),
    [
        ("nothing to write", [], 0),
        ("a minute's worth goes at once", [key(n) for n in range(20)], 0),
        ("one more takes another minute", [key(n) for n in range(21)], 1),
        ("regions are counted apart", [key(n, f"r-{n % 2}") for n in range(40)], 0),
        ("a thousand take their time", [key(n) for n in range(1000)], 49),
    ],
)
def test_a_fleet_wide_raise_takes_as_long_as_the_quota_needs(
    sentence: str, keys: list[WorkloadKey], spans: int
) -> None:
    assert writing_time(keys, 20) == spans * SPAN, sentence
