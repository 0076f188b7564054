"""Jobs."""

from datetime import datetime

from sqlmodel import Field

from bot.store.tables.row import Row
from bot.store.types import UtcDateTime


class JobRow(Row, table=True):
    """A job that is to run; `woken_at` is the earliest wake that came while it was running."""

    __tablename__ = "jobs"
    name: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    due_at: datetime = Field(sa_type=UtcDateTime, index=True)
    woken_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    rev: int = 1
    attempts: int = 0
    owner: str | None = None
    leased_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    error: str = ""
