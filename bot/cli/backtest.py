"""`headroom backtest`: replays series with their events, plans each with what was known before, and scores it."""

import argparse
import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.core.backtest import Planned, Rig, replay
from bot.core.backtest_goals import Result, cost_inside, cost_overall, goals
from bot.core.backtest_reading import Trace, read_trace
from bot.core.backtest_scoring import Scores, edges_of, floors_of, ratio, score
from bot.core.fleet import BillingMode
from bot.core.windows import Window
from bot.errors import AskedWrong
from bot.sandbox.traces import RECIPES, Recipe, make

_HEAD = (
    f"{'event':<24}{'said':>6}{'plan':>7}{'came':>7}{'floor':>7}"
    f"{'alone':>9}{'planned':>9}{'no o.d.':>9}{'cost':>7}"
)


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """Adds the folder, the workload that serves the traces, and where the plans go."""
    parser.add_argument(
        "folder", type=Path, help="holds NAME.csv with NAME.events.json, or one events.json for all"
    )
    parser.add_argument(
        "--make", action="store_true", help="first fill the folder with the synthetic traces"
    )
    parser.add_argument("--export", type=Path, help="write one JSON line per plan to this file")
    parser.add_argument("--scale", type=float, default=1.0, help="value x this = requests/s")
    parser.add_argument("--cpu-ms", type=float, default=30.0, help="CPU time of a request")
    parser.add_argument("--latency-ms", type=float, default=200.0, help="duration of a request")
    parser.add_argument("--concurrency", type=int, default=80, help="requests at once, an instance")
    parser.add_argument("--vcpu", type=float, default=1.0, help="vCPU of an instance")
    parser.add_argument("--startup", type=float, default=20.0, help="cold start, seconds (p95)")
    parser.add_argument("--zone", default="UTC", help="the zone whose clock the demand follows")


async def run(arguments: argparse.Namespace) -> int:
    """Prints each trace and the goals; 0 when all goals are met."""
    if arguments.make:
        write_traces(arguments.folder)
    rig = _rig(arguments)
    results = [result_of(trace, rig) for trace in read_folder(arguments.folder, arguments.scale)]
    for result in results:
        print("\n".join(_trace_lines(result)), end="\n\n")
    print("\n".join(goal_lines(results)))
    if arguments.export:
        lines = [json.dumps(steps) for result in results for steps in exported(result.planned)]
        arguments.export.write_text("".join(f"{line}\n" for line in lines))
        print(f"{len(lines)} plans are in {arguments.export}.")
    return 0 if all(goal.met for goal in goals(results)) else 1


def write_traces(folder: Path, recipes: Sequence[Recipe] = RECIPES) -> None:
    """The synthetic traces as files."""
    folder.mkdir(parents=True, exist_ok=True)
    for recipe in recipes:
        table, events = make(recipe)
        (folder / f"{recipe.name}.csv").write_text(table)
        (folder / f"{recipe.name}.events.json").write_text(events)


def read_folder(folder: Path, scale: float = 1.0) -> list[Trace]:
    """All traces of the folder and the folders in it; raises AskedWrong."""
    if not folder.is_dir():
        raise AskedWrong(f"There is no folder {folder}.")
    tables = sorted(folder.rglob("*.csv"))
    if not tables:
        raise AskedWrong(f"There is no CSV file in {folder}.")
    return [
        read_trace(path.stem, path.read_text(), _events_of(path).read_text(), scale=scale)
        for path in tables
    ]


def result_of(trace: Trace, rig: Rig) -> Result:
    """One trace planned and scored, with and without on-demand starts."""
    planned = replay(trace, rig)
    return Result(
        trace=trace,
        planned=tuple(planned),
        scores=score(trace, planned, rig, on_demand=True),
        without=score(trace, planned, rig, on_demand=False),
        rig=rig,
    )


def exported(planned: Sequence[Planned]) -> Iterator[list[dict[str, object]]]:
    """Each plan as another simulator reads it: what is held, from when, until when.

    Where plans overlap, the later one says what both together hold.
    """
    for number, one in enumerate(planned):
        met = [
            claim
            for other in planned[:number]
            for claim in other.claims
            if any(claim.hold.overlaps(own.hold) for own in one.claims)
        ]
        every = [*met, *one.claims]
        floor = floors_of(every)
        spans = [Window(*pair) for pair in pairwise(edges_of(every))]
        mine = [span for span in spans if any(own.hold.contains(span.start) for own in one.claims)]
        yield [
            {
                "start": span.start.isoformat().replace("+00:00", "Z"),
                "end": span.end.isoformat().replace("+00:00", "Z"),
                "min_instances": floor(span.start),
            }
            for span in mine
        ]


