"""After a campaign: what was planned against what happened; made by the drive flow, shown by cards.

A number that was not measured is None and named in `missing`: nothing is guessed.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.core.fleet import WorkloadKey
from bot.core.money import Money


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One workload: planned and actual peaks, what it cost, when it was proven and given back.

    Demand is in requests per second at the peak of the campaign's window; `uplift` is actual over usual.
    `planned_instances` is the promised floor; `needed_instances` what the actual peak needed.
    `minutes_at_risk`: minutes in which requests waited for an instance or instances were fewer
    than the demand needed. Costs are of the extra floor only. `notes` are plain sentences.
    """

    key: WorkloadKey
    baseline: int
    planned_instances: int
    actual_instances: int | None
    needed_instances: int | None
    usual_demand: float
    planned_demand: float
    actual_demand: float | None
    uplift: float | None
    minutes_at_risk: int | None
    planned_cost: Money
    actual_cost: Money | None
    billable_hours: float | None
    proven_at: datetime | None
    restored_at: datetime | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """Planned against actual demand in requests per second, at most 20 points.

    `labels` are times of day in the campaign's zone; an actual value that was not measured is None.
    """

    title: str
    labels: tuple[str, ...]
    planned: tuple[float, ...]
    actual: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The whole campaign. `lessons` say what to learn, `missing` what was not measured."""

    campaign_id: str
    made_at: datetime
    uplift_announced: float
    uplift_seen: float | None
    planned_demand: float
    actual_demand: float | None
    minutes_at_risk: int | None
    planned_cost: Money
    actual_cost: Money | None
    billable_hours: float | None
    proven_at: datetime | None
    restored_at: datetime | None
    rows: tuple[ReportRow, ...]
    chart: Chart | None
    lessons: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
