"""`headroom backtest`: a folder in, a table, the goals and the exported plans out."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.cli.backtest import read_folder, write_traces
from bot.cli.main import main
from bot.errors import AskedWrong
from bot.sandbox.traces import RECIPES, make

RAMP = replace(next(one for one in RECIPES if one.kind == "slow ramp"), weeks=6)
PUSH = next(one for one in RECIPES if one.name == "push-hourly")


def put(folder: Path, *, events: str = "{name}.events.json") -> None:
    for recipe in (RAMP, PUSH):
        table, listed = make(recipe)
        (folder / f"{recipe.name}.csv").write_text(table)
        (folder / events.format(name=recipe.name)).write_text(listed)


def test_the_goals_are_printed_and_met(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tmp_path)
    plans = tmp_path / "plans.jsonl"
    assert main(["backtest", str(tmp_path), "--export", str(plans)]) == 0
    said = capsys.readouterr().out
    assert said.count("  ok   ") == 5
    assert "SHORT" not in said
    assert "there is no finished one of this kind (push) to compare with" in said
    lines = [json.loads(line) for line in plans.read_text().splitlines()]
    ramps, pushes = len(json.loads(make(RAMP)[1])), len(json.loads(make(PUSH)[1]))
    assert len(lines) == ramps + pushes
    assert sum(line == [] for line in lines) == ramps  # no floor for a slow ramp
    assert all({"start", "end", "min_instances"} == set(step) for line in lines for step in line)


@pytest.mark.parametrize("events", ["{name}_events.json", "{name}.json", "{name}-events.json"])
def test_events_are_found_beside_their_series(tmp_path: Path, events: str) -> None:
    put(tmp_path, events=events)
    assert [trace.name for trace in read_folder(tmp_path)] == ["push-hourly", "ramp-5min"]


def test_one_events_file_may_serve_all_series_of_a_folder(tmp_path: Path) -> None:
    inner = tmp_path / "shop"
    inner.mkdir()
    table, listed = make(PUSH)
    (inner / "web.csv").write_text(table)
    (inner / "events.json").write_text(listed)
    (trace,) = read_folder(tmp_path)
    assert len(trace.events) == len(json.loads(listed))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "There is no folder nowhere"),
        (["."], "There is no CSV file"),
        ([".", "--startup", "-1"], "--startup must be more than 0"),
        ([".", "--cpu-ms", "0"], "--cpu-ms must be more than 0"),
        ([".", "--zone", "Mars/Base"], "'Mars/Base' is no time zone"),
    ],
)
def test_what_is_wrong_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    where = tmp_path if arguments[0] == "." else tmp_path / arguments[0]
    assert main(["backtest", str(where), *arguments[1:]]) == 2
    assert said.removesuffix(" nowhere") in capsys.readouterr().err


def test_a_series_without_events_is_asked_for_them(tmp_path: Path) -> None:
    (tmp_path / "web.csv").write_text(make(PUSH)[0])
    with pytest.raises(AskedWrong, match=r"has no events: write web\.events\.json"):
        read_folder(tmp_path)


def test_the_synthetic_traces_are_the_same_every_time(tmp_path: Path) -> None:
    assert make(PUSH) == make(PUSH)
    write_traces(tmp_path / "traces", [PUSH])
    files = sorted(path.name for path in (tmp_path / "traces").iterdir())
    assert files == ["push-hourly.csv", "push-hourly.events.json"]
    assert (tmp_path / "traces" / "push-hourly.csv").read_text() == make(PUSH)[0]
