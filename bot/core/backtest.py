"""Replays a trace: plans each event with what was known before it, as the product would; used by bot.cli.backtest.

The scores are in backtest_scoring. The planner is make_plan itself, with evidence made from the series and
with what each finished event taught.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bot.core.arrival import shape_of
from bot.core.backtest_reading import Event, Trace
from bot.core.campaign import Announcement, Campaign, CampaignKind
from bot.core.claiming import claims_of
from bot.core.claims import Claim
from bot.core.days import calendar_for
from bot.core.demand import Usual, usual_demand
from bot.core.evidence import (
    PADDING,
    Background,
    Neighbour,
    PastCampaign,
    WorkloadEvidence,
    recent_window,
    weeks_back,
)
from bot.core.fleet import (
    BillingMode,
    InstanceSize,
    Scaling,
    ScalingMode,
    Workload,
    WorkloadKey,
    WorkloadKind,
)
from bot.core.house import House, Timing
from bot.core.plan import Plan
from bot.core.planner import make_plan
from bot.core.series import Metric, Series
from bot.core.windows import Window

NOTICE = timedelta(hours=2)
_HISTORY = 8
_GROUP = "backtest"
_KINDS = {
    "push": CampaignKind.PUSH,
    "mail": CampaignKind.EMAIL,
    "newsletter": CampaignKind.EMAIL,
    "tv": CampaignKind.TV,
    "social": CampaignKind.PAID_SOCIAL,
    "ramp": CampaignKind.PAID_SOCIAL,
    "slow": CampaignKind.PAID_SOCIAL,
    "sale": CampaignKind.SALE,
    "drop": CampaignKind.DROP,
}


@dataclass(frozen=True, slots=True)
class Rig:
    """The workload that serves the trace: one instance's size and settings, its cold start, its price."""

    cpu_seconds: float = 0.030
    latency_seconds: float = 0.2
    concurrency: int = 80
    vcpu: float = 1.0
    memory_gib: float = 0.5
    startup: timedelta = timedelta(seconds=20)
    billing: BillingMode = BillingMode.REQUEST
    zone: str = "UTC"
    spare: float = 0.1

    @property
    def workload(self) -> Workload:
        """The rig as Cloud Run would describe it: autoscaled, no floor, room enough."""
        return Workload(
            key=WorkloadKey(WorkloadKind.SERVICE, "backtest", "europe-west1", "trace"),
            groups=(_GROUP,),
            size=InstanceSize(self.vcpu, self.memory_gib),
            billing=self.billing,
            concurrency=self.concurrency,
            scaling=Scaling(ScalingMode.AUTOMATIC, floor=0, revision_ceiling=1_000_000),
            token="",
            revision="",
        )

    @property
    def house(self) -> House:
        """House rules with defaults only, apart from what a rig says."""
        return House(
            company="backtest",
            zone=self.zone,
            places=(),
            groups=(),
            engineers="",
            default_channel="",
            roles={},
            timing=Timing(),
            weeks_of_history=_HISTORY,
            spare=self.spare,
        )


@dataclass(frozen=True, slots=True)
class Planned:
    """One event with its plan and its claims; `first` of its kind: nothing was known of it."""

    event: Event
    plan: Plan
    claims: tuple[Claim, ...]
    first: bool
    seen: float


@dataclass(slots=True)
class _Memory:
    """What the replay has learned so far, by the file's own word for the kind."""

    past: dict[str, list[PastCampaign]] = field(default_factory=dict)

    def background(self, kind: str, still_open: Sequence[Planned]) -> Background:
        """Everything is known to have happened; only events of the same word teach the uplift."""
        taught = self.past.get(kind, [])
        # The file's words decide what is alike, so the others get a kind that this one is not.
        strange = next(one for one in CampaignKind if one is not kind_of(kind))
        others = [
            replace(one, kind=strange)
            for word, known in self.past.items()
            if word != kind
            for one in known
        ]
        neighbours = tuple(Neighbour(f"a {one.event.kind}", one.claims) for one in still_open)
        return Background(past=(*taught, *others), others=neighbours)


