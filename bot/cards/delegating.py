"""The modal in which an approver names who shall decide instead. Opened and read by deciding."""

from typing import Any

from bot.cards.blocks import section
from bot.cards.buttons import Action
from bot.cards.view import name_of
from bot.core.campaign import Campaign
from bot.core.message import View


def delegation_form(campaign: Campaign, metadata: str) -> View:
    """One question; `metadata` says which button opened it, and so which request and plan it is about."""
    about = f"Who shall decide on *{name_of(campaign)}* in your place? They are told, and it is on the record."
    person: dict[str, Any] = {
        "type": "input",
        "block_id": "taker",
        "label": {"type": "plain_text", "text": "Person"},
        "element": {"type": "users_select", "action_id": "taker"},
    }
    body: dict[str, Any] = {
        "type": "modal",
        "callback_id": Action.DELEGATION.value,
        "title": {"type": "plain_text", "text": "Hand it on"},
        "submit": {"type": "plain_text", "text": "Hand it on"},
        "close": {"type": "plain_text", "text": "Close"},
        "private_metadata": metadata,
        "blocks": [section(about), person],
    }
    return View(Action.DELEGATION.value, body)
