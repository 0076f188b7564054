"""A scenario file as checked values: the fleet, its traffic, its quotas and what will happen.

Read once by the town; everything in the world and in the Google side starts from it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import yaml

from bot.core.campaign import CampaignKind
from bot.core.fleet import BillingMode, InstanceSize, ScalingMode, WorkloadKey, WorkloadKind
from bot.core.windows import Window, utc

CYMBAL = Path(__file__).parent.parent / "scenarios" / "cymbal.yaml"

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Spread:
    """A positive quantity that varies: its middle and its 95th percentile, both in seconds."""

    middle: float
    p95: float


@dataclass(frozen=True, slots=True)
class Settings:
    """What decides the number of instances; the part that changes during a run.

    `floor` and `ceiling` are the service-level bounds (ceiling None: not set), `manual` the count of
    a MANUAL service or a worker pool, `revision_*` come from the template.
    """

    mode: ScalingMode
    floor: int = 0
    ceiling: int | None = None
    manual: int = 0
    revision_floor: int = 0
    revision_ceiling: int = 100

    @property
    def least(self) -> int:
        """The instances kept in any case: the larger minimum wins, and no more than the maximum."""
        if self.mode is ScalingMode.MANUAL:
            return self.manual
        return min(max(self.floor, self.revision_floor), self.most)

    @property
    def most(self) -> int:
        """The instances there can be."""
        if self.mode is ScalingMode.MANUAL:
            return self.manual
        return min(self.ceiling or self.revision_ceiling, self.revision_ceiling)


@dataclass(frozen=True, slots=True)
class WorkloadSpec:
    """One workload as the scenario describes it; `rps` is the peak of an ordinary day.

    A worker pool takes its messages from the Pub/Sub `subscription`, if there is one.
    """

    key: WorkloadKey
    group: str
    zone: ZoneInfo
    size: InstanceSize
    billing: BillingMode
    concurrency: int
    rps: float
    cpu_seconds: float
    latency: Spread
    startup: Spread
    settings: Settings
    service_account: str
    modifier: str
    subscription: str = ""

    @property
    def instance_rps(self) -> float:
        """What one instance can serve at most, in requests per second, by CPU and by concurrency."""
        return min(self.size.vcpu / self.cpu_seconds, self.concurrency / self.latency.middle)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that moves demand: times `multiplier` on `groups` during `window`."""

    name: str
    groups: tuple[str, ...]
    kind: CampaignKind
    window: Window
    multiplier: float


@dataclass(frozen=True, slots=True)
class Quotas:
    """Admin API calls per minute and region, and what a region may allocate (vCPU, GiB)."""

    writes_per_minute: int
    reads_per_minute: int
    regions: Mapping[str, InstanceSize]


@dataclass(frozen=True, slots=True)
class Scenario:
    """The whole file."""

    name: str
    project: str
    project_number: int
    zone: str
    seed: int
    starts_at: datetime
    growth_per_week: float
    tick_seconds: int
    sample_delay: tuple[int, int]
    quotas: Quotas
    workloads: tuple[WorkloadSpec, ...]
    events: tuple[Event, ...]

    @property
    def regions(self) -> tuple[str, ...]:
        """All regions of the fleet."""
        return tuple(self.quotas.regions)


def load_scenario(path: Path = CYMBAL) -> Scenario:
    """Reads a scenario file; raises KeyError or ValueError for one that is not complete."""
    data = cast(Row, yaml.safe_load(path.read_text(encoding="utf-8")))
    delays = cast(Sequence[int], data["sample_delay_seconds"])
    return Scenario(
        name=str(data["name"]),
        project=str(data["project"]),
        project_number=int(_number(data["project_number"])),
        zone=str(data["zone"]),
        seed=int(_number(data["seed"])),
        starts_at=_instant(data["starts_at"]),
        growth_per_week=_number(data.get("growth_per_week", 0)),
        tick_seconds=int(_number(data.get("tick_seconds", 5))),
        sample_delay=(delays[0], delays[1]),
        quotas=_quotas(cast(Row, data["quotas"])),
        workloads=_workloads(data),
        events=tuple(event_of(row) for row in _rows(data.get("events"))),
    )


