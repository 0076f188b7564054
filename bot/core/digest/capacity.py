"""The digest's part about capacity: how much was needed, between which bounds, and when."""

import math
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.core.bottleneck import shared_limits
from bot.core.digest.facts import DigestFacts
from bot.core.digest.section import EVERYBODY, Cadence, Section
from bot.core.figure import Figure, Table
from bot.core.fleet_lines import Line, line_of
from bot.core.fleet_status import COLUMNS, cells, evidence_of, say_reading
from bot.core.series import Metric, Series
from bot.core.sources import Fleet, added, peak_of
from bot.core.wording import say_clock, say_day


def capacity(facts: DigestFacts, now: datetime) -> Section | None:
    """Peaks of instances and demand, by group; None where there are no workloads."""
    fleet = facts.fleet
    if not fleet.workloads:
        return None
    shared = shared_limits(fleet, facts.house)
    whole = line_of("", fleet, shared, peak_of)
    lines = [line_of(title, part, shared, peak_of) for title, part in by_group(facts)]
    demand = total(fleet, Metric.REQUESTS)
    rows = tuple((one.title, *cells(one)) for one in lines)
    return Section(
        title="Capacity",
        sentences=tuple(_sentences(whole, demand, facts)),
        table=Table("Peaks by group", ("Group", *COLUMNS), rows) if rows else None,
        chart=_chart(demand, facts),
        evidence=evidence_of(fleet, whole, fleet.read_at),
        audiences=EVERYBODY,
    )


def by_group(facts: DigestFacts) -> list[tuple[str, Fleet]]:
    """The groups with their workloads, in the house's order; without empty ones."""
    fleet = facts.fleet
    found = [
        (group.title, fleet.of(one.key for one in fleet.workloads if group.name in one.groups))
        for group in facts.house.groups
    ]
    return [(title, part) for title, part in found if part.workloads]


def total(fleet: Fleet, metric: Metric) -> Series | None:
    """The metric of all workloads together."""
    found = (fleet.series(metric, one.key) for one in fleet.workloads)
    return added([one for one in found if one is not None])


def say_when(at: datetime, facts: DigestFacts) -> str:
    """`18:15`, in a week `Fri 28 Nov 18:00`."""
    clock = say_clock(at, facts.zone)
    if facts.cadence is Cadence.DAILY:
        return clock
    return f"{say_day(at.astimezone(ZoneInfo(facts.zone)).date())} {clock}"


def _label(at: datetime, facts: DigestFacts) -> str:
    """Short enough for an axis: `18:15`, in a week `Fri 18:00`."""
    day = "" if facts.cadence is Cadence.DAILY else say_when(at, facts).split()[0]
    return f"{day} {say_clock(at, facts.zone)}".strip()


def _sentences(whole: Line, demand: Series | None, facts: DigestFacts) -> list[str]:
    said = []
    bounds = f"floor {whole.floor:,}"
    bounds += f", maximum {whole.ceiling:,}" if whole.ceiling is not None else ""
    if whole.instances.value is None:
        said.append("How many instances ran is not known: too little of it was measured.")
    else:
        said.append(f"At most {say_reading(whole.instances)} instances ran at once ({bounds}).")
    busiest = _busiest(demand)
    if whole.requests.value is not None and busiest is not None:
        when = say_when(busiest, facts)
        said.append(f"Demand was highest at {when}: {say_reading(whole.requests)} requests/s.")
    if whole.quiet:
        verb = "was" if whole.quiet == 1 else "were"
        said.append(f"{whole.quiet:,} of {whole.workloads:,} workloads {verb} not seen running.")
    return said


def _busiest(demand: Series | None) -> datetime | None:
    points = demand.points() if demand is not None else []
    return max(points, key=lambda point: point[1])[0] if points else None


def _chart(demand: Series | None, facts: DigestFacts) -> Figure | None:
    if demand is None or not demand.points():
        return None
    values = tuple(None if math.isnan(value) else round(value, 2) for value in demand.values)
    labels = [_label(demand.start + place * demand.step, facts) for place in range(len(values))]
    return Figure("Demand", "Requests per second", tuple(labels), {"Demand": values})
