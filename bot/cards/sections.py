"""Sections of core.digest as Slack blocks and as plain text; the same for status, digests and the terminal."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.cards.blocks import context, section
from bot.cards.figures import CHART, chart, chart_text, table, table_text
from bot.cards.text import rows, said
from bot.cards.wording import duration, listing, moment
from bot.core.digest.section import Evidence, Section
from bot.core.message import Block

_SENTENCE = 400
_CHARTS = 2


def section_blocks(shown: Section, zone: str, now: datetime) -> list[Block]:
    """Its answer, its table and chart, what to do about it, and how far it can be relied on."""
    blocks: list[Block] = [section(_words(shown))]
    if shown.table is not None and (drawn := table(shown.table)):
        blocks.append(drawn)
    if shown.chart is not None and (line := chart(shown.chart)):
        blocks.append(line)
    if small := evidence_line(shown.evidence, zone, now):
        blocks.append(context(small))
    return blocks


def few_charts(blocks: Sequence[Block]) -> list[Block]:
    """Slack takes two charts a message; the text of the others is in their sections' tables."""
    kept, charts = [], 0
    for block in blocks:
        charts += block["type"] == CHART
        if block["type"] != CHART or charts <= _CHARTS:
            kept.append(block)
    return kept


def section_text(shown: Section, zone: str, now: datetime) -> str:
    """The same where blocks cannot be: nothing that a block says is missing."""
    parts = [
        _words(shown),
        table_text(shown.table) if shown.table else "",
        chart_text(shown.chart) if shown.chart else "",
        evidence_line(shown.evidence, zone, now),
    ]
    return "\n".join(part for part in parts if part)


def evidence_line(evidence: Evidence, zone: str, now: datetime) -> str:
    """Until when was measured, how much of it, and which source is missing; "" where nothing had to be."""
    parts = []
    if evidence.newest is not None:
        age = now - evidence.newest
        when = moment(evidence.newest, zone, only_time=age < timedelta(hours=12))
        ago = f" ({duration(age)} ago)" if age > timedelta(0) else ""
        parts.append(f"Measured until {when}{ago}")
    elif evidence.wanted:
        parts.append("Nothing was measured")
    if evidence.wanted:
        parts.append(
            f"{evidence.measured:,} of {evidence.wanted:,} {said(evidence.what, 40)} measured"
        )
    if evidence.silent:
        parts.append(f":warning: missing: {listing([said(one, 160) for one in evidence.silent])}")
    return ". ".join(parts) + "." if parts else ""


def _words(shown: Section) -> str:
    lines = [said(sentence, _SENTENCE) for sentence in shown.sentences]
    lines += [f"→ {said(sentence, _SENTENCE)}" for sentence in shown.advice]
    return f"*{said(shown.title)}*\n{rows([line for line in lines if line], most=20)}".strip()


def plain(sections: Sequence[Section], zone: str, now: datetime) -> str:
    """All of them for a terminal."""
    return "\n\n".join(section_text(one, zone, now) for one in sections)
