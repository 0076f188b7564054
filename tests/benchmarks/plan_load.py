"""Plans one campaign over many workloads in a process of its own, so that memory can be told apart.

`python -m tests.benchmarks.plan_load COUNT` prints one JSON line. Each workload has eight weeks of
five-minute data in memory before the clock starts; planning includes cutting the weeks out of them.
"""

import json
import math
import resource
import sys
import time
from array import array
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.core.evidence import WorkloadEvidence, weeks_back
from bot.core.fleet import Scaling, ScalingMode, WorkloadKey
from bot.core.planner import make_plan
from bot.core.series import Series
from bot.core.windows import Window
from bot.sandbox.world.traffic import chance
from tests.core_plan.scenes import BERLIN, HOUSE, KEY, NOW, SERVICE, WINDOW, campaign, recent

_STEP = timedelta(minutes=5)
_WEEKS = 8
_POINTS = _WEEKS * 7 * 24 * 12
_START = datetime(2025, 11, 28, 14, tzinfo=UTC) - _WEEKS * timedelta(weeks=1)
_ROOMY = replace(SERVICE, scaling=Scaling(ScalingMode.AUTOMATIC, 2, revision_ceiling=1000))
_DAY = [1 + 0.6 * math.sin(2 * math.pi * place / 288 - 2) for place in range(288)]


def main(count: int) -> None:
    """Fetches, plans, and says how long it took and what it needed."""
    fetched = [_fetched(number) for number in range(count)]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    measured = recent()
    began = time.process_time()
    evidence = [
        WorkloadEvidence(
            workload=replace(
                _ROOMY, key=WorkloadKey(KEY.kind, KEY.project, KEY.region, f"s{number}")
            ),
            baseline=2,
            usual=tuple(
                _cut(values, week) for week in weeks_back(WINDOW, BERLIN, weeks=_WEEKS, now=NOW)
            ),
            recent=measured,
        )
        for number, values in enumerate(fetched)
    ]
    plan = make_plan(campaign(), evidence, house=HOUSE, now=NOW)
    seconds = time.process_time() - began
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    held = sum(bool(workload.steps) for workload in plan.workloads)
    print(
        json.dumps(
            {
                "seconds": seconds,
                "data_mib": before / 1024,
                "planning_mib": (after - before) / 1024,
                "held": held,
            }
        )
    )


def _fetched(number: int) -> "array[float]":
    """Eight weeks of one workload, unlike any other's."""
    level = 100 + 400 * chance(1, number)
    noise = [0.95 + 0.1 * chance(2, number, place) for place in range(97)]
    return array("d", (level * _DAY[at % 288] * noise[at % 97] for at in range(_POINTS)))


def _cut(values: "array[float]", week: Window) -> Series:
    first = max(0, (week.start - _START) // _STEP)
    last = min(len(values), first + week.duration // _STEP)
    return Series(_START + first * _STEP, _STEP, tuple(values[first:last]))


if __name__ == "__main__":
    main(int(sys.argv[1]))
