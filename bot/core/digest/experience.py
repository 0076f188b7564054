"""The digest's section on what customers felt: pages as they were looked at, and what groups promise; contributed in composing."""

from datetime import datetime

from bot.core.digest.facts import DigestFacts
from bot.core.digest.section import Evidence, Section
from bot.core.experience import PageSummary
from bot.core.figure import Table
from bot.core.wording import say_latency


def experience_section(facts: DigestFacts, now: datetime) -> Section | None:
    """Were pages fast, and how much of each error budget is left."""
    pages, kept = facts.pages, facts.objectives
    if not pages and not kept:
        return None
    looked = [one for one in pages if one.looks]
    bad = [one for one in looked if not one.kept]
    sentences = [_answer(len(pages), len(looked), len(bad))] if pages else []
    sentences += [
        f"{one.title}: {one.fine:,} of {one.looks:,} looks were fine{_worst(one)}." for one in bad
    ]
    sentences += [one.sentence for one in kept]
    return Section(
        title="What customers felt",
        sentences=tuple(sentences),
        table=Table("Pages", ("Page", "Fine looks", "p95"), tuple(_row(one) for one in pages))
        if looked
        else None,
        evidence=Evidence(
            measured=len(looked) + sum(one.measured for one in kept),
            wanted=len(pages) + sum(one.wanted for one in kept),
            newest=max((one.newest for one in kept if one.newest), default=None),
            silent=facts.experience_silent,
            what="points",
        ),
        advice=tuple(one.advice for one in kept if one.advice),
    )


def _answer(pages: int, looked: int, bad: int) -> str:
    if looked == 0:
        return "No page was looked at, so nothing is known of what customers felt."
    if bad:
        return f"{bad} of {looked} pages were not as they should be in more than 5 of 100 looks."
    return (
        "Every page was right and fast."
        if looked == pages
        else f"All {looked} pages that were looked at were right and fast."
    )


def _worst(one: PageSummary) -> str:
    return f" ({one.worst})" if one.worst else ""


def _row(one: PageSummary) -> tuple[str, str, str]:
    p95 = "too few looks" if one.p95 is None else say_latency(one.p95)
    return one.title, f"{one.fine:,} of {one.looks:,}", p95
