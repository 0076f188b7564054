"""The record."""

from datetime import datetime

from sqlmodel import Field

from bot.store.tables.row import Row
from bot.store.types import UtcDateTime


class AuditLogRow(Row, table=True):
    """One line of the record; never changed. `hash` covers the row and `previous`, the hash before it."""

    __tablename__ = "audit"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    actor: str = Field(index=True)
    act: str
    subject: str = Field(index=True)
    detail: str
    version: int
    via: str
    previous: str
    hash: str
