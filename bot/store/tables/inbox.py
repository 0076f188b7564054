"""Deliveries."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field

from bot.core.delivery import Delivery
from bot.store.tables.row import Row
from bot.store.types import Json, UtcDateTime


class InboxRow(Row, table=True):
    """A delivery, once; `job` is the name of the one that handles it (its key is the identity)."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index(
            "ix_inbox_unhandled",
            "received_at",
            sqlite_where=text("handled_at IS NULL"),
            postgresql_where=text("handled_at IS NULL"),
        ),
    )
    identity: str = Field(primary_key=True)
    received_at: datetime = Field(sa_type=UtcDateTime)
    handled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    job: str | None = None
    body: Delivery = Field(sa_type=Json(Delivery))
