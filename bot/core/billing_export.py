"""Google's own bill by month, from a billing export saved as CSV or as read from BigQuery; for `headroom costs`."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from bot.core.bill import BillBook, months_of, of_month
from bot.core.money import Money
from bot.errors import AskedWrong

_SERVICE = ("service.description", "service_description", "Service description")
_COST = ("cost", "Cost")
_WHEN = ("usage_start_time", "Usage start date", "invoice.month", "invoice_month")
_CURRENCY = ("currency", "Currency")
_CLOUD_RUN = "cloud run"


@dataclass(frozen=True, slots=True)
class Bill:
    """Cloud Run's part of the bill by month (`2025-11`), all of it, and how many rows or days it came from.

    Of `unfinished` months more is to come.
    """

    months: dict[str, Money]
    rows: int
    unfinished: frozenset[str] = frozenset()


def read_bill(text: str) -> Bill:
    """The rows of the service Cloud Run; raises AskedWrong, with the line, for what cannot be read.

    Columns as in the BigQuery export (`service.description`, `usage_start_time` or `invoice.month`, `cost`,
    `currency`) or with underscores instead of dots.
    """
    reader = csv.DictReader(io.StringIO(text))
    names = reader.fieldnames or []
    service, cost, when = _column(names, _SERVICE), _column(names, _COST), _column(names, _WHEN)
    currency = next((name for name in _CURRENCY if name in names), "")
    months: dict[str, Money] = {}
    count = 0
    for row in reader:
        if (row[service] or "").strip().casefold() != _CLOUD_RUN:
            continue
        month = _month(row[when] or "", reader.line_num)
        amount = Money(_number(row[cost] or "", reader.line_num), row.get(currency) or "USD")
        months[month] = months[month] + amount if month in months else amount
        count += 1
    return Bill(months, count)


def bill_of(book: BillBook | None, zone: str) -> Bill | None:
    """The same from what was read of the export in BigQuery; None before the first time."""
    found = {month: of_month(book, month, zone) for month in months_of(book)}
    known = {month: one for month, one in found.items() if one is not None}
    if book is None or not known:
        return None
    amounts = {month: amount for month, (amount, _) in known.items()}
    unfinished = frozenset(month for month, (_, complete) in known.items() if not complete)
    return Bill(amounts, len(book.days), unfinished)


def _column(names: Sequence[str], wanted: tuple[str, ...]) -> str:
    found = next((name for name in wanted if name in names), None)
    if found is None:
        raise AskedWrong(
            f"The export has no column {wanted[0]}; it has {', '.join(names) or 'none'}."
        )
    return found


def _month(text: str, line: int) -> str:
    digits = text.replace("-", "")[:6]
    if len(digits) != 6 or not digits.isdigit() or not 1 <= int(digits[4:]) <= 12:
        raise AskedWrong(f"Line {line} of the export: {text!r} is not a day or month.")
    return f"{digits[:4]}-{digits[4:]}"


def _number(text: str, line: int) -> Decimal:
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation as error:
        raise AskedWrong(f"Line {line} of the export: {text!r} is not a cost.") from error
