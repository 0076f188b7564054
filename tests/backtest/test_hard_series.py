"""Series that make planning hard: no request at risk once two are known, at the cost that the goals allow."""

from dataclasses import replace

import pytest

from bot.core.autoscaler_model import NO_RUN
from bot.core.backtest import Rig, replay
from bot.core.backtest_goals import (
    COST_INSIDE,
    COST_OVERALL,
    Result,
    cost_inside,
    cost_overall,
    counts,
)
from bot.core.backtest_reading import read_trace
from bot.core.backtest_scoring import score
from bot.sandbox.traces import RECIPES, Recipe, make

PUSH = next(recipe for recipe in RECIPES if recipe.name == "push-5min")
HOURLY = next(recipe for recipe in RECIPES if recipe.name == "push-hourly")


@pytest.mark.parametrize(
    ("recipe", "zone"),
    [
        (replace(PUSH, name="said far too much", announced=9.0, weeks=9), "UTC"),
        (replace(PUSH, name="said far too little", announced=1.5, weeks=9), "UTC"),
        (replace(PUSH, name="grows by 7 % a week", growth=0.07, weeks=10), "UTC"),
        (replace(PUSH, name="shrinks by 7 % a week", growth=-0.07, weeks=10), "UTC"),
        (replace(PUSH, name="a change of clocks", weeks=14, every=6), "Europe/Berlin"),
        (replace(HOURLY, name="hours with gaps", gaps=0.05, weeks=14), "UTC"),
    ],
    ids=lambda value: value.name if isinstance(value, Recipe) else "",
)
def test_no_request_is_at_risk(recipe: Recipe, zone: str) -> None:
    trace, rig = read_trace(recipe.name, *make(recipe)), Rig(zone=zone)
    planned = tuple(replay(trace, rig))
    scores = score(trace, planned, rig, on_demand=False)
    result = Result(trace, planned, scores, scores, rig)
    counted = [number for number, one in enumerate(result.planned) if counts(one)]
    assert len(counted) >= 4
    runs = [scores.planned.windows[number] for number in counted[1:]]
    assert sum(runs, start=NO_RUN).at_risk == 0
    assert scores.reactive.inside.share > 0.001
    assert cost_inside([result]) <= COST_INSIDE
    assert cost_overall([result]) <= COST_OVERALL
