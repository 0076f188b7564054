"""What was last read from outside, by name: the inventory, the price list."""

from datetime import datetime

from sqlmodel import Field

from bot.store.tables.row import Row
from bot.store.types import UtcDateTime


class SnapshotRow(Row, table=True):
    """One of them; `body` is JSON of the type that belongs to the name."""

    __tablename__ = "snapshots"
    name: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    body: str