def goal_lines(results: Sequence[Result]) -> Iterator[str]:
    """The goals with what was reached, and the same cost by the other billing mode."""
    yield "Sudden events from the second of their kind on, with and without on-demand starts:"
    for goal in goals(results):
        limit = f"{goal.most:.2%}" if "risk" in goal.name else f"{goal.most:g}"
        reached = f"{goal.reached:.4%}" if "risk" in goal.name else f"{goal.reached:.3f}"
        yield f"  {'ok   ' if goal.met else 'SHORT'} {goal.name:<56}{reached:>10}  (at most {limit})"
    inside = cost_inside(results, BillingMode.INSTANCE)
    overall = cost_overall(results, BillingMode.INSTANCE)
    yield f"  Under instance-based billing: {inside:.3f} in the windows, {overall:.3f} over the traces."


def _events_of(path: Path) -> Path:
    tried = [
        path.with_name(f"{path.stem}{ending}")
        for ending in (".events.json", "_events.json", "-events.json", ".json")
    ]
    tried.append(path.with_name("events.json"))
    found = next((one for one in tried if one.is_file()), None)
    if found is None:
        raise AskedWrong(f"{path} has no events: write {path.stem}.events.json or events.json.")
    return found


def _rig(arguments: argparse.Namespace) -> Rig:
    numbers = ("scale", "cpu_ms", "latency_ms", "concurrency", "vcpu", "startup")
    for name in numbers:
        if not getattr(arguments, name) > 0:
            raise AskedWrong(f"--{name.replace('_', '-')} must be more than 0.")
    try:
        ZoneInfo(arguments.zone)
    except (KeyError, ValueError) as error:
        raise AskedWrong(f"{arguments.zone!r} is no time zone.") from error
    return Rig(
        cpu_seconds=arguments.cpu_ms / 1000,
        latency_seconds=arguments.latency_ms / 1000,
        concurrency=arguments.concurrency,
        vcpu=arguments.vcpu,
        startup=timedelta(seconds=arguments.startup),
        zone=arguments.zone,
    )


def _trace_lines(result: Result) -> Iterator[str]:
    trace, scores = result.trace, result.scores
    points = len(trace.series.values)
    step = trace.series.step / timedelta(minutes=1)
    yield f"{trace.name}: {points:,} points of {step:g} min, {len(trace.events)} events"
    yield from (f"  {note}" for note in trace.notes)
    yield _HEAD
    for number, one in enumerate(result.planned):
        yield _event_line(number, one, result)
    for name, ours in (("planned", scores.planned), ("floor at peak", scores.fixed)):
        costs = [
            f"{ratio(ours.trace, scores.foresight.trace, result.rig, billing):.3f} {billing}"
            for billing in BillingMode
        ]
        yield f"  whole trace, {name}: cost / foresight {', '.join(costs)}"
    if result.planned and result.planned[0].plan.uplift is not None:
        yield f"  first of its kind: {result.planned[0].plan.uplift.sentence}"


def _event_line(number: int, one: Planned, result: Result) -> str:
    scores: Scores = result.scores
    said = f"×{one.event.announced:g}" if one.event.announced else "?"
    uplift = one.plan.uplift
    planned = f"×{uplift.expected.expected:.2f}" if uplift else "?"
    floor = str(one.plan.workloads[0].floor) if one.claims else "none"
    when = f"{one.event.window.start:%Y-%m-%d %H:%M} {one.event.kind}"
    cost = ratio(
        scores.planned.windows[number],
        scores.foresight.windows[number],
        result.rig,
        BillingMode.REQUEST,
    )
    return (
        f"{when:<24}{said:>6}{planned:>7}{f'×{one.seen:.2f}':>7}{floor:>7}"
        f"{scores.reactive.windows[number].share:>9.2%}"
        f"{scores.planned.windows[number].share:>9.3%}"
        f"{result.without.planned.windows[number].share:>9.3%}{cost:>7.2f}"
    )
