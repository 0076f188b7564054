"""Digests: who asked for which, which channels are muted, and what became of each."""

from datetime import date, datetime

from sqlmodel import Field

from bot.core.digest.schedule import Mute, Subscription
from bot.store.tables.row import Row
from bot.store.types import Json, UtcDateTime


class DigestSubscriptionRow(Row, table=True):
    """What a channel asked for in Slack."""

    __tablename__ = "digest_subscriptions"
    channel: str = Field(primary_key=True)
    cadence: str = Field(primary_key=True)
    body: Subscription = Field(sa_type=Json(Subscription))


class DigestMuteRow(Row, table=True):
    """A channel that gets none for now."""

    __tablename__ = "digest_mutes"
    channel: str = Field(primary_key=True)
    body: Mute = Field(sa_type=Json(Mute))


class DigestRunRow(Row, table=True):
    """One digest, once: the key makes it impossible to send it twice."""

    __tablename__ = "digest_runs"
    channel: str = Field(primary_key=True)
    cadence: str = Field(primary_key=True)
    covers: date = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    outcome: str
