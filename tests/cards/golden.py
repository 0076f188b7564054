"""Golden files: where they are and how a card is written into one."""

import json
from pathlib import Path

from bot.core.message import Message, View

FOLDER = Path(__file__).parent / "golden"


def path(name: str) -> Path:
    """The file of one card."""
    return FOLDER / f"{name}.json"


def text(card: Message | View) -> str:
    """A card as it stands in its golden file."""
    if isinstance(card, View):
        content: dict[str, object] = {"callback_id": card.callback_id, "view": card.body}
    else:
        content = {"text": card.text, "blocks": list(card.blocks)}
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"
