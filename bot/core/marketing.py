"""Events of marketing's calendars as drafts that a person confirms; nothing here plans anything. Used by the imports flow.

A draft follows its event: a change asks again, a deletion says so, and what a person made of it stays.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.windows import Window


@dataclass(frozen=True, slots=True)
class ImportFeed:
    """A calendar (ICS) at an address. `channel` is where its drafts are shown, `owner` who is asked there.

    `groups` are what its events are for where they do not say so themselves.
    """

    name: str
    url: str
    channel: str
    owner: str = ""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CalendarRules:
    """Part of House: the calendars that are read, and how far ahead their events become drafts."""

    imports: tuple[ImportFeed, ...] = ()
    ahead: timedelta = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """One time of one event, as read. `key` stays the same while it is changed; `zone` is its own or the house's."""

    feed: str
    key: str
    title: str
    window: Window
    zone: str
    text: str = ""

    @property
    def content(self) -> str:
        """The fingerprint of all that a person would read."""
        times = [at.isoformat() for at in (self.window.start, self.window.end)]
        parts = "\n".join((self.title, *times, self.zone, self.text))
        return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    @property
    def draft_id(self) -> str:
        """The same for every reading of the same event."""
        name = f"{self.feed}\n{self.key}".encode("utf-8", "surrogatepass")
        return f"d-{hashlib.sha256(name).hexdigest()[:12]}"


@dataclass(frozen=True, slots=True)
class Reading:
    """A feed as read now; `events` None where it could not be read: then nothing is known to be gone."""

    feed: ImportFeed
    events: tuple[FeedEvent, ...] | None


class DraftState(StrEnum):
    """What a person made of it."""

    OPEN = "open"  # nobody has said anything
    IGNORED = "ignored"
    TAKEN = "taken"  # somebody sent the form: there is a campaign
    MISSED = "missed"  # it began, and nobody had said anything


@dataclass(frozen=True, slots=True)
class EventDraft:
    """An event with what became of it. `version` grows with each change of the event, `rev` with each save.

    `gone`: it is not in the calendar any more. `changed_since` is the campaign's, where it was taken:
    the event has changed after that.
    """

    event: FeedEvent
    channel: str
    owner: str
    groups: tuple[str, ...]
    seen_at: datetime
    state: DraftState = DraftState.OPEN
    version: int = 1
    gone: bool = False
    by: str = ""
    campaign_id: str = ""
    changed_since: bool = False

    @property
    def id(self) -> str:
        """That of its event."""
        return self.event.draft_id

    @property
    def waits(self) -> bool:
        """Whether somebody should still say something."""
        return self.state is DraftState.OPEN and not self.gone


def follow(
    draft: EventDraft | None, event: FeedEvent | None, feed: ImportFeed, now: datetime
) -> EventDraft | None:
    """The draft as it is after this reading; the same value where nothing has changed.

    None where there is nothing to ask: an event that has begun when it is first seen.
    """
    if draft is None:
        if event is None or event.window.start <= now:
            return None
        return EventDraft(event, feed.channel, feed.owner, feed.groups, now)
    if draft.event.window.start <= now and (event is None or event.window.start <= now):
        missed = draft.state is DraftState.OPEN and not draft.gone
        return replace(draft, state=DraftState.MISSED) if missed else draft
    if event is None:
        return draft if draft.gone else _changed(replace(draft, gone=True))
    if event.content == draft.event.content and not draft.gone:
        return draft
    return _changed(replace(draft, event=event, gone=False), asked_again=True)


def _changed(draft: EventDraft, *, asked_again: bool = False) -> EventDraft:
    taken = draft.state is DraftState.TAKEN
    state = DraftState.OPEN if asked_again and not taken else draft.state
    return replace(draft, version=draft.version + 1, state=state, changed_since=taken)
