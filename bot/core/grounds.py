"""The sentences that make a plan traceable: each number of a workload's plan in plain words; used by planner."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from bot.core.arrival import ramp_of, reaction_time, sudden_share
from bot.core.campaign import Announcement, CampaignKind
from bot.core.capacity import at_full, carries, need, round_up
from bot.core.demand import Usual
from bot.core.fleet import ScalingMode, WorkloadKind
from bot.core.plan import Band, Driver, Need
from bot.core.warmth import Situation, Warmth

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ARRIVALS = {
    CampaignKind.PUSH: "A push",
    CampaignKind.EMAIL: "An e-mail",
    CampaignKind.TV: "A TV spot",
    CampaignKind.PAID_SOCIAL: "Paid social",
    CampaignKind.SALE: "A sale",
    CampaignKind.DROP: "A drop",
    CampaignKind.OTHER: "A campaign of this kind",
}


def explain(situation: Situation, warmth: Warmth, announcement: Announcement) -> tuple[str, ...]:
    """At most five short sentences: usual, expected, instances, what must be warm, how fast it starts."""
    if situation.workload.key.kind is WorkloadKind.WORKER_POOL:
        return (_pool(situation, warmth),)
    if not warmth.by_request:
        return (_proportion(situation, warmth),)
    return (
        _usual(situation.usual, announcement),
        _expected(situation),
        _instances(situation, warmth.peak),
        _warm(situation, warmth),
        _startup(situation),
    )


def _usual(usual: Usual, announcement: Announcement) -> str:
    zone = ZoneInfo(announcement.zone)
    start, end = (
        edge.astimezone(zone) for edge in (announcement.window.start, announcement.window.end)
    )
    when = f"{_DAYS[start.weekday()]} {start:%H:%M}–{end:%H:%M}"
    if usual.weeks == 0:
        return f"Demand of the last day at {start:%H:%M}–{end:%H:%M}: {rps(usual.peak.expected)} at its peak."
    if usual.weeks == 1:
        return f"Usual {when} peak: {rps(usual.peak.expected)} (one earlier week)."
    source = f"median of {usual.weeks} weeks: {_range(usual.peak)}"
    odd = "".join(
        f" Left out: {_day(week.day)}, {week.times:.1f} times the others."
        for week in usual.left_out
    )
    return f"Usual {when} peak: {rps(usual.peak.expected)} ({source}).{odd}"


def _expected(situation: Situation) -> str:
    band = situation.expected
    return f"×{situation.multiplier:g} makes {rps(band.expected)} ({_range(band)})."


def _instances(situation: Situation, peak: Need) -> str:
    sizing = situation.learned.sizing
    total = f"{sizing.spare:.0%} spare makes {peak.instances}"
    if peak.instances > need(situation.expected.expected, sizing).instances:
        total = f"the high end of the forecast takes {peak.instances}"
    match peak.driver:
        case Driver.CPU:
            work = f"{sizing.cpu_seconds * 1000:.0f} ms of CPU a request, {sizing.cpu_target:.0%} target"
            other = f"; {peak.by_concurrency} by concurrency" if peak.by_concurrency else ""
            return f"That takes {peak.by_cpu} instances by CPU ({work}{other}); {total}."
        case Driver.CONCURRENCY:
            work = f"{sizing.latency_seconds * 1000:.0f} ms a request, {sizing.concurrency} at once"
            other = f"; {peak.by_cpu} by CPU" if peak.by_cpu else ""
            return f"That takes {peak.by_concurrency} instances by concurrency ({work}{other}); {total}."
        case Driver.HISTORY:
            carried = rps(1 / sizing.instances_per_rps)
            return f"At the busiest of the last day one instance carried {carried}; {total}."
        case Driver.PROPORTION | Driver.NOTHING:
            return f"That takes {peak.instances} instances."


def _warm(situation: Situation, warmth: Warmth) -> str:
    reaction = reaction_time(situation.learned.startup)
    follows = f"new instances serve ({span(reaction)})"
    if not warmth.needed:
        carried = rps(carries(warmth.already, at_full(situation.learned.sizing)))
        return (
            f"No pre-scaling needed: {warmth.already} instances are warm anyway and carry {carried};"
            f" at most {rps(warmth.sudden.high)} come before {follows}."
        )
    if situation.workload.scaling.mode is ScalingMode.MANUAL:
        return f"It is scaled by hand, so {warmth.floor} instances must stand before the start."
    arrival = f"{_ARRIVALS[situation.kind]} takes {span(ramp_of(situation.kind))} to its peak"
    if sudden_share(situation.kind, reaction) >= 1:
        return f"{arrival}, sooner than {follows}: {warmth.floor} must be warm at the start."
    return (
        f"{arrival}; {rps(warmth.sudden.expected)} come before {follows},"
        f" so {warmth.floor} warm instances are enough."
    )


def _startup(situation: Situation) -> str:
    taken = span(situation.learned.startup)
    if situation.learned.startup_measured:
        return f"An instance starts in {taken} (p95 of the last day)."
    return f"No start was measured in the last day; {taken} is assumed for one."


def _pool(situation: Situation, warmth: Warmth) -> str:
    if not warmth.needed:
        return f"The worker pool stays at {warmth.floor} instances."
    return (
        f"Worker pools have no request metric: its {situation.present} instances"
        f" ×{situation.multiplier:g} make {warmth.floor}."
    )


def _proportion(situation: Situation, warmth: Warmth) -> str:
    seen = situation.learned.seen_instances
    if warmth.peak.driver is Driver.NOTHING:
        return (
            f"No requests came in these hours of earlier weeks; its floor stays at {warmth.floor}."
        )
    if not seen:
        return f"Nothing was measured to size it by; its floor stays at {warmth.floor}."
    spare = f"{situation.learned.sizing.spare:.0%} spare"
    return (
        f"{seen} instances of the last day ×{situation.multiplier:g}, with {spare}: {warmth.floor}."
    )


def rps(value: float) -> str:
    """Requests per second for people: whole from 10 on."""
    return f"{_count(value)} requests/s"


def span(duration: timedelta) -> str:
    """A short duration for people: `45 s`, `2 min 24 s`, `15 min`; none is `no time`."""
    minutes, seconds = divmod(round_up(duration.total_seconds()), 60)
    words = [f"{minutes} min"] * bool(minutes) + [f"{seconds} s"] * bool(seconds)
    return " ".join(words) or "no time"


def _range(band: Band) -> str:
    return f"{_count(band.low)}–{_count(band.high)}"


def _count(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == 0 else f"{value:.2g}"


def _day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]}"
