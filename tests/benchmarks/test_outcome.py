"""The verdict line and the record that people and CI read."""

import pytest

from tests.benchmarks.__main__ import found
from tests.benchmarks.ack_load import commands
from tests.benchmarks.bench_ack import Measured, _outcome
from tests.benchmarks.outcome import Outcome


@pytest.mark.parametrize(
    ("ratio", "line"),
    [
        (0.834, "BENCH ack ok ratio=0.83 goal<=1.0"),
        (1.0, "BENCH ack ok ratio=1.00 goal<=1.0"),
        (1.31, "BENCH ack short ratio=1.31 goal<=1.0"),
    ],
)
def test_the_verdict_says_whether_the_goal_is_reached(ratio: float, line: str) -> None:
    assert Outcome("ack", ratio, 1.0, []).verdict == line


def test_a_goal_is_told_as_exactly_as_it_is_meant() -> None:
    assert Outcome("raise", 1.02, 1.05, []).verdict == "BENCH raise ok ratio=1.02 goal<=1.05"


def test_the_worse_of_rate_and_p99_decides_round_by_round() -> None:
    ours = Measured([4000.0, 2000.0, 4000.0], [8.0] * 3, [11.0, 40.0, 11.0])
    bolt = Measured([2000.0, 1000.0, 2000.0], [11.0] * 3, [10.0, 40.0, 10.0])
    outcome = _outcome({"ours": ours.summary, "bolt": bolt.summary}, {"ours": ours, "bolt": bolt})
    assert outcome.numbers["rate_ratio"] == 0.5
    assert outcome.ratio == outcome.numbers["p99_ratio"] == 1.1
    assert not outcome.record["ok"]


def test_every_benchmark_is_found_by_its_name() -> None:
    assert "ack" in found("")
    assert found("ack") == ["ack"]
    assert found("nothing") == []


def test_the_load_is_made_of_commands_that_are_all_new() -> None:
    made = commands(50)
    assert len({request.partition(b"trigger_id=")[2] for request in made}) == 50
    assert all(request.startswith(b"POST /slack/events HTTP/1.1\r\n") for request in made)
