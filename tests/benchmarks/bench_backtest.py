"""How good the plans are: `headroom backtest` over the synthetic traces, against perfect foresight.

`ratio` is the worst of what was reached over what may be, of all goals of bot.core.backtest_goals.
"""

import time
from pathlib import Path

from bot.cli.backtest import goal_lines, read_folder, result_of, write_traces
from bot.core.backtest import Rig
from bot.core.backtest_goals import Result, cost_inside, cost_overall, counts, goals
from bot.core.backtest_scoring import worst
from tests.benchmarks.outcome import Outcome

FOLDER = Path(__file__).parents[2] / "build" / "traces"
_HEAD = f"{'trace':<14}{'events':>7}{'alone, worst':>14}{'planned, worst':>16}{'in windows':>12}{'overall':>9}"


def run() -> Outcome:
    """Makes the traces anew, replays and scores them."""
    write_traces(FOLDER)
    began = time.perf_counter()
    results = [result_of(trace, Rig()) for trace in read_folder(FOLDER)]
    seconds = time.perf_counter() - began
    found = goals(results)
    table = [
        "Synthetic traces, cold start 20 s; costs against perfect foresight, request-based",
        _HEAD,
        *(_line(result) for result in results),
        *goal_lines(results),
        f"replayed and scored in {seconds:.1f} s",
    ]
    numbers = {
        "seconds": seconds,
        "goals": {goal.name: {"reached": goal.reached, "most": goal.most} for goal in found},
    }
    shares = [goal.reached / goal.most if goal.most else 1 + goal.reached for goal in found[:-1]]
    needless = 0.0 if found[-1].met else 2.0
    return Outcome("backtest", max(*shares, needless), 1.0, table, numbers)


def _line(result: Result) -> str:
    later = [place for place, one in enumerate(result.planned) if counts(one)]
    if not later:
        return f"{result.trace.name:<14}{len(result.planned):>7}{'no floor is asked for':>30}"
    alone, planned = (
        worst([score.windows[place] for place in later])
        for score in (result.scores.reactive, result.without.planned)
    )
    return (
        f"{result.trace.name:<14}{len(result.planned):>7}{alone:>14.2%}{planned:>16.4%}"
        f"{cost_inside([result]):>12.3f}{cost_overall([result]):>9.3f}"
    )
