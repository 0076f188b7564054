"""How planning grows with the fleet: time and memory for 100, 1,000 and 5,000 workloads, and what is asked of Monitoring.

`ratio` is the worse of two: time for each workload at 5,000 against 1,000 (linear: 1), and queries of
Cloud Monitoring for 1,000 workloads against 100 (constant: 1).
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from google.cloud.monitoring_v3.types import ListTimeSeriesResponse, TimeSeries

from bot.adapters.google_channel import GoogleClients
from bot.adapters.monitoring import CloudMonitoring
from bot.core.evidence import RECENT_METRICS, recent_window, usual_step, weeks_back
from bot.core.fleet import WorkloadKey
from bot.core.series import Metric
from tests.adapters.scripted_google import ScriptedGoogle, scripted_google
from tests.benchmarks.outcome import Outcome
from tests.core_plan.scenes import BERLIN, KEY, NOW, WINDOW

COUNTS = (100, 1000, 5000)
ASKED = (100, 1000)
GOAL = 1.25
_WEEKS = 8
_FIVE = timedelta(minutes=5)
ROOT = Path(__file__).parents[2]


def run() -> Outcome:
    """Plans each fleet in a process of its own, then counts the requests for two fleets."""
    planned = {count: _planned(count) for count in COUNTS}
    asked = {count: asyncio.run(_asked(count)) for count in ASKED}
    few, many = COUNTS[1], COUNTS[2]
    growth = (planned[many]["seconds"] / many) / (planned[few]["seconds"] / few)
    queries = asked[ASKED[1]]["queries"] / asked[ASKED[0]]["queries"]
    numbers = {"planned": planned, "asked": asked, "growth": growth, "queries": queries}
    table = list(_table(planned, asked, growth))
    return Outcome("plan", max(growth, queries), GOAL, table, numbers)


def _table(
    planned: Mapping[int, Mapping[str, float]],
    asked: Mapping[int, Mapping[str, int]],
    growth: float,
) -> Sequence[str]:
    rows = [
        f"Planning one campaign, {_WEEKS} weeks of five-minute data each (already fetched)",
        f"{'workloads':>10}{'CPU s':>9}{'ms each':>9}{'data MiB':>10}{'planning MiB':>14}",
    ]
    for count, found in planned.items():
        each = found["seconds"] / count * 1000
        rows.append(
            f"{count:>10,}{found['seconds']:>9.2f}{each:>9.2f}{found['data_mib']:>10.0f}"
            f"{found['planning_mib']:>14.0f}"
        )
    rows.append(f"time for each at {COUNTS[2]:,} / at {COUNTS[1]:,} = {growth:.2f}")
    rows.append(f"{'workloads':>10}{'queries of Cloud Monitoring':>29}{'pages':>9}")
    rows += [
        f"{count:>10,}{found['queries']:>29}{found['pages']:>9}" for count, found in asked.items()
    ]
    return rows


def _planned(count: int) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.plan_load", str(count)]
    found = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    result: dict[str, float] = json.loads(found.stdout)
    return result


async def _asked(count: int) -> dict[str, int]:
    """What the real adapter asks for one plan; the server cuts pages where Monitoring would."""
    keys = [WorkloadKey(KEY.kind, KEY.project, KEY.region, f"s{number}") for number in range(count)]
    async with scripted_google() as google:
        google.answers["ListTimeSeries"] = lambda request: _page(request, count)
        clients = GoogleClients(google.endpoint)
        metrics = CloudMonitoring(clients)
        try:
            for week in weeks_back(WINDOW, BERLIN, weeks=_WEEKS, now=NOW):
                await metrics.series(Metric.REQUESTS, keys, week, usual_step(WINDOW, count))
            for metric in RECENT_METRICS:
                await metrics.series(metric, keys, recent_window(NOW), _FIVE)
        finally:
            await clients.close()
        return _counted(google)


def _page(request: Any, count: int) -> ListTimeSeriesResponse:
    """Empty series, but as many pages as the points of all workloads would fill."""
    interval, period = request.interval, request.aggregation.alignment_period
    points = (interval.end_time - interval.start_time) / period
    done = int(request.page_token or 0) + max(1, int(request.page_size // points))
    labels = {"location": KEY.region, "service_name": "s0"}
    series = TimeSeries(resource={"type": "cloud_run_revision", "labels": labels})
    token = str(done) if done < count else ""
    return ListTimeSeriesResponse(time_series=[series], next_page_token=token)


def _counted(google: ScriptedGoogle) -> dict[str, int]:
    queries = sum(not request.page_token for request in google.asked)
    return {"queries": queries, "pages": len(google.asked)}