def replay(trace: Trace, rig: Rig) -> list[Planned]:
    """Plans the events one after the other; an event is learned from once it is over."""
    memory, planned, open_events = _Memory(), list[Planned](), list[tuple[Planned, Usual]]()
    for number, event in enumerate(trace.events, 1):
        now = event.window.start - NOTICE
        for done in [one for one in open_events if one[0].event.window.end <= now]:
            open_events.remove(done)
            _learn(memory, done, trace)
        background = memory.background(event.kind, [one for one, _ in open_events])
        campaign = _campaign(number, event, rig)
        evidence = _evidence(trace.series, campaign, rig)
        plan = make_plan(campaign, [evidence], house=rig.house, now=now, background=background)
        usual = usual_demand(
            evidence,
            event.window,
            calendar_for(event.window.start, rig.zone, {}, background.past),
        )
        one = Planned(
            event=event,
            plan=plan,
            claims=claims_of(plan, campaign),
            first=event.kind not in memory.past,
            seen=_seen(trace, usual, event)[0],
        )
        planned.append(one)
        open_events.append((one, usual))
    return planned


def kind_of(word: str) -> CampaignKind:
    """The kind that a word of an events file means; what is unknown arrives at once."""
    said = word.strip().casefold()
    exact = next((kind for kind in CampaignKind if kind.value.casefold() == said), None)
    near = (kind for part, kind in _KINDS.items() if part in said)
    return exact or next(near, CampaignKind.OTHER)


def _learn(memory: _Memory, done: tuple[Planned, Usual], trace: Trace) -> None:
    planned, usual = done
    event = planned.event
    seen, shape = _seen(trace, usual, event)
    lesson = PastCampaign(
        kind=kind_of(event.kind),
        groups=(_GROUP,),
        announced=event.announced or 0.0,
        seen=seen,
        at=event.window.start,
        until=event.window.end,
        name=f"a {event.kind} event",
        shape=shape,
    )
    memory.past.setdefault(event.kind, []).append(lesson)


def _seen(trace: Trace, usual: Usual, event: Event) -> tuple[float, tuple[float, ...]]:
    """Times the usual demand at the height of the rise (NaN: not measured), and how the rise came."""
    others = [one.window for one in trace.events if one is not event]
    meanwhile = [other for other in others if other.overlaps(event.window)]
    return shape_of(trace.series, usual.curve, event.window, meanwhile)


def _campaign(number: int, event: Event, rig: Rig) -> Campaign:
    announcement = Announcement(
        name=f"{event.kind} {number}",
        kind=kind_of(event.kind),
        window=event.window,
        zone=rig.zone,
        multiplier=event.announced or 0.0,
        groups=(_GROUP,),
    )
    made = event.window.start - NOTICE
    return Campaign(f"event-{number}", announcement, "", "", made)


def _evidence(series: Series, campaign: Campaign, rig: Rig) -> WorkloadEvidence:
    """What Cloud Monitoring would have shown before the event."""
    window = campaign.announcement.window
    now = campaign.announced_at
    spans = weeks_back(window, rig.zone, weeks=_HISTORY, now=now)
    usual = [cut(series, span) for span in spans]
    return WorkloadEvidence(
        workload=rig.workload,
        baseline=0,
        usual=tuple(week for week in usual if week is not None),
        recent=_recent(series, campaign, rig),
    )


def cut(series: Series, span: Window) -> Series | None:
    """The part of the series inside the span, with the point that covers its start; None without any."""
    first = max(0, (span.start - series.start) // series.step)
    last = min(len(series.values), -((series.start - span.end) // series.step))
    if first >= last:
        return None
    values = series.values[first:last]
    if all(map(math.isnan, values)):
        return None
    return Series(series.start + first * series.step, series.step, values)


def _recent(series: Series, campaign: Campaign, rig: Rig) -> dict[Metric, Series]:
    """The last day as an autoscaled service would have recorded it."""
    span = recent_window(campaign.announced_at)
    requests = cut(series, Window(span.start - PADDING, span.end))
    if requests is None:
        return {}
    share = rig.cpu_seconds / (rig.vcpu * 0.6)
    together = rig.latency_seconds / (rig.concurrency * 0.6)
    counts = [math.ceil(value * max(share, together)) for value in _filled(requests.values)]
    used = [
        value * rig.cpu_seconds / (count * rig.vcpu) if count else 0.0
        for value, count in zip(_filled(requests.values), counts, strict=True)
    ]
    measured: dict[Metric, Sequence[float]] = {
        Metric.REQUESTS: requests.values,
        Metric.INSTANCES: counts,
        Metric.ACTIVE: counts,
        Metric.CPU: used,
        Metric.LATENCY_P95: [rig.latency_seconds] * len(counts),
        Metric.STARTUP_P95: [rig.startup.total_seconds()] * len(counts),
    }
    return {
        metric: Series(requests.start, requests.step, tuple(map(float, values)))
        for metric, values in measured.items()
    }


def _filled(values: Sequence[float]) -> list[float]:
    return [0.0 if math.isnan(value) else value for value in values]
