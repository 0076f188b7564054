"""Scores a replay with the model of the autoscaler: requests at risk, and cost against perfect foresight.

Used by bot.cli.backtest. Around events the trace is played in ticks of ten seconds; elsewhere, where no
plan holds anything, instances follow the demand of each point as the autoscaler would settle.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.autoscaler_model import NO_RUN, Fleet, Model, Run, steady
from bot.core.backtest import Planned, Rig, kind_of
from bot.core.backtest_reading import Event, Trace
from bot.core.claiming import wanted
from bot.core.claims import Claim
from bot.core.fleet import BillingMode
from bot.core.plan import Sizing
from bot.core.pricing import tariff
from bot.core.series import Series
from bot.core.value import model_of
from bot.core.windows import Window

TICK = timedelta(seconds=10)
_AROUND = timedelta(minutes=30)

Floors = Callable[[datetime], int]


@dataclass(frozen=True, slots=True)
class Score:
    """One way of holding capacity: what came of it in each event's window, and over the whole trace."""

    windows: tuple[Run, ...]
    trace: Run

    @property
    def inside(self) -> Run:
        """All windows together."""
        return sum(self.windows, start=NO_RUN)


@dataclass(frozen=True, slots=True)
class Scores:
    """The plan, the autoscaler alone, perfect foresight, and a floor at the highest peak throughout."""

    planned: Score
    reactive: Score
    foresight: Score
    fixed: Score


def score(trace: Trace, planned: Sequence[Planned], rig: Rig, *, on_demand: bool) -> Scores:
    """Plays the trace four times with the same autoscaler."""
    model = model_for(rig, on_demand=on_demand)
    held = floors_of([claim for one in planned for claim in one.claims])
    best = _foresight(trace, model, rig.startup)
    top = max((value for value in trace.series.values if not math.isnan(value)), default=0.0)
    peak = math.ceil(top / model.full)
    return Scores(
        planned=_play(trace, model, held, _regions(trace.events, held)),
        reactive=_play(trace, model, lambda _: 0, _regions(trace.events, lambda _: 0)),
        foresight=_play(trace, model, best, _regions(trace.events, lambda _: 0)),
        fixed=_play(trace, model, lambda _: peak, _regions(trace.events, lambda _: peak)),
    )


def model_for(rig: Rig, *, on_demand: bool = True) -> Model:
    """The autoscaler of the rig; raises ValueError if an instance would carry nothing or everything."""
    sizing = Sizing(rig.vcpu, rig.concurrency, rig.cpu_seconds, rig.latency_seconds)
    model = model_of(sizing, rig.startup, on_demand=on_demand)
    if model is None:
        raise ValueError("a request must cost CPU time or latency")
    return model


def cost(run: Run, rig: Rig, billing: BillingMode) -> float:
    """What a run costs in USD, by the price table: busy and idle time, or all instances alike."""
    rates = tariff(rig.workload.key, billing)
    active, idle = (
        rig.vcpu * float(rate.cpu) + rig.memory_gib * float(rate.memory)
        for rate in (rates.active, rates.idle)
    )
    if billing is BillingMode.INSTANCE:
        return run.instances * active
    return run.busy * active + run.idle * idle


def ratio(ours: Run, best: Run, rig: Rig, billing: BillingMode) -> float:
    """How many times the best one's cost ours is; 1 where nothing costs anything."""
    least = cost(best, rig, billing)
    return cost(ours, rig, billing) / least if least > 0 else 1.0


def sudden_event(event: Event) -> bool:
    """Whether its kind arrives faster than an autoscaler can follow, as far as the word tells."""
    return kind_of(event.kind).value != "paid social"


def floors_of(claims: Sequence[Claim]) -> Floors:
    """The floor at each instant, as the reconciler would want it; looked up by the edges of the claims."""
    edges = edges_of(claims)
    floors = [
        wanted(
            [claim for claim in claims if claim.hold.contains(edge)],
            baseline=0,
            baseline_ceiling=None,
            ux_floor=0,
            now=edge,
        ).floor
        for edge in edges
    ]

    def floor(at: datetime) -> int:
        place = bisect_right(edges, at)
        return floors[place - 1] if place else 0

    return floor


