"""Advice that somebody wants applied."""

from datetime import datetime

from sqlmodel import Field

from bot.core.advice.book import Application
from bot.store.tables.row import Row
from bot.store.types import Json, UtcDateTime


class ApplicationRow(Row, table=True):
    """One press of Apply, and what became of it."""

    __tablename__ = "applications"
    id: str = Field(primary_key=True)
    asked_at: datetime = Field(sa_type=UtcDateTime, index=True)
    body: Application = Field(sa_type=Json(Application))
