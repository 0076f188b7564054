"""The digest's part about what customers felt: failed requests and slow answers, where they were worst."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.digest.capacity import say_when, total
from bot.core.digest.facts import DigestFacts
from bot.core.digest.section import EVERYBODY, TECHNICAL, Audience, Section
from bot.core.figure import Amount, Table
from bot.core.fleet import Workload
from bot.core.fleet_lines import line_of
from bot.core.fleet_status import evidence_of, say_seconds, say_share
from bot.core.series import Metric
from bot.core.sources import Fleet, Reading, total_of

_WORTH_A_ROW = 0.001
_MOST = 8


@dataclass(frozen=True, slots=True)
class _Failed:
    workload: Workload
    failed: float
    share: Reading


def errors(facts: DigestFacts, now: datetime) -> Section | None:
    """How many requests failed, when and where most; None where nothing takes requests."""
    fleet = facts.fleet
    whole = line_of("", fleet)
    if not fleet.workloads or (whole.requests.value is None and not fleet.silent):
        return None
    found = [one for one in (_of(fleet, workload) for workload in fleet.workloads) if one]
    worst = sorted(found, key=lambda one: (-one.failed, str(one.workload.key)))[:_MOST]
    worst = [one for one in worst if (one.share.value or 0.0) >= _WORTH_A_ROW]
    return Section(
        title="Errors and speed",
        sentences=tuple(_sentences(facts, whole.errors, worst, whole.p95)),
        table=_table(worst, fleet) if worst else None,
        evidence=evidence_of(fleet, whole, fleet.read_at),
        audiences=EVERYBODY - {Audience.FINANCE},
        detail_for=TECHNICAL,
    )


def _sentences(facts: DigestFacts, share: Reading, worst: list[_Failed], p95: Reading) -> list[str]:
    said = []
    failed = total(facts.fleet, Metric.ERRORS)
    if share.value is None:
        said.append("How many requests failed is not known: too little of it was measured.")
    elif share.value == 0:
        said.append("No request failed.")
    else:
        said.append(f"{say_share(share).capitalize()} of the requests failed.")
        points = failed.points() if failed is not None else []
        if points and share.value >= _WORTH_A_ROW:
            at, rate = max(points, key=lambda point: point[1])
            said.append(f"Most failed at {say_when(at, facts)}: {rate:,.1f} a second.")
    if worst:
        first = worst[0]
        said.append(f"{first.workload.key.name} failed most: {say_share(first.share)} of its own.")
    if p95.value is not None:
        said.append(
            f"At the slowest, 95% of the answers took less than {say_seconds(p95)} on average."
        )
    return said


def _of(fleet: Fleet, workload: Workload) -> _Failed | None:
    failed = total_of(fleet.series(Metric.ERRORS, workload.key))
    asked = total_of(fleet.series(Metric.REQUESTS, workload.key))
    if failed.value is None or not asked.value:
        return None
    share = Reading(failed.value / asked.value, asked.measured, asked.wanted)
    return _Failed(workload, failed.value, share)


def _table(worst: list[_Failed], fleet: Fleet) -> Table:
    rows = []
    for one in worst:
        p95 = line_of("", fleet.of([one.workload.key])).p95
        rows.append(
            (
                one.workload.key.name,
                one.workload.key.region,
                Amount(one.failed, f"{one.failed:,.0f}"),
                Amount(one.share.value or 0.0, say_share(one.share)),
                say_seconds(p95),
            )
        )
    columns = ("Workload", "Region", "Failed requests", "Share", "p95")
    return Table("Where requests failed", columns, tuple(rows))
