"""Events of marketing's calendars with what became of them, and links to the calendar of campaigns."""

from datetime import datetime

from sqlmodel import Field

from bot.core.marketing import EventDraft
from bot.store.tables.row import Row
from bot.store.types import Json, UtcDateTime


class EventDraftRow(Row, table=True):
    """One time of one event."""

    __tablename__ = "event_drafts"
    id: str = Field(primary_key=True)
    feed: str = Field(index=True)
    waits: bool
    starts_at: datetime = Field(sa_type=UtcDateTime)
    body: EventDraft = Field(sa_type=Json(EventDraft))


class CalendarLinkRow(Row, table=True):
    """A person's link; only its digest is kept, "" once it is ended."""

    __tablename__ = "calendar_links"
    owner: str = Field(primary_key=True)
    number: int
    digest: str = Field(index=True)
    at: datetime = Field(sa_type=UtcDateTime)
