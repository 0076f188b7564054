"""Block Kit as plain dicts, kept inside Slack's limits.

Called by every card. Limits are Slack's (section 3,000, header 150, button text 75, 50 blocks); the
total is held under 12,000 characters because Slack refuses about 13,200 without documenting it. Charts
and tables have limits of their own (cards.figures).
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from bot.cards.text import clip
from bot.core.message import Block, Message

_SECTION = 2800
_HEADER = 140
_BUTTON_TEXT = 70
_BLOCKS = 50
_TOTAL = 12_000
_FALLBACK = 3500
_FIGURES = frozenset({"data_visualization", "data_table"})


def header(text: str) -> Block:
    """A headline; plain text, so no dates and no markup."""
    return {
        "type": "header",
        "text": {"type": "plain_text", "text": clip(text, _HEADER), "emoji": True},
    }


def section(text: str) -> Block:
    """A paragraph of mrkdwn."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": clip(text, _SECTION)}}


def context(*texts: str) -> Block:
    """Small print; at most ten elements."""
    elements = [{"type": "mrkdwn", "text": clip(text, 1000)} for text in texts[:10]]
    return {"type": "context", "elements": elements}


def actions(*elements: Block) -> Block:
    """A row of buttons."""
    return {"type": "actions", "elements": list(elements)}


def button(
    label: str, *, action_id: str, value: str, style: str = "", confirm: Block | None = None
) -> Block:
    """A button; `style` is primary, danger or nothing."""
    text = {"type": "plain_text", "text": clip(label, _BUTTON_TEXT), "emoji": True}
    element: dict[str, Any] = {
        "type": "button",
        "action_id": action_id,
        "text": text,
        "value": value,
    }
    if style:
        element["style"] = style
    if confirm is not None:
        element["confirm"] = confirm
    return element


def ask_again(question: str, *, yes: str, no: str) -> Block:
    """The dialog that a consequential button opens first."""
    return {
        "title": {"type": "plain_text", "text": "Are you sure?"},
        "text": {"type": "mrkdwn", "text": clip(question, 300)},
        "confirm": {"type": "plain_text", "text": clip(yes, 30)},
        "deny": {"type": "plain_text", "text": clip(no, 30)},
        "style": "danger",
    }


def message(text: str, blocks: Iterable[Block]) -> Message:
    """A message inside the total budget; paragraphs are left out from the end, buttons never."""
    kept = list(blocks)
    left_out = 0
    while _too_much(kept, left_out) and (last := _last_paragraph(kept)) > 0:
        del kept[last]
        left_out += 1
    if left_out:
        at = _last_paragraph(kept) + 1
        kept.insert(at, context(f"{left_out} more parts did not fit here."))
    return Message(clip(text, _FALLBACK), tuple(kept))


def _too_much(blocks: Sequence[Block], left_out: int) -> bool:
    extra = 1 if left_out else 0
    counted = [block for block in blocks if block["type"] not in _FIGURES]
    size = len(json.dumps(counted, ensure_ascii=False)) + 120 * extra
    return len(blocks) + extra > _BLOCKS or size > _TOTAL


def _last_paragraph(blocks: Sequence[Block]) -> int:
    """Where the last block stands that may be left out; 0 when only the headline is left."""
    found = [i for i, block in enumerate(blocks) if block["type"] not in {"actions", "header"}]
    return found[-1] if found else 0
