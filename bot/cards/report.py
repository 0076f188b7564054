"""After a campaign: planned against actual, as a card with one chart and as CSV. Called by the drive flow."""

import csv
import io
import math
from collections.abc import Mapping

from bot.cards.blocks import context, header, message, section
from bot.cards.experience import page_changes, pages_line
from bot.cards.figures import chart as draw
from bot.cards.text import rows, said
from bot.cards.view import group_titles, name_of
from bot.cards.wording import (
    count,
    labels,
    listing,
    mention,
    moment,
    money,
    number,
    span,
    sparkline,
)
from bot.core.campaign import Campaign
from bot.core.figure import Figure
from bot.core.fleet import WorkloadKey
from bot.core.house import House
from bot.core.message import Block, Message
from bot.core.report import Chart, Report, ReportRow

_COLUMNS = (
    "kind",
    "project",
    "region",
    "workload",
    "baseline",
    "planned_instances",
    "actual_instances",
    "needed_instances",
    "usual_rps",
    "planned_rps",
    "actual_rps",
    "uplift",
    "minutes_at_risk",
    "planned_cost",
    "actual_cost",
    "wasted_cost",
    "currency",
    "billable_hours",
    "proven_at",
    "restored_at",
    "notes",
    "held_instances",
)


def report_card(campaign: Campaign, report: Report, *, house: House) -> Message:
    """The outcome first, then cost, workloads, chart and what to learn."""
    title = f"{name_of(campaign)}: the report"
    asked = campaign.announcement
    titles = listing(group_titles(campaign, house))
    when = f"{mention(campaign.announcer)}, {span(asked.window, asked.zone)}, {titles}"
    parts = [
        summary(report),
        _workloads(report, asked.zone),
        _bullets("What to learn", report.lessons),
    ]
    parts = [part for part in parts if part]
    blocks = [header(title), *(section(part) for part in parts)]
    blocks[2:2] = charts(report.chart)
    if missing := _not_measured(report):
        blocks.append(context(missing))
    blocks.append(context(when))
    text = [title, *parts, _as_line(report), _not_measured(report)]
    return message("\n".join(part for part in text if part), blocks)


def summary(report: Report) -> str:
    """Was it warm, were pages fast, was the demand as announced, what did it cost; a line each."""
    felt = [line for line in (pages_line(report.pages), page_changes(report)) if line]
    lines = (_risk(report), *felt, _demand(report), _cost(report), _settled(report))
    return "\n".join(line for line in lines if line)


def charts(chart: Chart | None) -> list[Block]:
    """Planned against actual as one line chart; empty when there is nothing to draw."""
    if chart is None:
        return []
    lines = {"Planned": chart.planned, "Actual": chart.actual}
    drawn = draw(Figure(chart.title or "Demand", "Requests per second", chart.labels, lines))
    return [] if drawn is None else [drawn]


