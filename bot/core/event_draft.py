"""What the form is filled in with for an event of a calendar: its own words are read as a person's would be."""

import re
from dataclasses import replace
from datetime import datetime

from bot.core.announcement import draft_of, understand
from bot.core.campaign import Announcement, CampaignKind
from bot.core.draft import Draft, Field, Question
from bot.core.grammar.names import clean_name
from bot.core.house import House
from bot.core.marketing import EventDraft

_HOW_MUCH = Question(
    Field.MULTIPLIER, "The calendar does not say how much more than usual to expect."
)
_NOT_A_NAME = re.compile(r"(?:^|\s)(?:#\S+|[x×]\s?\d+(?:[.,]\d+)?)(?=\s|$)", re.IGNORECASE)
_FOR_WHAT = Question(Field.GROUPS, "The calendar does not say what it reaches.")


def form_of(draft: EventDraft, *, house: House, now: datetime) -> Draft:
    """Name and times from the event; kind, uplift and groups from its words, else what the house set for the feed."""
    event = draft.event
    said = understand(f"{event.title}\n{event.text}", now=now, house=house)
    read = draft_of(said) if isinstance(said, Announcement) else said
    groups = read.groups or draft.groups
    times = draft_of(
        Announcement(
            _name(event.title),
            CampaignKind.OTHER,
            event.window,
            event.zone,
            1.0,
            groups,
        )
    )
    questions = [*([] if read.multiplier else [_HOW_MUCH]), *([] if groups else [_FOR_WHAT])]
    return replace(
        times,
        kind=read.kind,
        multiplier=read.multiplier,
        groups=groups,
        questions=tuple(questions),
    )


def _name(title: str) -> str:
    """The title without groups and uplift, which have fields of their own."""
    return clean_name(_NOT_A_NAME.sub(" ", title)) or clean_name(title) or "Campaign"
