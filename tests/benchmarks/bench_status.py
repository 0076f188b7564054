"""Status and digest over 100, 1,000 and 5,000 workloads: time, memory, and what is asked of Cloud Monitoring.

`ratio` is the worst of three: time and memory for each workload at 5,000 against 1,000 (linear: 1; of status
and of the daily digest, whichever is worse), and queries for 1,000 workloads with their pipelines against
100 (constant: 1).
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from google.cloud.monitoring_v3.types import ListTimeSeriesResponse, TimeSeries

from bot.adapters.data_metrics import CloudDataMetrics
from bot.adapters.google_channel import GoogleClients
from bot.adapters.monitoring import CloudMonitoring
from tests.adapters.scripted_google import ScriptedGoogle, scripted_google
from tests.benchmarks.outcome import Outcome
from tests.benchmarks.status_load import RUNS, WHAT, load

COUNTS = (100, 1000, 5000)
ASKED = (100, 1000)
GOAL = 1.25
_PAGE = 100_000  # points, where a request names no size
ROOT = Path(__file__).parents[2]


def run() -> Outcome:
    """Each fleet in a process of its own; memory is the peak of what Python allocates beside the measurements; then the requests of two fleets, counted on the wire."""
    taken = {count: _taken(count) for count in COUNTS}
    asked = {count: {what: asyncio.run(_asked(what, count)) for what in WHAT} for count in ASKED}
    few, many = COUNTS[1], COUNTS[2]
    growth = {
        f"{what}: {name}": (taken[many][what][unit] / many) / (taken[few][what][unit] / few)
        for what in ("status", "daily")
        for name, unit in (("time", "seconds"), ("memory", "mib"))
    }
    queries = {
        what: asked[ASKED[1]][what]["queries"] / asked[ASKED[0]][what]["queries"] for what in WHAT
    }
    worst = max([*growth.values(), *queries.values()])
    numbers = {"taken": taken, "asked": asked, "growth": growth, "queries": queries}
    return Outcome("status", worst, GOAL, list(_table(taken, asked, growth)), numbers)


def _table(
    taken: Mapping[int, Mapping[str, Mapping[str, float]]],
    asked: Mapping[int, Mapping[str, Mapping[str, int]]],
    growth: Mapping[str, float],
) -> Sequence[str]:
    rows = [
        "One answer, from the stored delivery to the wanted post; measurements in memory already",
        f"{'workloads':>10}{'what':>9}{'CPU s':>9}{'ms each':>9}{'MiB':>7}{'message':>9}",
    ]
    for count, found in taken.items():
        for what, one in found.items():
            rows.append(
                f"{count:>10,}{what:>9}{one['seconds']:>9.2f}{one['seconds'] / count * 1000:>9.2f}"
                f"{_mib(one):>7}{one['characters']:>9,.0f}"
            )
    for what, times in growth.items():
        rows.append(f"{what} for each at {COUNTS[2]:,} / at {COUNTS[1]:,} = {times:.2f}")
    rows.append(f"{'workloads':>10}{'what':>9}{'queries of Cloud Monitoring':>29}{'pages':>7}")
    for count, each in asked.items():
        rows += [
            f"{count:>10,}{what:>9}{one['queries']:>29}{one['pages']:>7}"
            for what, one in each.items()
        ]
    return rows


def _mib(found: Mapping[str, float]) -> str:
    """Not traced where nothing is compared: tracing takes several times as long."""
    return f"{found['mib']:.0f}" if "mib" in found else "-"


def _taken(count: int) -> dict[str, dict[str, float]]:
    command = [sys.executable, "-m", "tests.benchmarks.status_load", str(count)]
    found = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    result: dict[str, dict[str, float]] = json.loads(found.stdout)
    return result


async def _asked(what: str, count: int) -> dict[str, int]:
    """What the real adapter asks; the server cuts pages where Monitoring would."""
    async with scripted_google() as google:
        google.answers["ListTimeSeries"] = lambda request: _page(request, count)
        clients = GoogleClients(google.endpoint)
        try:
            await load(count, {what}, CloudMonitoring(clients), CloudDataMetrics(clients))
        finally:
            await clients.close()
        return _counted(google, RUNS[what])


def _page(request: Any, count: int) -> ListTimeSeriesResponse:
    """Empty series, but as many pages as the points of all workloads would fill."""
    interval, period = request.interval, request.aggregation.alignment_period
    points = (interval.end_time - interval.start_time) / period
    fits = (request.page_size or _PAGE) // points
    done = int(request.page_token or 0) + max(1, int(fits))
    labels = {"location": "europe-west1", "service_name": "none"}
    series = TimeSeries(resource={"type": "cloud_run_revision", "labels": labels})
    token = str(done) if done < count else ""
    return ListTimeSeriesResponse(time_series=[series], next_page_token=token)


def _counted(google: ScriptedGoogle, runs: int) -> dict[str, int]:
    """What one answer asks."""
    queries = sum(not request.page_token for request in google.asked)
    return {"queries": queries // runs, "pages": len(google.asked) // runs}
