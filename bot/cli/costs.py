"""`headroom costs`: what campaigns were estimated to cost and what was billed, by campaign and month."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from bot import app
from bot.cli.plan import surrounding_environment
from bot.core.bill import unread_bill
from bot.core.billing_export import Bill, bill_of, read_bill
from bot.core.settled import Settled, by_month, together
from bot.core.settlement import RECENT, correction
from bot.core.wording import say_money
from bot.errors import AskedWrong
from bot.settings.environment import read_settings

_MOST = 1000


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """Adds the month, Google's bill, and how to print it."""
    parser.add_argument("month", nargs="?", default="", help="only this month, as 2025-11")
    parser.add_argument("--export", type=Path, help="a billing export of Google as CSV")
    parser.add_argument("--json", action="store_true", help="print it as JSON")


async def run(arguments: argparse.Namespace) -> int:
    """Reads the database only; says on stderr if the bill in it is old."""
    settings = read_settings(surrounding_environment())
    async with app.parts(settings) as parts, parts.kit.store.begin() as tx:
        past = await tx.settlements.newest(_MOST)
        book = await tx.snapshots.bill()
    house, now = settings.house, parts.clock.now()
    shown = [one for one in past if not arguments.month or one.month == arguments.month]
    bill = bill_of(book, house.zone)
    if arguments.export:
        bill = read_bill(_read(arguments.export))
    print(costs_json(shown, past, bill) if arguments.json else costs_text(shown, past, bill))
    if house.billing and (missing := unread_bill(now, book)):
        print(missing, file=sys.stderr)
    return 0


def costs_text(shown: Sequence[Settled], past: Sequence[Settled], bill: Bill | None) -> str:
    """Months, campaigns, what was learnt, and the whole bill beside them."""
    lines = []
    for month, (estimated, settled, count) in by_month(shown).items():
        said = f"{count} campaigns, {say_money(estimated)} estimated, {say_money(settled)} settled"
        own = [one for one in shown if one.month == month]
        said += "; hours that they shared are counted once" if together(own).shared else ""
        lines.append(f"{month}  {said}")
        lines += [_line(one) for one in own]
        if bill is not None:
            whole = bill.months.get(month)
            said = "nothing in the export" if whole is None else say_money(whole)
            said += " so far" if month in bill.unfinished else ""
            lines.append(f"    Google's bill for Cloud Run, everything in it: {said}")
    if not lines:
        lines.append("No campaign has been settled yet.")
    learnt = correction(past[:RECENT])
    lines.append(
        f"Learnt: {learnt.said}." if learnt else "Learnt: nothing yet, it takes 3 campaigns."
    )
    return "\n".join(lines)


def costs_json(shown: Sequence[Settled], past: Sequence[Settled], bill: Bill | None) -> str:
    """All of it."""
    body: dict[str, Any] = {
        "campaigns": [TypeAdapter(Settled).dump_python(one, mode="json") for one in shown],
        "correction": TypeAdapter(Any).dump_python(correction(past[:RECENT]), mode="json"),
        "bill": None if bill is None else TypeAdapter(Bill).dump_python(bill, mode="json"),
    }
    return json.dumps(body, indent=2, ensure_ascii=False)


def _line(one: Settled) -> str:
    return (
        f"    {one.at:%d %b}  {one.name}: {say_money(one.estimated)} estimated,"
        f" {say_money(one.actual)} settled by {one.basis} ({one.ratio - 1:+.0%})"
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise AskedWrong(f"{path} cannot be read: {error}") from error
