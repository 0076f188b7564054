"""What a plan is made from: one workload with its measurements, and which spans to ask for.

Gathered by bot.facts, read by planner.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from zoneinfo import ZoneInfo

from bot.core.campaign import CampaignKind
from bot.core.claims import Claim
from bot.core.cost_learning import CostLessons
from bot.core.fleet import Workload
from bot.core.price_book import PriceBook
from bot.core.series import Metric, Series
from bot.core.windows import Window

PADDING = timedelta(hours=1)
RECENT = timedelta(hours=24)
_PAGE = 100_000  # the most points that Cloud Monitoring gives at once
RECENT_METRICS = (
    Metric.REQUESTS,
    Metric.INSTANCES,
    Metric.ACTIVE,
    Metric.CPU,
    Metric.LATENCY_P95,
    Metric.STARTUP_P95,
)


@dataclass(frozen=True, slots=True)
class WorkloadEvidence:
    """One workload and what was measured of it.

    `baseline` is the floor somebody else wants. `usual` holds REQUESTS over the campaign's window
    (padded by an hour on both sides) one, two, … weeks earlier, newest first; weeks without data are
    absent. `recent` holds the last 24 hours of `RECENT_METRICS`, as far as they were measured.
    """

    workload: Workload
    baseline: int
    usual: tuple[Series, ...]
    recent: Mapping[Metric, Series]


@dataclass(frozen=True, slots=True)
class PastCampaign:
    """A finished campaign, for learning: `announced` and `seen` are times the usual demand at the peak.

    `at` is its start and `until` its end (None: not known). `shape` is how its rise came: the share
    (0..1) of the highest rise in each `arrival.SHAPE_STEP` from the start on (empty: not measured).
    `announced` is 0 where nobody said a number.
    """

    kind: CampaignKind
    groups: tuple[str, ...]
    announced: float
    seen: float
    at: datetime
    until: datetime | None = None
    name: str = ""
    shape: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another campaign's name with its claims, for overlaps."""

    title: str
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Background:
    """What else a plan must know: finished campaigns, the claims of others that are still to come, the
    newest prices (None: those that are shipped), and what settled campaigns taught about them.
    """

    past: tuple[PastCampaign, ...] = ()
    others: tuple[Neighbour, ...] = ()
    prices: PriceBook | None = None
    costs: CostLessons = field(default_factory=CostLessons)


NO_BACKGROUND = Background()


def weeks_back(window: Window, zone: str, *, weeks: int, now: datetime) -> tuple[Window, ...]:
    """The padded window in the newest `weeks` earlier weeks that are wholly past, newest first.

    The wall clock of `zone` decides what the same hour is, so a change of summer time in between
    moves the span by an hour of UTC. Raises KeyError (ZoneInfoNotFoundError) for an unknown zone.
    """
    padded = Window(window.start - PADDING, window.end + PADDING)
    earlier = (_earlier(padded, ZoneInfo(zone), back) for back in count(1))
    past = (span for span in earlier if span.end <= now)
    return tuple(islice(past, max(0, weeks)))


def usual_step(window: Window, workloads: int) -> timedelta:
    """How finely earlier weeks are read: by the minute, or by five where that would take several pages."""
    points = workloads * ((window.duration + 2 * PADDING) / timedelta(minutes=1))
    return timedelta(minutes=1) if points <= _PAGE else timedelta(minutes=5)


def recent_window(now: datetime) -> Window:
    """The last 24 hours, ending at the last full minute."""
    minute = now.replace(second=0, microsecond=0)
    return Window(minute - RECENT, minute)


def same_hour_before(instant: datetime, zone: ZoneInfo, weeks: int) -> datetime:
    """The UTC instant `weeks` weeks before at the same wall-clock time in `zone`.

    An hour that the earlier day skipped or had twice is read with the offset before the change.
    """
    local = instant.astimezone(zone).replace(tzinfo=None) - timedelta(weeks=weeks)
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def _earlier(window: Window, zone: ZoneInfo, weeks: int) -> Window:
    start = same_hour_before(window.start, zone, weeks)
    return Window(start, start + window.duration)
