"""Notifications, the incidents they make, and what was told of them."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field

from bot.core.alert import Alert, Unreadable
from bot.core.incident import Incident, Signal, Snooze
from bot.core.page import Page
from bot.store.tables.row import Row
from bot.store.types import Json, UtcDateTime


class AlertRow(Row, table=True):
    """A notification, once, as it came; with the ruling on it once there is one."""

    __tablename__ = "alerts"
    __table_args__ = (
        Index(
            "ix_alerts_waiting",
            "seq",
            sqlite_where=text("ruled_at IS NULL"),
            postgresql_where=text("ruled_at IS NULL"),
        ),
    )
    seq: int | None = Field(default=None, primary_key=True)
    identity: str = Field(unique=True)
    via: str
    received_at: datetime = Field(sa_type=UtcDateTime)
    raw: str
    attributes: dict[str, str] = Field(sa_type=Json(dict[str, str]))
    message_id: str
    ruled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reason: str = ""
    detail: str = ""
    incident_id: str | None = Field(default=None, index=True)
    body: Alert | Unreadable | None = Field(default=None, sa_type=Json(Alert | Unreadable))


class IncidentRow(Row, table=True):
    """An incident; of each group at most one is open. `lapped_at` is when it was opened last."""

    __tablename__ = "incidents"
    __table_args__ = (
        Index("ix_incidents_group_key_lapped_at", "group_key", "lapped_at"),
        Index(
            "ix_incidents_open_group",
            "group_key",
            unique=True,
            sqlite_where=text("open"),
            postgresql_where=text("open"),
        ),
    )
    id: str = Field(primary_key=True)
    version: int
    group_key: str
    open: bool
    spoken: bool
    rank: int
    opened_at: datetime = Field(sa_type=UtcDateTime, index=True)
    lapped_at: datetime = Field(sa_type=UtcDateTime, index=True)
    resolved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    inhibited_by: str
    body: Incident = Field(sa_type=Json(Incident))


class SignalRow(Row, table=True):
    """What the notifications about one Monitoring incident add up to."""

    __tablename__ = "alert_signals"
    source_id: str = Field(primary_key=True)
    incident_id: str = Field(index=True)
    open: bool
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    body: Signal = Field(sa_type=Json(Signal))


class IncidentEventRow(Row, table=True):
    """One line of an incident's timeline; never changed."""

    __tablename__ = "incident_events"
    id: int | None = Field(default=None, primary_key=True)
    incident_id: str = Field(index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    kind: str
    by: str
    detail: str


class SnoozeRow(Row, table=True):
    """The last snooze of a group of alerts."""

    __tablename__ = "snoozes"
    group_key: str = Field(primary_key=True)
    until: datetime = Field(sa_type=UtcDateTime, index=True)
    body: Snooze = Field(sa_type=Json(Snooze))


class PageRow(Row, table=True):
    """Somebody was told to look; stored before they are."""

    __tablename__ = "pages"
    incident_id: str = Field(primary_key=True)
    lap: int = Field(primary_key=True)
    number: int = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    body: Page = Field(sa_type=Json(Page))
