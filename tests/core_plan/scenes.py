"""Workloads, measurements and campaigns for the tests of the planning core.

The base case: 400 requests/s on 20 instances of 1 vCPU at 60 % CPU (30 ms each), p95 0.2 s, ×3.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.core.campaign import Announcement, Campaign, CampaignKind
from bot.core.evidence import RECENT, WorkloadEvidence, weeks_back
from bot.core.fleet import (
    BillingMode,
    InstanceSize,
    Scaling,
    ScalingMode,
    Workload,
    WorkloadKey,
    WorkloadKind,
)
from bot.core.hindsight import Past
from bot.core.holding import Holding
from bot.core.house import Group, House, Place
from bot.core.plan import Plan, Sizing
from bot.core.report import Report, make_report
from bot.core.series import Metric, Series
from bot.core.windows import Window

NAN = math.nan
BERLIN = "Europe/Berlin"
FIVE = timedelta(minutes=5)
NOW = datetime(2025, 11, 28, 14, tzinfo=UTC)
# Friday 28 November 2025, 18:00-22:00 in Berlin.
WINDOW = Window(datetime(2025, 11, 28, 17, tzinfo=UTC), datetime(2025, 11, 28, 21, tzinfo=UTC))
KEY = WorkloadKey(WorkloadKind.SERVICE, "cymbal-shop", "europe-west1", "storefront-web")
POOL_KEY = WorkloadKey(WorkloadKind.WORKER_POOL, "cymbal-shop", "europe-west1", "order-worker")
HOUSE = House(
    company="Cymbal",
    zone=BERLIN,
    places=(Place("cymbal-shop", ("europe-west1",)),),
    groups=(Group("web", "Web shop"), Group("pipeline", "Order pipeline")),
    engineers="C0OPS",
    default_channel="C0CAMPAIGN",
    roles={},
    spare=0.3,
)
SERVICE = Workload(
    key=KEY,
    groups=("web",),
    size=InstanceSize(1.0, 0.5),
    billing=BillingMode.REQUEST,
    concurrency=80,
    scaling=Scaling(ScalingMode.AUTOMATIC, floor=2, revision_ceiling=200),
    token="etag",
    revision="storefront-web-00001",
)
POOL = replace(
    SERVICE,
    key=POOL_KEY,
    groups=("pipeline",),
    billing=BillingMode.INSTANCE,
    scaling=Scaling(ScalingMode.MANUAL, floor=8),
)
# Reference §D: 1,200 requests/s, 0.2 s, 80 at once, 30 ms of CPU, 1 vCPU.
SIZING = Sizing(vcpu=1.0, concurrency=80, cpu_seconds=0.030, latency_seconds=0.2)


def campaign(
    multiplier: float = 3.0,
    kind: CampaignKind = CampaignKind.PUSH,
    window: Window = WINDOW,
    groups: tuple[str, ...] = ("web",),
    zone: str = BERLIN,
) -> Campaign:
    """A campaign as announced by Maya."""
    announcement = Announcement("Black Friday push", kind, window, zone, multiplier, groups)
    return Campaign("c1", announcement, "C0CAMPAIGN", "U0MAYA", NOW)


def flat(window: Window, value: float, step: timedelta = FIVE) -> Series:
    """The same value throughout."""
    return Series(window.start, step, (value,) * math.ceil(window.duration / step))


def shaped(window: Window, shape: Callable[[datetime], float], step: timedelta = FIVE) -> Series:
    """The value of `shape` at each instant."""
    count = math.ceil(window.duration / step)
    return Series(window.start, step, tuple(shape(window.start + i * step) for i in range(count)))


def history(*levels: float, window: Window = WINDOW, zone: str = BERLIN) -> tuple[Series, ...]:
    """One flat earlier week for each level, newest first."""
    spans = weeks_back(window, zone, weeks=len(levels), now=NOW)
    return tuple(flat(span, level) for span, level in zip(spans, levels, strict=True))


def recent(changed: Mapping[Metric, float | None] | None = None) -> dict[Metric, Series]:
    """The last day, flat; `changed` sets other values, None leaves the metric out."""
    usual: dict[Metric, float | None] = {
        Metric.REQUESTS: 400.0,
        Metric.INSTANCES: 20.0,
        Metric.ACTIVE: 20.0,
        Metric.CPU: 0.6,
        Metric.LATENCY_P95: 0.2,
        Metric.STARTUP_P95: 24.0,
    }
    usual.update(changed or {})
    day = Window(NOW - RECENT, NOW)
    return {metric: flat(day, value) for metric, value in usual.items() if value is not None}


def evidence(
    workload: Workload = SERVICE,
    usual: Sequence[Series] | None = None,
    measured: Mapping[Metric, Series] | None = None,
    baseline: int | None = None,
) -> WorkloadEvidence:
    """The base case, unless told otherwise."""
    return WorkloadEvidence(
        workload=workload,
        baseline=workload.scaling.floor if baseline is None else baseline,
        usual=tuple(history(400, 400, 400, 400) if usual is None else usual),
        recent=recent() if measured is None else measured,
    )


def pool_evidence(workload: Workload = POOL) -> WorkloadEvidence:
    """A worker pool: no requests, only instances and CPU."""
    measured = recent({Metric.REQUESTS: None, Metric.LATENCY_P95: None, Metric.INSTANCES: 8.0})
    return evidence(workload, (), measured)


def report_by_holdings(
    of: Campaign,
    plan: Plan,
    actuals: Mapping[WorkloadKey, Mapping[Metric, Series]],
    holdings: Mapping[WorkloadKey, Holding],
    *,
    now: datetime,
) -> Report:
    """The report where no ledger tells what was held (`actuals`: REQUESTS, INSTANCES, PENDING, BILLABLE)."""
    pasts = [
        Past(plan, one, actuals.get(one.key, {}), holdings.get(one.key), now)
        for one in plan.workloads
    ]
    return make_report(of, plan, pasts, now=now)
