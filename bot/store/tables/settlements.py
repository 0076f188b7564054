"""Estimates against billable time."""

from datetime import datetime

from sqlmodel import Field

from bot.core.settled import Settled
from bot.store.tables.row import Row
from bot.store.types import Json, UtcDateTime


class SettlementRow(Row, table=True):
    """One finished campaign."""

    __tablename__ = "settlements"
    campaign_id: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    body: Settled = Field(sa_type=Json(Settled))