def event_of(row: Mapping[str, object]) -> Event:
    """An event from its YAML or JSON form; raises KeyError or ValueError for a bad one."""
    multiplier = _number(row["multiplier"])
    if multiplier < 0:
        raise ValueError(f"a multiplier cannot be negative: {multiplier}")
    return Event(
        name=str(row["name"]),
        groups=tuple(str(group) for group in cast(Sequence[str], row["groups"])),
        kind=CampaignKind(str(row.get("kind", CampaignKind.OTHER))),
        window=Window(_instant(row["start"]), _instant(row["end"])),
        multiplier=multiplier,
    )


def _workloads(data: Row) -> tuple[WorkloadSpec, ...]:
    defaults = {
        **cast(Row, data["defaults"]),
        "zone": data["zone"],
        "project": data["project"],
    }
    specs = [
        _spec({**defaults, **row}, kind)
        for section, kind in (
            ("services", WorkloadKind.SERVICE),
            ("worker_pools", WorkloadKind.WORKER_POOL),
        )
        for row in _rows(data.get(section))
    ]
    if len({spec.key for spec in specs}) != len(specs):
        raise ValueError("two workloads of the scenario have the same name and region")
    return tuple(specs)


def _spec(row: Row, kind: WorkloadKind) -> WorkloadSpec:
    region, name = str(row["region"]), str(row["name"])
    return WorkloadSpec(
        key=WorkloadKey(kind, str(row["project"]), region, name),
        group=str(row.get("group", "")),
        zone=ZoneInfo(str(row["zone"])),
        size=InstanceSize(_number(row["vcpu"]), _number(row["memory_gib"])),
        billing=BillingMode(f"{row['billing']}-based"),
        concurrency=int(_number(row["concurrency"])),
        rps=_number(row["rps"]),
        cpu_seconds=_number(row["cpu"]),
        latency=_spread(row["latency"]),
        startup=_spread(row["startup"]),
        settings=_settings(row, kind),
        service_account=str(row["service_account"]),
        modifier=str(row["modifier"]),
        subscription=str(row.get("subscription", "")),
    )


def _settings(row: Row, kind: WorkloadKind) -> Settings:
    manual = kind is WorkloadKind.WORKER_POOL or row.get("mode") == "manual"
    ceiling = row.get("ceiling")
    return Settings(
        mode=ScalingMode.MANUAL if manual else ScalingMode.AUTOMATIC,
        floor=int(_number(row.get("floor", 0))),
        ceiling=None if ceiling is None else int(_number(ceiling)),
        manual=int(_number(row.get("manual", 0))),
        revision_floor=int(_number(row.get("revision_floor", 0))),
        revision_ceiling=int(_number(row["revision_ceiling"])),
    )


def _quotas(row: Row) -> Quotas:
    regions = cast(Mapping[str, Row], row["regions"])
    return Quotas(
        writes_per_minute=int(_number(row["writes_per_minute"])),
        reads_per_minute=int(_number(row["reads_per_minute"])),
        regions={
            name: InstanceSize(_number(limit["vcpu"]), _number(limit["memory_gib"]))
            for name, limit in regions.items()
        },
    )


def _rows(value: object) -> Sequence[Row]:
    return cast(Sequence[Row], value or [])


def _spread(value: object) -> Spread:
    middle, p95 = cast(Sequence[float], value)
    if not 0 < middle < p95:
        raise ValueError(f"expected [middle, p95] with 0 < middle < p95, found {value}")
    return Spread(float(middle), float(p95))


def _number(value: object) -> float:
    return float(cast(float, value))


def _instant(value: object) -> datetime:
    # YAML turns offsets into naive UTC or aware instants depending on the form; text is taken as is.
    instant = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else utc(instant)
