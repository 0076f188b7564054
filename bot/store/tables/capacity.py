"""Claims, holdings, the ledger and the write budget with the bids for it."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from bot.core.claims import Claim
from bot.core.holding import Holding, LedgerEntry
from bot.store.tables.row import Row
from bot.store.types import Json, UtcDateTime


class ClaimRow(Row, table=True):
    """What one campaign needs of one workload."""

    __tablename__ = "claims"
    campaign_id: str = Field(primary_key=True, foreign_key="campaigns.id")
    id: str = Field(primary_key=True)
    workload: str = Field(index=True)
    body: Claim = Field(sa_type=Json(Claim))


class HoldingRow(Row, table=True):
    """What Headroom holds of one workload."""

    __tablename__ = "holdings"
    workload: str = Field(primary_key=True)
    version: int
    body: Holding = Field(sa_type=Json(Holding))


class LedgerRow(Row, table=True):
    """One write to Google, intent and outcome."""

    __tablename__ = "ledger"
    __table_args__ = (Index("ix_ledger_workload_id", "workload", "id"),)
    id: int | None = Field(default=None, primary_key=True)
    workload: str
    at: datetime = Field(sa_type=UtcDateTime)
    outcome: str
    body: LedgerEntry = Field(sa_type=Json(LedgerEntry))


class WriteLaneRow(Row, table=True):
    """The write budget of one project and region: when the writes of the last minute were taken."""

    __tablename__ = "write_lanes"
    lane: str = Field(primary_key=True)
    taken: tuple[datetime, ...] = Field(sa_type=Json(tuple[datetime, ...]))


class WriteBidRow(Row, table=True):
    """A write that waits for its turn in a lane; `until` is when the bid is forgotten unless renewed."""

    __tablename__ = "write_bids"
    lane: str = Field(primary_key=True)
    workload: str = Field(primary_key=True)
    rank: str
    until: datetime = Field(sa_type=UtcDateTime)
