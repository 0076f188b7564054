"""What the numbers of a plan were made from, kept with it: so each can be explained, drawn and checked later.

Recorded by planner, read by explanation and the charts.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from bot.core.money import Money


@dataclass(frozen=True, slots=True)
class Curve:
    """The forecast over the window in requests/s: the highest of each `step` with its band; `usual` its mean.

    `least` is the lowest that is expected in each step (empty: a plan from before that was kept).
    """

    step: timedelta
    usual: tuple[float, ...]
    low: tuple[float, ...]
    expected: tuple[float, ...]
    high: tuple[float, ...]
    least: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Bill:
    """How the costs of one workload were worked out, after the discount.

    `extra_hours` are instance-hours above what stands anyway, `busy_hours` those that the forecast's
    mean keeps busy; `idle_hour` and `active_hour` the price of one; `requests` come in the window.
    `advice` says whether the other billing mode would be much cheaper ("": it would not). The prices of an
    hour and of requests hold the `factor` that was learnt from `learnt_from` settled campaigns.
    """

    extra_hours: Decimal
    busy_hours: Decimal
    idle_hour: Money
    active_hour: Money
    requests: float
    per_million: Money
    advice: str = ""
    factor: float = 1.0
    learnt_from: int = 0


@dataclass(frozen=True, slots=True)
class Lead:
    """How long before the start capacity rises: the slowest start-up, the metrics' delay, time to fix.

    `writes` is what Google's write quota adds where many workloads of a region are raised.
    """

    startup: timedelta
    metric_delay: timedelta
    time_to_fix: timedelta
    writes: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Inputs:
    """What one workload's numbers come from.

    `startup` is the p95 of the last day unless `startup_measured` is false; `reaction` how long until a
    rise is served. `present` instances stand without Headroom, `already` run anyway at the opening, and
    `sudden` requests/s come before the autoscaler has reacted. `seen_instances` is the last day's most.
    `high` and `low` are the factors of the usual demand's band; `left_out` weeks that do not count.
    The rise takes `to_peak`, as seen in `shapes` finished campaigns (0: the kind's default), each trusted to
    come `loose` earlier or later. It `scales` if an autoscaler adds instances above the floor (False also in
    a plan from before that was kept).
    """

    startup: timedelta
    startup_measured: bool
    reaction: timedelta
    present: int
    already: int
    sudden: float
    seen_instances: int
    ux_floor: int
    low: float
    high: float
    left_out: int
    growth_per_week: float
    curve: Curve | None = None
    bill: Bill | None = None
    to_peak: timedelta = timedelta(0)
    shapes: int = 0
    loose: timedelta = timedelta(0)
    scales: bool = False
