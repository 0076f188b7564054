"""The sentences that make a plan traceable: each number of a workload's plan in plain words; used by planner."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.core.arrival import reaction_time
from bot.core.campaign import Announcement, CampaignKind
from bot.core.capacity import at_full, carries, need, round_up
from bot.core.demand import Usual
from bot.core.fleet import ScalingMode, WorkloadKind
from bot.core.floors import Basis, FloorChoice
from bot.core.plan import Band, Driver, Need, Uplift
from bot.core.weeks import LeftOut
from bot.core.wording import say_clock, say_date, say_list

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ARRIVALS = {
    CampaignKind.PUSH: "A push",
    CampaignKind.EMAIL: "An e-mail",
    CampaignKind.TV: "A TV spot",
    CampaignKind.PAID_SOCIAL: "Paid social",
    CampaignKind.SALE: "A sale",
    CampaignKind.DROP: "A drop",
    CampaignKind.OTHER: "A campaign of this kind",
}


def explain(
    basis: Basis, choice: FloorChoice, announcement: Announcement, uplift: Uplift
) -> tuple[str, ...]:
    """Short sentences: usual, expected, instances, what must be warm, how fast it starts, later steps."""
    if basis.workload.key.kind is WorkloadKind.WORKER_POOL:
        return (_pool(basis, choice),)
    if not choice.by_request:
        return (_proportion(basis, choice),)
    demand = (_usual(basis.usual, announcement), _expected(basis, uplift))
    instances, start = _instances(basis, choice.peak), _startup(basis)
    if choice.floor <= basis.present:
        return (_enough(basis, choice), *demand, instances, start)
    later = _later(choice, announcement)
    return (*demand, instances, _warm(basis, choice), start, *([later] if later else []))


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
    odd = "".join(f" Left out: {_left_out(week)}." for week in usual.left_out)
    notes = "".join(f" {note}" for note in usual.notes)
    return f"Usual {when} peak: {rps(usual.peak.expected)} ({source}).{odd}{notes}"


def _left_out(week: LeftOut) -> str:
    times = f"{say_date(week.day)}, {week.times:.1f} times the others"
    return f"{times} ({week.reason})" if week.reason else times


def _expected(basis: Basis, uplift: Uplift) -> str:
    band = basis.expected
    return f"×{basis.multiplier:.3g} makes {rps(band.expected)} ({_range(band)}). {uplift.sentence}"


def _instances(basis: Basis, peak: Need) -> str:
    sizing = basis.learned.sizing
    total = f"{sizing.spare:.0%} spare makes {peak.instances}"
    if peak.instances > need(basis.expected.expected, sizing).instances:
        total = f"the high end of the forecast takes {peak.instances}"
    match peak.driver:
        case Driver.CPU:
            work = f"{sizing.cpu_seconds * 1000:.0f} ms of CPU a request, {sizing.cpu_target:.0%} target"
            other = f"; {peak.by_concurrency} by concurrency" if peak.by_concurrency else ""
            return f"That takes {_some(peak.by_cpu)} by CPU ({work}{other}); {total}."
        case Driver.CONCURRENCY:
            work = f"{sizing.latency_seconds * 1000:.0f} ms a request, {sizing.concurrency} at once"
            other = f"; {peak.by_cpu} by CPU" if peak.by_cpu else ""
            return (
                f"That takes {_some(peak.by_concurrency)} by concurrency ({work}{other}); {total}."
            )
        case Driver.HISTORY:
            carried = rps(1 / sizing.instances_per_rps)
            return f"At the busiest of the last day one instance carried {carried}; {total}."
        case Driver.PROPORTION | Driver.NOTHING:
            return f"That takes {_some(peak.instances)}."


def _enough(basis: Basis, choice: FloorChoice) -> str:
    """Why no floor rises; first of all sentences, as it is the answer."""
    carried = rps(carries(choice.already, at_full(basis.learned.sizing)))
    reaction = span(reaction_time(basis.learned.startup))
    why = (
        f"{_some(choice.already)} warm anyway can carry {carried}; at most"
        f" {rps(choice.sudden.high)} come before new instances serve ({reaction})."
    )
    if choice.least > choice.already:
        why = (
            f"it takes {span(basis.to_peak)} to its peak, and the autoscaler keeps up with that"
            f" by its model; new instances serve within {reaction}."
        )
    if choice.ceiling_needed is not None:
        ceiling = f"{basis.workload.scaling.effective_ceiling} to {choice.ceiling_needed}"
        return f"Only its maximum must rise, from {ceiling}: {why}"
    return f"No pre-scaling needed: {why}"


def _warm(basis: Basis, choice: FloorChoice) -> str:
    reaction = reaction_time(basis.learned.startup)
    follows = f"new instances serve ({span(reaction)})"
    if basis.workload.scaling.mode is ScalingMode.MANUAL:
        return f"It is scaled by hand, so {_some(choice.floor)} must stand before the start."
    arrival = f"{_ARRIVALS[basis.kind]} takes {span(basis.to_peak)} to its peak{_seen(basis)}"
    if basis.to_peak <= reaction:
        return f"{arrival}, sooner than {follows}: {choice.floor} must be warm at the start."
    return (
        f"{arrival}, but up to {rps(choice.sudden.high)} come sooner than {follows}:"
        f" {choice.floor} must be warm at the start."
    )


def _seen(basis: Basis) -> str:
    count = basis.arrival.learned_from
    if not count:
        return ""
    return " (as the last one did)" if count == 1 else f" (as the last {count} did)"


def _later(choice: FloorChoice, announcement: Announcement) -> str:
    """The steps after the first, which cost less for the same promise."""
    start, zone = announcement.window.start, announcement.zone
    steps = [
        f"{level.floor} from {say_clock(start + level.since, zone)}" for level in choice.levels[1:]
    ]
    return f"Later fewer will do: {say_list(steps)}." if steps else ""


def _startup(basis: Basis) -> str:
    taken = span(basis.learned.startup)
    if basis.learned.startup_measured:
        return f"An instance starts in {taken} (p95 of the last day)."
    return f"No start was measured in the last day; {taken} is assumed for one."


def _pool(basis: Basis, choice: FloorChoice) -> str:
    if not choice.needed:
        return f"The worker pool stays at {_some(choice.floor)}."
    return (
        f"Worker pools have no request metric: its {_some(basis.present)}"
        f" ×{basis.multiplier:.3g} make {choice.floor}."
    )


def _proportion(basis: Basis, choice: FloorChoice) -> str:
    seen = basis.learned.seen_instances
    if choice.peak.driver is Driver.NOTHING:
        return (
            f"No requests came in these hours of earlier weeks; its floor stays at {choice.floor}."
        )
    if not seen:
        return f"Nothing was measured to size it by; its floor stays at {choice.floor}."
    spare = f"{basis.learned.sizing.spare:.0%} spare"
    return f"{_some(seen)} of the last day ×{basis.multiplier:.3g}, with {spare}: {choice.floor}."


def rps(value: float) -> str:
    """Requests per second for people: whole from 10 on."""
    return f"{_count(value)} requests/s"


def span(duration: timedelta) -> str:
    """A short duration for people: `45 s`, `2 min 24 s`, `15 min`; none is `no time`."""
    minutes, seconds = divmod(round_up(duration.total_seconds()), 60)
    words = [f"{minutes} min"] * bool(minutes) + [f"{seconds} s"] * bool(seconds)
    return " ".join(words) or "no time"


def _some(instances: int) -> str:
    return f"{instances} instance" if instances == 1 else f"{instances} instances"


def _range(band: Band) -> str:
    return f"{_count(band.low)}–{_count(band.high)}"


def _count(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == 0 else f"{value:.2g}"
