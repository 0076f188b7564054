"""Deliveries."""

from datetime import datetime

from sqlmodel import Field

from bot.core.delivery import Delivery
from bot.store.tables.row import Row
from bot.store.types import Json, UtcDateTime


class InboxRow(Row, table=True):
    """A delivery, once."""

    __tablename__ = "inbox"
    identity: str = Field(primary_key=True)
    received_at: datetime = Field(sa_type=UtcDateTime)
    handled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    body: Delivery = Field(sa_type=Json(Delivery))
