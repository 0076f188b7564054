"""The report as CSV: every number in its column, gaps empty, nothing that a spreadsheet would run."""

import csv
import io
from dataclasses import replace

from bot.cards.report import report_csv
from tests.cards.samples import REPORT, key, row


def _read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_every_row_is_there_with_its_numbers() -> None:
    first, second = _read(report_csv(REPORT))
    assert first["workload"] == "web-frontend"
    assert (first["kind"], first["region"]) == ("service", "europe-west1")
    assert (first["baseline"], first["planned_instances"]) == ("2", "41")
    assert (first["planned_cost"], first["actual_cost"], first["currency"]) == (
        "14.20",
        "13.05",
        "USD",
    )
    assert first["proven_at"] == "2025-11-28T16:44:00+00:00"
    assert second["notes"] == "The peak came at 18:02."


def test_a_cell_is_empty_when_it_was_not_measured() -> None:
    made = row(
        key("search"),
        14,
        actual_demand=None,
        actual_cost=None,
        minutes_at_risk=None,
        proven_at=None,
        uplift=None,
        billable_hours=None,
    )
    found = _read(report_csv(replace(REPORT, rows=(made,))))[0]
    names = (
        "actual_rps",
        "actual_cost",
        "minutes_at_risk",
        "proven_at",
        "uplift",
        "billable_hours",
    )
    assert [found[name] for name in names] == [""] * 6


def test_a_zero_is_a_zero_and_no_gap() -> None:
    assert _read(report_csv(REPORT))[0]["minutes_at_risk"] == "0"


def test_a_cell_is_quoted_when_a_spreadsheet_would_run_it() -> None:
    made = row(key("=cmd()"), 3, notes=('@SUM(A1), "quoted"\nand broken',))
    found = _read(report_csv(replace(REPORT, rows=(made,))))[0]
    assert found["workload"] == "'=cmd()"
    assert found["notes"] == '\'@SUM(A1), "quoted"\nand broken'
