"""Google Cloud as the flows see it: workloads, their scaling settings, and their metrics."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.core.fleet import AdminProof, OperationState, ScalingChange, Workload, WorkloadKey
from bot.core.series import Metric, Series
from bot.core.windows import Window


class Cloud(Protocol):
    """The Admin API. Every method may raise TryAgain (SlowDown, Stale) or GiveUp (NotFound, NotAllowed, Refused)."""

    async def discover(self) -> Sequence[Workload]:
        """All services and worker pools of all configured places; one list call per place, region and kind."""
        ...

    async def read(self, key: WorkloadKey, *, since: datetime | None = None) -> Workload:
        """The workload as it is now; NotFound if it is gone.

        With `since`, what it was at some later moment of the last half minute is good enough.
        """
        ...

    async def set_scaling(
        self, key: WorkloadKey, change: ScalingChange, token: str, *, dry_run: bool = False
    ) -> OperationState:
        """Writes `scaling.*` and Headroom's own marks only, with mask and etag; returns at once with
        the accepted operation.

        Stale if `token` is no longer the etag; SlowDown on the write quota; Refused when Google
        rejects the values (quota at set time). `dry_run` validates without effect.
        """
        ...

    async def operation(self, name: str) -> OperationState:
        """How an accepted operation stands; never waits for it."""
        ...

    async def proof(self, workload: Workload) -> AdminProof:
        """The Admin API's evidence that the floor of `workload` is provisioned."""
        ...


class Metrics(Protocol):
    """Cloud Monitoring. May raise TryAgain or GiveUp."""

    async def series(
        self, metric: Metric, workloads: Sequence[WorkloadKey], window: Window, step: timedelta
    ) -> Mapping[WorkloadKey, Series]:
        """`metric` for all `workloads`: one (paged) request per project and resource type, however many.

        `step` is a multiple of 60 s. A workload without any point is absent from the answer.
        """
        ...
