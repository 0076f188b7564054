"""Time series of Pub/Sub subscriptions and Cloud Run jobs, as Cloud Monitoring would have them; read by time_series.

A subscription is emptied by a worker pool of the world: what waits there is its backlog. A job runs once a
day; `fail` makes it fail from then on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from bot.core.fleet import WorkloadKey
from bot.ports.clock import Clock
from bot.sandbox.google.aggregation import Points
from bot.sandbox.google.descriptors import Descriptor, ValueType
from bot.sandbox.google.faults import Faults
from bot.sandbox.google.samples import Samples, measure
from bot.sandbox.world.traffic import MINUTE
from bot.sandbox.world.world import World

_DAY = 24 * 60  # minutes
_RUNS_AT = 3 * 60  # minute of the day (UTC) at which jobs finish
_DELAY = 120  # seconds until a sample is visible

AGE = "pubsub.googleapis.com/subscription/oldest_unacked_message_age"
WAITING = "pubsub.googleapis.com/subscription/num_undelivered_messages"
EXECUTIONS = "run.googleapis.com/job/completed_execution_count"

DATA_DESCRIPTORS: Mapping[str, Descriptor] = {
    AGE: Descriptor(AGE, False, ValueType.INT64, "s", frozenset(), ()),
    WAITING: Descriptor(WAITING, False, ValueType.INT64, "1", frozenset(), ()),
    EXECUTIONS: Descriptor(EXECUTIONS, True, ValueType.INT64, "1", frozenset(), ()),
}
_JOBS = ("nightly-export",)
Labelled = tuple[Points, dict[str, str], Samples]


@dataclass(frozen=True, slots=True)
class Minutes:
    """Half-open, Unix minutes."""

    first: int
    last: int


class DataSeries:
    """What the town measures beside Cloud Run's services and pools."""

    def __init__(self, world: World, clock: Clock, faults: Faults) -> None:
        self._world = world
        self._clock = clock
        self._faults = faults
        self._failing: dict[str, int] = {}

    def fail(self, job: str, *, on: bool = True, since: datetime | None = None) -> None:
        """The job fails `since` then (None: from now on), or does not any more; raises KeyError for one that
        is not there.
        """
        if job not in _JOBS:
            raise KeyError(job)
        if on:
            self._failing[job] = int((since or self._clock.now()).timestamp()) // MINUTE
        else:
            self._failing.pop(job, None)

    def series(self, type_: str, minutes: Minutes) -> Iterator[Labelled]:
        """Each series with all its labels for the filter, and its samples by their end, oldest first."""
        seen = int(self._clock.now().timestamp() - _DELAY) // MINUTE
        last = min(minutes.last, seen)
        if type_ == EXECUTIONS:
            for job in _JOBS:
                for result in ("succeeded", "failed"):
                    runs = self._runs(job, result, Minutes(minutes.first, last))
                    resource = {"job_name": job, "location": self._region}
                    yield self._labelled(type_, "cloud_run_job", resource, {"result": result}, runs)
            return
        for key in self._world.known():
            name = self._world.spec(key).subscription
            if name and not self._faults.silent(type_, name):
                samples = self._backlog(type_, key, Minutes(minutes.first, last))
                resource = {"subscription_id": name}
                yield self._labelled(type_, "pubsub_subscription", resource, {}, samples)

    @property
    def _region(self) -> str:
        return self._world.scenario.regions[0]

    def _runs(self, job: str, result: str, minutes: Minutes) -> Samples:
        broken = self._failing.get(job)
        at = np.arange(minutes.first, minutes.last)
        at = at[at % _DAY == _RUNS_AT]
        failed = at >= broken if broken is not None else np.zeros(len(at), bool)
        at = at[failed == (result == "failed")]
        return Samples((at + 1) * MINUTE, np.ones(len(at)))

    def _backlog(self, type_: str, key: WorkloadKey, minutes: Minutes) -> Samples:
        """What is not acknowledged yet: messages that wait, and those that are being worked on."""
        stretches = self._world.stretches(key, minutes.first, minutes.last)
        waiting = type_ == WAITING
        return measure(stretches, lambda part: np.rint(part.unfinished if waiting else part.oldest))

    def _labelled(
        self,
        type_: str,
        kind: str,
        resource: dict[str, str],
        metric: dict[str, str],
        samples: Samples,
    ) -> Labelled:
        resource = {"project_id": self._world.scenario.project, **resource}
        labels = {"metric.type": type_, "resource.type": kind, "project": resource["project_id"]}
        labels |= {f"resource.labels.{name}": value for name, value in resource.items()}
        labels |= {f"metric.labels.{name}": value for name, value in metric.items()}
        descriptor = DATA_DESCRIPTORS[type_]
        blank = Points(metric, resource, kind, descriptor.delta, descriptor.value, MINUTE)
        return blank, labels, samples
