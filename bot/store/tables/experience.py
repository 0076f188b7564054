"""Looks at the customers' pages, and what customers feel now."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from bot.core.experience import Breach, Look
from bot.store.tables.row import Row
from bot.store.types import Json, UtcDateTime


class LookRow(Row, table=True):
    """One look; `id` is the order in which they were kept."""

    __tablename__ = "looks"
    __table_args__ = (Index("ix_looks_page_at", "page", "at"),)
    id: int | None = Field(default=None, primary_key=True)
    page: str
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    body: Look = Field(sa_type=Json(Look))


class BreachRow(Row, table=True):
    """What customers of the page feel now."""

    __tablename__ = "breaches"
    page: str = Field(primary_key=True)
    body: Breach = Field(sa_type=Json(Breach))
