"""Reads the fleet for status and digests: a number of requests that does not grow with the workloads.

Nothing here raises for a source that is silent: the answer says what did not come, and why.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.fleet import Workload, WorkloadKey
from bot.core.series import Metric, Series
from bot.core.sources import Fleet
from bot.core.windows import Window
from bot.errors import GiveUp, TryAgain
from bot.ports.kit import Kit

STATUS_METRICS = (
    Metric.REQUESTS,
    Metric.ERRORS,
    Metric.LATENCY_P95,
    Metric.INSTANCES,
    Metric.CPU,
    Metric.PENDING,
)
SPENDING_METRICS = (Metric.BILLABLE, Metric.ACTIVE)
DIGEST_METRICS = (*STATUS_METRICS, *SPENDING_METRICS)

WORKLOADS = "the workloads"
_NAMES: Mapping[Metric, str] = {
    Metric.REQUESTS: "requests",
    Metric.ERRORS: "errors",
    Metric.LATENCY_P95: "response times",
    Metric.INSTANCES: "instances",
    Metric.ACTIVE: "busy instances",
    Metric.CPU: "CPU",
    Metric.PENDING: "waiting requests",
    Metric.BILLABLE: "billable time",
}
_LATE = "it did not answer in time"


@dataclass(frozen=True, slots=True)
class Seen:
    """The workloads as listed at `at`; `trouble` is why they were not listed just now ("" they were)."""

    workloads: tuple[Workload, ...]
    at: datetime
    trouble: str = ""

    def of_groups(self, names: Sequence[str]) -> "Seen":
        """Only those that are in one of the groups."""
        wanted = set(names)
        kept = tuple(one for one in self.workloads if wanted & set(one.groups))
        return Seen(kept, self.at, self.trouble)


@dataclass(frozen=True, slots=True)
class Question:
    """Which metrics over which span in which steps; a source that needs longer than `patience` is silent."""

    metrics: tuple[Metric, ...]
    span: Window
    step: timedelta
    patience: timedelta


async def see(kit: Kit, patience: timedelta) -> Seen:
    """All workloads, as Cloud Run lists them now; else as they were seen last."""
    try:
        async with asyncio.timeout(patience.total_seconds()):
            return Seen(tuple(await kit.cloud.discover()), kit.clock.now())
    except (TryAgain, GiveUp) as error:
        trouble = error.reason
    except TimeoutError:
        trouble = _LATE
    async with kit.store.begin() as tx:
        known = await tx.snapshots.inventory()
    if known is None:
        return Seen((), kit.clock.now(), trouble)
    return Seen(known.workloads, known.at, trouble)


async def look(kit: Kit, seen: Seen, asked: Question) -> Fleet:
    """Every metric at once, each in one request for a project and kind, however many workloads."""
    keys = [one.key for one in seen.workloads]
    answers = await asyncio.gather(*(_ask(kit, metric, keys, asked) for metric in asked.metrics))
    silent = {WORKLOADS: seen.trouble} if seen.trouble else {}
    measured: dict[Metric, Mapping[WorkloadKey, Series]] = {}
    for metric, answer in zip(asked.metrics, answers, strict=True):
        if isinstance(answer, str):
            silent[_NAMES[metric]] = answer
        else:
            measured[metric] = answer
    return Fleet(asked.span, seen.workloads, seen.at, kit.clock.now(), measured, silent)


async def _ask(
    kit: Kit, metric: Metric, keys: Sequence[WorkloadKey], asked: Question
) -> Mapping[WorkloadKey, Series] | str:
    if not keys:
        return {}
    try:
        async with asyncio.timeout(asked.patience.total_seconds()):
            return await kit.metrics.series(metric, keys, asked.span, asked.step)
    except (TryAgain, GiveUp) as error:
        return error.reason
    except TimeoutError:
        return _LATE
