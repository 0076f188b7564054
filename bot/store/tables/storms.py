"""Alert storms with their incidents, and the channels that cannot be posted to."""

from datetime import datetime

from sqlmodel import Field

from bot.core.storm import Storm
from bot.store.tables.row import Row
from bot.store.types import Json, UtcDateTime


class StormRow(Row, table=True):
    """One storm; of those that have not ended there is at most one."""

    __tablename__ = "storms"
    id: str = Field(primary_key=True)
    version: int
    ended: bool = Field(index=True)
    body: Storm = Field(sa_type=Json(Storm))


class StormIncidentRow(Row, table=True):
    """An incident that came in a storm; `id` is the order."""

    __tablename__ = "storm_incidents"
    id: int | None = Field(default=None, primary_key=True)
    storm_id: str = Field(index=True)
    incident_id: str = Field(unique=True)


class ClosedChannelRow(Row, table=True):
    """A channel that could not be posted to at `at`."""

    __tablename__ = "closed_channels"
    channel: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    why: str