def edges_of(claims: Sequence[Claim]) -> list[datetime]:
    """The instants at which a claim begins or ends, in their order."""
    return sorted({edge for claim in claims for edge in (claim.hold.start, claim.hold.end)})


def _foresight(trace: Trace, model: Model, startup: timedelta) -> Floors:
    """Just what the demand of the next start-up time needs, inside the windows: who knows all holds that."""
    series, windows = trace.series, [event.window for event in trace.events]

    def floor(at: datetime) -> int:
        soon = at + startup + TICK
        if not any(window.start - startup - TICK <= at < window.end for window in windows):
            return 0
        rates = [value for value in (series.at(at), series.at(soon)) if not math.isnan(value)]
        return math.ceil(max(rates, default=0.0) / model.full - 1e-9)

    return floor


def _regions(events: Sequence[Event], held: Floors) -> list[Window]:
    """Spans that are played tick by tick: the windows with what lies around them, merged."""
    regions: list[Window] = []
    for event in events:
        start, end = event.window.start - _AROUND, event.window.end + _AROUND
        while held(start) and start > event.window.start - timedelta(days=1):
            start -= _AROUND
        if regions and start <= regions[-1].end:
            last = regions.pop()
            start, end = last.start, max(last.end, end)
        regions.append(Window(start, end))
    return regions


def _play(trace: Trace, model: Model, floor: Floors, regions: Sequence[Window]) -> Score:
    whole = _between(trace.series, model, floor, regions)
    windows = {event.window: NO_RUN for event in trace.events}
    for region in regions:
        inside = [window for window in windows if window.overlaps(region)]
        run = _ticks(trace.series, model, floor, region, inside)
        whole = whole + run[0]
        windows.update(run[1])
    return Score(tuple(windows[event.window] for event in trace.events), whole)


def _ticks(
    series: Series, model: Model, floor: Floors, region: Window, inside: Sequence[Window]
) -> tuple[Run, dict[Window, Run]]:
    """The run of a region, and of each window in it."""
    marks: dict[datetime, Run] = {}
    edges = {edge for window in inside for edge in (window.start, window.end)}
    at, last = region.start, 0.0
    fleet = Fleet(model, TICK.total_seconds(), _rate(series, at, last), floor(at))
    while at < region.end:
        for edge in [edge for edge in edges if edge <= at]:
            marks[edge] = fleet.so_far
            edges.remove(edge)
        last = _rate(series, at, last)
        fleet.step(last, floor(at))
        at += TICK
    marks.update({edge: fleet.so_far for edge in edges})
    return fleet.so_far, {window: marks[window.end] - marks[window.start] for window in inside}


def _rate(series: Series, at: datetime, last: float) -> float:
    """The demand at an instant; in a gap the last one known."""
    value = series.at(at)
    return last if math.isnan(value) else value


def _between(series: Series, model: Model, floor: Floors, regions: Sequence[Window]) -> Run:
    """The rest of the trace, settled point by point; gaps count for nothing."""
    edges = [region.start for region in regions]
    total = [0.0, 0.0, 0.0, 0.0]
    seconds = series.step.total_seconds()
    for at, rate in series.points():
        place = bisect_right(edges, at)
        if place and at < regions[place - 1].end:
            continue
        held = floor(at)
        busy = steady(rate, 0, model)
        for part, amount in enumerate((rate, busy, max(0, held - busy), max(busy, held))):
            total[part] += amount * seconds
    arrived, busy_time, idle, instances = total
    return Run(arrived, 0.0, busy_time, idle, instances)


def worst(runs: Sequence[Run]) -> float:
    """The highest share at risk of any event."""
    return max((run.share for run in runs), default=0.0)