def report_csv(report: Report) -> str:
    """All rows with all numbers; what was not measured is an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for row in report.rows:
        writer.writerow([_cell(value) for value in _values(row)])
    return out.getvalue()


def _risk(report: Report) -> str:
    if report.minutes_at_risk is None:
        return "*Customers*: whether anybody waited could not be measured."
    if report.minutes_at_risk == 0:
        return "*Customers*: nobody waited for an instance, not for a minute."
    minutes = count(report.minutes_at_risk, "minute")
    return f"*Customers*: in {minutes} there were fewer instances than the demand needed."


def _demand(report: Report) -> str:
    planned = f"{number(report.planned_demand)} requests/s planned"
    announced = f"{number(report.uplift_announced)}× announced"
    if report.actual_demand is None:
        return f"*Demand*: {planned} ({announced}); what really came was not measured."
    seen = f", {number(report.uplift_seen)}× seen" if report.uplift_seen is not None else ""
    error = _error(report.uplift_error)
    return f"*Demand*: {number(report.actual_demand)} requests/s at the peak, {planned} ({announced}{seen}{error})."


def _error(error: float | None) -> str:
    """How far the plan was off."""
    if error is None:
        return ""
    return f", {abs(error):.0%} {'more' if error > 0 else 'less'} than planned for"


def _cost(report: Report) -> str:
    planned = f"{money(report.planned_cost)} planned"
    hours = ""
    if report.billable_hours is not None:
        hours = f", {number(report.billable_hours)} billable instance hours"
    if report.warmed_nothing:
        return f"*Cost*: nothing was warmed, so nothing was paid for it; {planned}{hours}."
    if report.actual_cost is None:
        return f"*Cost*: {planned}; what it really cost could not be measured{hours}."
    wasted = ""
    if report.wasted is not None and report.wasted.cents().amount > 0:
        wasted = f"; {money(report.wasted)} of it for instances that even the busiest minute did not need"
    held = f"{money(report.actual_cost)} for holding the extra instances"
    return f"*Cost*: {held}, {planned}{hours}{wasted}."


def _settled(report: Report) -> str:
    """The whole of what its hours cost, traffic included, against the estimate."""
    one = report.settled
    if one is None:
        return ""
    off = f"{abs(one.ratio - 1):.0%} {'more' if one.ratio > 1 else 'less'}"
    learnt = f"; {said(report.learnt, 200)}" if report.learnt else ""
    return (
        f"*Settled*: its hours cost {money(one.settled)} by Cloud Run's billable time, traffic included,"
        f" {money(one.estimated)} estimated ({off}){learnt}."
    )


def _workloads(report: Report, zone: str) -> str:
    named = labels(row.key for row in report.rows)
    found = sorted(
        report.rows, key=lambda row: (row.baseline - row.planned_instances, str(row.key))
    )
    lines = [_row(row, named, zone) for row in found]
    return f"*Workloads*\n{rows(lines, limit=2600)}" if lines else ""


def _row(row: ReportRow, named: Mapping[WorkloadKey, str], zone: str) -> str:
    demand = "" if row.actual_demand is None else f", {number(row.actual_demand)}/s at the peak"
    needed = "" if row.needed_instances is None else f", {row.needed_instances:,} needed"
    held = "not held" if row.missed else f"{row.held:,} held"
    line = f"• *{named[row.key]}* {held}{needed}{demand}"
    if row.minutes_at_risk:
        line += f", {count(row.minutes_at_risk, 'minute')} at risk"
    if row.proven_at is not None:
        line += f", proven {moment(row.proven_at, zone, only_time=True)}"
    if row.restored_at is not None:
        line += f", given back {moment(row.restored_at, zone, only_time=True)}"
    return line + "".join(f"\n   {said(note, 200)}" for note in row.notes[:2])


def _bullets(title: str, sentences: tuple[str, ...]) -> str:
    lines = [f"• {said(sentence, 300)}" for sentence in sentences]
    return f"*{title}*\n{rows(lines, most=6, limit=2600)}" if lines else ""


def _not_measured(report: Report) -> str:
    what = listing([name for name in (said(name, 60) for name in report.missing) if name])
    return f"Not measured: {what}." if what else ""


def _as_line(report: Report) -> str:
    if report.chart is None:
        return ""
    planned = sparkline(report.chart.planned)
    actual = sparkline([math.nan if v is None else v for v in report.chart.actual])
    return f"{said(report.chart.title)}\nplanned {planned}\nactual  {actual}"


def _values(row: ReportRow) -> tuple[object, ...]:
    key = row.key
    actual_cost = None if row.actual_cost is None else row.actual_cost.cents().amount
    return (
        key.kind.value,
        key.project,
        key.region,
        key.name,
        row.baseline,
        row.planned_instances,
        row.actual_instances,
        row.needed_instances,
        round(row.usual_demand, 3),
        round(row.planned_demand, 3),
        None if row.actual_demand is None else round(row.actual_demand, 3),
        None if row.uplift is None else round(row.uplift, 3),
        row.minutes_at_risk,
        row.planned_cost.cents().amount,
        actual_cost,
        None if row.wasted is None else row.wasted.cents().amount,
        row.planned_cost.currency,
        None if row.billable_hours is None else round(row.billable_hours, 3),
        None if row.proven_at is None else row.proven_at.isoformat(),
        None if row.restored_at is None else row.restored_at.isoformat(),
        " ".join(row.notes),
        row.held_instances,
    )


def _cell(value: object) -> object:
    """A text that a spreadsheet would run as a formula is quoted (OWASP: CSV injection)."""
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        return f"'{value}"
    return "" if value is None else value
