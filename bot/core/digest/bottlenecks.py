"""The digest's part about what limits growth: the resource, how near it came, when, and what would widen it."""

from collections import defaultdict
from datetime import datetime

from bot.core.bottleneck import TIGHT, Bottleneck, Limit, own_limits, shared_limits
from bot.core.digest.capacity import say_when
from bot.core.digest.facts import DigestFacts
from bot.core.digest.section import TECHNICAL, Section
from bot.core.figure import Amount, Table
from bot.core.fleet_lines import line_of, names_of
from bot.core.fleet_status import evidence_of
from bot.core.sources import peak_of
from bot.core.wording import say_list

_MOST = 8
_NEAR = 0.5  # below that a limit is not worth a row
_ADVICE = {
    Limit.MAXIMUM: "raise the maximum, or let a campaign do so with approval",
    Limit.CPU: "give more CPU an instance, or a lower CPU target so that it grows earlier",
    Limit.CONCURRENCY: "raise its concurrency if CPU allows, else its maximum",
    Limit.QUOTA: "ask Google for more quota before the next campaign",
    Limit.DEPENDENCY: "widen it, pool its connections, or cap what is in front of it",
}


def bottlenecks(facts: DigestFacts, now: datetime) -> Section | None:
    """The limits that came nearest, the tightest first; None where nothing was measured."""
    fleet = facts.fleet
    found = [(one.title, one) for one in shared_limits(fleet, facts.house)]
    names = names_of(one.key for one in fleet.workloads)
    for workload in fleet.workloads:
        if not fleet.quiet(workload):
            name = names[workload.key]
            found += [(f"{one.title} of {name}", one) for one in own_limits(fleet, workload)]
    if not found:
        return None
    found.sort(key=lambda pair: (-pair[1].share, pair[0]))
    whole = line_of("", fleet, (), peak_of)
    shown = [pair for pair in found if pair[1].share >= _NEAR][:_MOST]
    return Section(
        title="Bottlenecks",
        sentences=(_answer(found, facts),),
        table=_table(shown, facts) if shown else None,
        evidence=evidence_of(fleet, whole, fleet.read_at),
        audiences=TECHNICAL,
        advice=tuple(_advice(found)),
    )


def _answer(found: list[tuple[str, Bottleneck]], facts: DigestFacts) -> str:
    name, worst = found[0]
    when = say_when(worst.at, facts)
    if worst.tight:
        others = sum(one.tight for _, one in found) - 1
        more = "" if not others else f" {_more(others)} of its limit."
        return f"The tightest is {name}: {worst.evidence} at {when}.{more}"
    return f"Nothing came near a limit; the nearest was {name}: {worst.evidence} at {when}."


def _more(others: int) -> str:
    what = "1 more is" if others == 1 else f"{others:,} more are"
    return f"{what} beyond {TIGHT:.0%}"


def _advice(found: list[tuple[str, Bottleneck]]) -> list[str]:
    """One sentence a kind of limit, with what it is true of."""
    tight: dict[Limit, list[str]] = defaultdict(list)
    for name, one in found:
        if one.tight:
            tight[one.limit].append(name.removeprefix(f"{one.limit.value} of "))
    return [
        f"{say_list(names[:3])}{f' and {len(names) - 3:,} more' if len(names) > 3 else ''}:"
        f" {_ADVICE[limit]}."
        for limit, names in tight.items()
    ]


def _table(shown: list[tuple[str, Bottleneck]], facts: DigestFacts) -> Table:
    rows = tuple(
        (name, Amount(one.share, f"{one.share:.0%}"), one.evidence, say_when(one.at, facts))
        for name, one in shown
    )
    return Table("Nearest limits", ("What", "Taken", "Evidence", "When"), rows)
