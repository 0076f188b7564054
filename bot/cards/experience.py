"""What customers feel, in words: the lines in a campaign's message, report and digest."""

from collections.abc import Sequence

from bot.cards.text import rows, said
from bot.cards.wording import count
from bot.core.experience import PageSummary
from bot.core.report import Report
from bot.core.wording import say_latency


def pages_line(pages: Sequence[PageSummary]) -> str:
    """One line of a campaign's message or report; "" where no page belongs to it."""
    if not pages:
        return ""
    if all(one.looks == 0 for one in pages):
        return "*Pages*: not looked at yet."
    if all(one.kept for one in pages):
        slowest = max(pages, key=lambda one: one.p95 or 0)
        looks = count(sum(one.looks for one in pages), "look")
        worst = f"{_speed(slowest.p95)} at the slowest ({said(slowest.title, 40)})"
        return f"*Pages* stayed fast: p95 {worst}, in {looks}."
    return rows(["*Pages*", *(f"• {page_line(one)}" for one in pages)])


def page_changes(report: Report) -> str:
    """How the p95 of each page went from before to during to after, where all three are known."""
    lines = []
    for before, during, after in zip(
        report.pages_before, report.pages, report.pages_after, strict=False
    ):
        times = (before.p95, during.p95, after.p95)
        if None not in times:
            said_times = " → ".join(_speed(one) for one in times)
            lines.append(f"{said(during.title, 60)} {said_times}")
    return f"p95 before → during → after: {'; '.join(lines)}." if lines else ""


def page_line(page: PageSummary) -> str:
    """One page: how many looks were fine, the p95 where there are enough of them, and the worst that was seen."""
    title = said(page.title, 60)
    if page.looks == 0:
        return f"{title}: not looked at, so nothing is known"
    fine = f"{page.fine:,} of {count(page.looks, 'look')} fine"
    speed = "too few for a p95" if page.p95 is None else f"p95 {say_latency(page.p95)}"
    worst = f"; seen: {said(page.worst, 120)}" if page.worst else ""
    return f"{title}: {fine}, {speed} (at most {page.slow_after:g} s){worst}"


def _speed(seconds: float | None) -> str:
    return "not measured" if seconds is None else say_latency(seconds)
