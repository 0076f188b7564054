"""What calendars bring, in every state; part of the gallery."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.cards.calendar import (
    changed_reply,
    draft_card,
    link_view,
    not_for_you,
    outdated,
    taken_already,
)
from bot.core.marketing import DraftState, EventDraft, FeedEvent
from bot.core.message import Message, View
from bot.core.windows import Window
from tests.cards.samples import END, HOUSE, KEY, NOW, START

WEEK = timedelta(days=7)
EVENT = FeedEvent(
    "Marketing", "sale-1", "Nikolaus sale x2 #web", Window(START + WEEK, END + WEEK), HOUSE.zone
)
DRAFT = EventDraft(EVENT, "C0CAMPAIGN", "U0MAYA", ("web",), NOW)
TAKEN = replace(DRAFT, state=DraftState.TAKEN, by="U0MAYA", campaign_id="c-1")


def _draft(**known: Any) -> Callable[[], Message]:
    return lambda: draft_card(replace(DRAFT, **known), house=HOUSE, key=KEY)


CALENDARS: Mapping[str, Callable[[], Message | View]] = {
    "event_open": _draft(),
    "event_changed": _draft(version=2),
    "event_for_nobody": _draft(owner="", groups=()),
    "event_ignored": _draft(state=DraftState.IGNORED, by="U0MAYA"),
    "event_taken": _draft(state=DraftState.TAKEN, by="U0MAYA"),
    "event_taken_and_changed": _draft(state=DraftState.TAKEN, by="U0MAYA", changed_since=True),
    "event_taken_and_gone": _draft(state=DraftState.TAKEN, by="U0MAYA", gone=True),
    "event_gone": _draft(gone=True),
    "event_missed": _draft(state=DraftState.MISSED),
    "event_reply_changed": lambda: changed_reply(replace(DRAFT, version=2)),
    "event_reply_taken_and_gone": lambda: changed_reply(replace(TAKEN, gone=True)),
    "event_taken_already": lambda: taken_already(TAKEN),
    "event_outdated": lambda: outdated(DRAFT),
    "event_not_for_you": not_for_you,
    "calendar_link": lambda: link_view("https://headroom.example/calendar/not-a-real-token.ics"),
}
