"""How the fleet stands now, as a section: capacity, errors, speed, what limits it, and cost; for `/headroom status`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.bottleneck import Bottleneck, shared_limits
from bot.core.digest.section import OURS, Evidence, Section
from bot.core.figure import Table
from bot.core.fleet_lines import Line, line_of, names_of
from bot.core.house import House
from bot.core.money import Money
from bot.core.sources import Fleet, Reading
from bot.core.spending import Spending, spent
from bot.core.wording import say_duration, say_latency, say_list, say_money, say_number

_OLD = timedelta(minutes=2)
_MOST = 40  # workloads listed singly; the busiest first
COLUMNS = ("Instances", "Floor", "Maximum", "Requests/s", "Errors", "p95", "Nearest limit")


@dataclass(frozen=True, slots=True)
class Standing:
    """`whole` is the fleet that shared limits are worked out from, `fleet` the part that is asked about.

    `today` and `week_ago` have the billable time since midnight and over the same hours a week ago (None:
    not asked). `planned` is what the campaigns of today are planned to cost.
    """

    house: House
    whole: Fleet
    fleet: Fleet
    today: Fleet | None = None
    week_ago: Fleet | None = None
    planned: Money | None = None
    by_workload: bool = False


def fleet_section(standing: Standing, now: datetime) -> Section:
    """The answer in sentences, a table of groups or workloads, and how far it can be relied on."""
    shared = shared_limits(standing.whole, standing.house)
    whole = line_of("", standing.fleet, shared)
    lines = _lines(standing, shared)
    sentences = [*_capacity(whole), _limits(whole, lines), _waiting(whole)]
    if standing.today is not None and whole.workloads:
        sentences.append(_cost(standing))
    return Section(
        title="Capacity now",
        sentences=tuple(one for one in sentences if one),
        table=_table(lines, "Workload" if standing.by_workload else "Group"),
        evidence=evidence_of(standing.fleet, whole, now, _others(standing)),
        audiences=OURS,
    )


def evidence_of(fleet: Fleet, line: Line, now: datetime, others: Sequence[Fleet] = ()) -> Evidence:
    """How many workloads were measured, until when, and which sources were silent."""
    silent = say_silent([fleet, *others])
    if now - fleet.seen_at > _OLD:
        silent.append(
            f"a new list of workloads: this one is {say_duration(now - fleet.seen_at)} old"
        )
    return Evidence(
        measured=line.instances.measured,
        wanted=line.instances.wanted,
        newest=fleet.newest(),
        silent=tuple(silent),
    )


def say_silent(fleets: Sequence[Fleet]) -> list[str]:
    """Which sources did not answer, by reason."""
    by_reason: dict[str, set[str]] = {}
    for one in fleets:
        for what, why in one.silent.items():
            by_reason.setdefault(why, set()).add(what)
    return [
        say_list(sorted(what)) + (f" ({why})" if why else "")
        for why, what in sorted(by_reason.items())
    ]


def cells(line: Line) -> tuple[str, ...]:
    """A line as the cells of `COLUMNS`; what was not measured is said so."""
    limit = line.tightest
    return (
        say_reading(line.instances),
        f"{line.floor:,}",
        "by hand" if line.ceiling is None else f"{line.ceiling:,}",
        say_reading(line.requests),
        say_share(line.errors),
        say_seconds(line.p95),
        "?" if limit is None else f"{limit.title} {limit.share:.0%}",
    )


def say_reading(figure: Reading) -> str:
    """`1,240`, `at least 1,240` where parts are missing, `?` where too many are."""
    if figure.value is None:
        return _unknown(figure)
    said = f"{figure.value:,.0f}" if figure.value >= 10 else say_number(round(figure.value, 1))
    return said if figure.whole else f"at least {said}"


def _unknown(figure: Reading) -> str:
    """Not measured, or nothing that could be."""
    return "?" if figure.wanted else "–"


def say_share(figure: Reading) -> str:
    """`0.3%`."""
    if figure.value is None:
        return _unknown(figure)
    if 0 < figure.value < 0.0005:
        return "under 0.1%"
    return f"{say_number(round(figure.value * 100, 1))}%"


def say_seconds(figure: Reading) -> str:
    """As `say_latency`, `?` where too little was measured."""
    if figure.value is None:
        return _unknown(figure)
    return say_latency(figure.value)


def _lines(standing: Standing, shared: Sequence[Bottleneck]) -> list[Line]:
    fleet = standing.fleet
    if standing.by_workload:
        names = names_of(one.key for one in fleet.workloads)
        found = [line_of(name, fleet.of([key]), shared) for key, name in names.items()]
        return sorted(found, key=_busiest)[:_MOST]
    groups = [
        (group.title, [one.key for one in fleet.workloads if group.name in one.groups])
        for group in standing.house.groups
    ]
    lone = [one.key for one in fleet.workloads if not one.groups]
    groups += [("In no group", lone)] if lone else []
    return [line_of(title, fleet.of(keys), shared) for title, keys in groups if keys]


def _busiest(line: Line) -> tuple[float, float, str]:
    share = line.tightest.share if line.tightest else 0.0
    return (-share, -(line.instances.value or 0.0), line.title)


def _table(lines: Sequence[Line], first: str) -> Table | None:
    if not lines:
        return None
    rows = tuple((line.title, *cells(line)) for line in lines)
    return Table(f"By {first.lower()}", (first, *COLUMNS), rows)


def _capacity(line: Line) -> list[str]:
    if not line.workloads:
        return ["I see no workload here."]
    if line.instances.value is None:
        return ["How many instances run is not known: too little of it was measured."]
    most = "" if line.ceiling is None else f" and a maximum of {line.ceiling:,}"
    said = [
        f"{say_reading(line.instances).capitalize()} instances run, between a floor of"
        f" {line.floor:,}{most}."
        if most
        else f"{say_reading(line.instances).capitalize()} instances run; the floor is {line.floor:,}."
    ]
    if line.requests.value is not None:
        errors = "" if line.errors.value is None else f", {say_share(line.errors)} of them errors"
        p95 = "" if line.p95.value is None else f"; p95 {say_seconds(line.p95)} at the slowest"
        said.append(f"{say_reading(line.requests).capitalize()} requests/s{errors}{p95}.")
    return said


def _limits(whole: Line, lines: Sequence[Line]) -> str:
    tight = [one for one in lines if one.tightest is not None and one.tightest.tight]
    if tight:
        named = [_named(one.title, one.tightest) for one in tight[:3] if one.tightest]
        more = f" and {len(tight) - 3:,} more" if len(tight) > 3 else ""
        return f"Tight: {say_list(named)}{more}."
    if whole.tightest is None:
        return ""
    return f"Nothing is tight; the nearest limit is {_limit(whole.tightest)}."


def _named(title: str, limit: Bottleneck) -> str:
    return f"{title} ({limit.title} at {limit.share:.0%}: {limit.evidence})"


def _limit(limit: Bottleneck | None) -> str:
    return "" if limit is None else f"{limit.title} at {limit.share:.0%} ({limit.evidence})"


def _waiting(whole: Line) -> str:
    if not whole.waiting.value or whole.waiting.value < 1:
        return ""
    return f"Up to {whole.waiting.value:,.0f} requests waited for an instance at once."


def _cost(standing: Standing) -> str:
    if standing.today is None:
        return ""
    discount = standing.house.discount
    today = spent(standing.today, discount)
    if today.amount is None:
        return "What it cost today is not known: too little of it was measured."
    before = spent(standing.week_ago, discount) if standing.week_ago else Spending(None, 0, 0)
    said = f"Since midnight it cost about {say_money(today.amount)}"
    if before.amount is not None and before.amount.amount > 0:
        change = float(today.amount.amount / before.amount.amount) - 1
        word = f"{abs(change):.0%} {'more' if change > 0 else 'less'} than"
        said += f", {'as much as' if abs(change) < 0.005 else word} in the same hours a week ago"
    if standing.planned is not None and standing.planned.amount > 0:
        said += f"; the campaigns of today are planned at {say_money(standing.planned)}"
    return f"{said}."


def _others(standing: Standing) -> list[Fleet]:
    return [one for one in (standing.today, standing.week_ago) if one is not None]
