"""The modal in which a person chooses how much longer a campaign lasts, or how much later it starts.

Opened and read by reshape.
"""

from datetime import timedelta
from typing import Any

from bot.cards.blocks import section
from bot.cards.buttons import Action
from bot.cards.inputs import option, optional_input, plain
from bot.cards.view import name_of
from bot.cards.wording import duration, moment
from bot.core.campaign import Campaign
from bot.core.message import Block, View
from bot.core.wish import LENGTHS, Deed

_MINUTE = timedelta(minutes=1)
_USUAL = LENGTHS[1]


def window_form(campaign: Campaign, deed: Deed, metadata: str) -> View:
    """A length or a time of day in the campaign's zone; `metadata` says which button opened it."""
    window, zone = campaign.announcement.window, campaign.announcement.zone
    name = f"*{name_of(campaign)}*"
    if deed is Deed.EXTEND:
        title, length, clock = "Extend", "How much longer", "Or until this time instead"
        now = f"{name} lasts until {moment(window.end, zone)}."
    else:
        title, length, clock = "Start later", "How much later", "Or start at this time instead"
        now = f"{name} starts {moment(window.start, zone)}, and keeps its length."
    asked = "More time costs more: it is judged like every plan, and whoever must say yes is asked."
    body: dict[str, Any] = {
        "type": "modal",
        "callback_id": Action.NEW_WINDOW.value,
        "title": plain(title),
        "submit": plain(title),
        "close": plain("Close"),
        "private_metadata": metadata,
        "blocks": [
            section(f"{now} {asked}"),
            optional_input("minutes", length, _lengths()),
            optional_input("until", f"{clock} ({zone})", {"type": "timepicker"}),
        ],
    }
    return View(Action.NEW_WINDOW.value, body)


def _lengths() -> Block:
    options = {length: option(str(length // _MINUTE), duration(length)) for length in LENGTHS}
    return {
        "type": "radio_buttons",
        "options": list(options.values()),
        "initial_option": options[_USUAL],
    }
