"""What a backtest must reach, over all traces; printed by bot.cli.backtest, measured by the benchmark.

The goals count sudden events from the second of their kind on: before, nobody can know what a kind brings.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.core.autoscaler_model import NO_RUN, Run
from bot.core.backtest import Planned, Rig
from bot.core.backtest_reading import Trace
from bot.core.backtest_scoring import Scores, ratio, sudden_event, worst
from bot.core.fleet import BillingMode

AT_RISK = 0.0001
COST_INSIDE = 1.20
COST_OVERALL = 1.02
# Reactive scaling loses nothing here, so no floor may be asked for.
_NOTHING_LOST = 1e-6


@dataclass(frozen=True, slots=True)
class Result:
    """One trace replayed and scored, with on-demand starts and `without` them."""

    trace: Trace
    planned: tuple[Planned, ...]
    scores: Scores
    without: Scores
    rig: Rig


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal: what was reached, and the most it may be."""

    name: str
    reached: float
    most: float

    @property
    def met(self) -> bool:
        """Whether it is reached."""
        return self.reached <= self.most


def goals(results: Sequence[Result]) -> tuple[Goal, ...]:
    """All goals over all traces; costs by request-based billing, with on-demand starts."""
    both = [(one, scores) for one in results for scores in (one.scores, one.without)]
    inside = [run for one, scores in both for run in _counted(one, scores.planned.windows)]
    total = sum(inside, start=NO_RUN).share
    return (
        Goal("requests at risk, all such events", total, AT_RISK),
        Goal("requests at risk, the worst event", worst(inside), AT_RISK),
        Goal("cost in the windows / perfect foresight", cost_inside(results), COST_INSIDE),
        Goal("cost of the whole traces / perfect foresight", cost_overall(results), COST_OVERALL),
        Goal("floors asked for where reactive scaling loses nothing", _needless(results), 0),
    )


def cost_inside(results: Sequence[Result], billing: BillingMode = BillingMode.REQUEST) -> float:
    """The cost in the counted windows against perfect foresight's."""
    ours = _sum(run for one in results for run in _counted(one, one.scores.planned.windows))
    best = _sum(run for one in results for run in _counted(one, one.scores.foresight.windows))
    return ratio(ours, best, results[0].rig, billing)


def cost_overall(results: Sequence[Result], billing: BillingMode = BillingMode.REQUEST) -> float:
    """The cost of the whole traces, first events included, against perfect foresight's."""
    ours = _sum(one.scores.planned.trace for one in results)
    best = _sum(one.scores.foresight.trace for one in results)
    return ratio(ours, best, results[0].rig, billing)


def counts(one: Planned) -> bool:
    """Whether the goals count this event."""
    return not one.first and sudden_event(one.event)


def _counted(result: Result, windows: Sequence[Run]) -> list[Run]:
    return [run for one, run in zip(result.planned, windows, strict=True) if counts(one)]


def _needless(results: Sequence[Result]) -> int:
    """Slow ramps for which a floor was asked although the autoscaler alone loses nothing."""
    found = 0
    for result in results:
        alone = zip(
            result.planned,
            result.scores.reactive.windows,
            result.without.reactive.windows,
            strict=True,
        )
        found += sum(
            not sudden_event(one.event)
            and not one.plan.needs_nothing
            and max(run.share, other.share) < _NOTHING_LOST
            for one, run, other in alone
        )
    return found


def _sum(runs: Iterable[Run]) -> Run:
    return sum(runs, start=NO_RUN)
