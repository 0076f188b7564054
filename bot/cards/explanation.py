"""The Why? modal: each number of a plan with its formula, source and uncertainty. Called by the why flow."""

import json
from collections.abc import Sequence
from typing import Any

from bot.cards.blocks import context, header, section
from bot.cards.text import clip, said
from bot.cards.view import name_of
from bot.core.campaign import Campaign
from bot.core.explained import Line
from bot.core.explanation import Section, explanation
from bot.core.message import Block, View
from bot.core.plan import Plan

CALLBACK_ID = "campaign.why"
BLOCKS = 95
# Slack takes 250 kB for a view, undocumented; this is far below and more than anybody reads.
TOTAL = 60_000
_PART = 2700
_TEXT = 400


def why_view(campaign: Campaign, plan: Plan) -> View:
    """A modal without a form; parts that do not fit are counted, and where to read them is said."""
    sections = explanation(plan, campaign.announcement.zone)
    title = section(f"*{name_of(campaign)}*, plan {plan.version}: where each number comes from.")
    kept: list[Block] = [title]
    shown = 0
    for part in sections:
        blocks = _blocks(part)
        if not _fits([*kept, *blocks]):
            break
        kept += blocks
        shown += 1
    if shown < len(sections):
        left = len(sections) - shown
        kept.append(
            context(f"{left:,} more workloads: `headroom plan … --explain` lists them all.")
        )
    body: dict[str, Any] = {
        "type": "modal",
        "callback_id": CALLBACK_ID,
        "title": {"type": "plain_text", "text": "Why these numbers"},
        "close": {"type": "plain_text", "text": "Close"},
        "private_metadata": "",
        "blocks": kept,
    }
    return View(CALLBACK_ID, body)


def _blocks(part: Section) -> list[Block]:
    """A headline and as many paragraphs as the lines take."""
    paragraphs: list[str] = []
    for line in part.lines:
        text = _line(line)
        if paragraphs and len(paragraphs[-1]) + len(text) < _PART:
            paragraphs[-1] += f"\n{text}"
        else:
            paragraphs.append(text)
    return [header(part.title), *(section(clip(text, _PART)) for text in paragraphs)]


def _line(line: Line) -> str:
    grounds = "\n".join(f"      _{said(text, _TEXT)}_" for text in line.grounds)
    return f"*{said(line.label)}*: {said(line.value, _TEXT)}" + (f"\n{grounds}" if grounds else "")


def _fits(blocks: Sequence[Block]) -> bool:
    return len(blocks) < BLOCKS and len(json.dumps(blocks, ensure_ascii=False)) < TOTAL
