"""The digest's section about what could be cheaper or safer; contributed in composing."""

from datetime import datetime, timedelta

from bot.core.advice.telling import advice_line
from bot.core.digest.facts import DigestFacts
from bot.core.digest.section import Audience, Evidence, Section
from bot.core.wording import say_money

_MOST = 5
_OLD = timedelta(days=3)


def advice_section(facts: DigestFacts, now: datetime) -> Section | None:
    """The largest savings; nothing from a look that is older than three days."""
    book = facts.advice
    if book is None or now - book.at > _OLD or not book.advice:
        return None
    count = len(book.advice)
    first = f"About {say_money(book.saving)} a month could be saved in {count} places without anybody waiting."
    if book.saving.amount <= 0:
        first = f"Nothing to save; {count} suggestions make it safer."
    return Section(
        title="What could be cheaper or safer",
        sentences=(first, *(advice_line(one) for one in book.advice[:_MOST])),
        evidence=Evidence(
            measured=book.workloads - len(book.unknown),
            wanted=book.workloads,
            newest=book.span.end,
            silent=book.silent,
        ),
        audiences=frozenset({Audience.ENGINEERS, Audience.FINANCE}),
        advice=("`/headroom advice` shows all of it, with a button each.",),
    )
