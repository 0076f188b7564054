"""The record."""

from datetime import datetime

from sqlmodel import Field

from bot.store.tables.row import Row
from bot.store.types import UtcDateTime


class AuditLogRow(Row, table=True):
    """One line of the record; never changed."""

    __tablename__ = "audit"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    act: str
    subject: str = Field(index=True)
    detail: str
