"""Who handed their right to decide to whom, pauses, Home tabs, and changed user groups."""

from datetime import datetime

from sqlmodel import Field

from bot.core.pausing import Pause
from bot.store.tables.row import Row
from bot.store.types import Json, UtcDateTime


class DelegationRow(Row, table=True):
    """One person's right to decide on one plan version, in other hands."""

    __tablename__ = "delegations"
    campaign_id: str = Field(primary_key=True, foreign_key="campaigns.id")
    plan_version: int = Field(primary_key=True)
    giver: str = Field(primary_key=True)
    taker: str
    at: datetime = Field(sa_type=UtcDateTime)


class PauseRow(Row, table=True):
    """What is paused; gone once it is resumed."""

    __tablename__ = "pauses"
    scope: str = Field(primary_key=True)
    body: Pause = Field(sa_type=Json(Pause))


class HomeRow(Row, table=True):
    """A person who opens Headroom's Home tab, and the fingerprint of what it shows."""

    __tablename__ = "homes"
    user: str = Field(primary_key=True)
    shown: str
    opened_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    shown_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class UserGroupRow(Row, table=True):
    """When Slack said last that the members of a user group have changed."""

    __tablename__ = "user_groups"
    id: str = Field(primary_key=True)
    changed_at: datetime = Field(sa_type=UtcDateTime)
