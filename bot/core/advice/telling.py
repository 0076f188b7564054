"""Advice for a terminal and for a digest; pure."""

from bot.core.advice.book import AdviceBook
from bot.core.advice.item import Advice
from bot.core.money import Money
from bot.core.wording import say_money


def as_text(book: AdviceBook, group: str = "") -> str:
    """Every advice with what it rests on; what is not known is named."""
    found = book.of(group)
    lines = [
        f"{len(found)} suggestions for {book.workloads} workloads, from {_days(book)}; {book.priced_on}"
    ]
    for one in found:
        lines += ["", advice_line(one), f"    {one.evidence}", f"    Customers: {one.risk_said}"]
        lines += [f"    Guard: {one.guardrail}", *([f"    {one.how}"] if one.how else [])]
    lines += ["", *(f"Not answered: {one}" for one in book.silent), *book.unknown]
    return "\n".join(lines).rstrip()


def advice_line(one: Advice) -> str:
    """One sentence: where, what, how much."""
    where = "" if one.key is None else f"{one.key.name} ({one.key.region}): "
    return f"{where}{one.title}. {_saving(one)}; risk for customers: {one.risk}."


def _saving(one: Advice) -> str:
    if one.saving.amount > 0:
        return f"Saves about {say_money(one.saving)} a month"
    if one.saving.amount < 0:
        return f"Costs about {say_money(Money(-one.saving.amount, one.saving.currency))} a month"
    return "Costs nothing"


def _days(book: AdviceBook) -> str:
    days = book.span.duration.total_seconds() / 86400
    return f"{days:.0f} days until {book.span.end:%Y-%m-%d %H:%M} UTC"
