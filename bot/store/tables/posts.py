"""Posts, and when each channel may be spoken to."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from bot.core.message import WantedPost
from bot.store.tables.row import Row
from bot.store.types import Json, UtcDateTime


class PostRow(Row, table=True):
    """A Slack message as a projection; behind while shown_rev and given_up_rev < wanted_rev."""

    __tablename__ = "posts"
    __table_args__ = (
        UniqueConstraint("channel", "subject"),
        Index(
            "ix_posts_behind",
            "channel",
            sqlite_where=text("shown_rev < wanted_rev"),
            postgresql_where=text("shown_rev < wanted_rev"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    channel: str
    subject: str
    kind: str
    lane: int
    thread_of: str | None
    content: str
    body: WantedPost = Field(sa_type=Json(WantedPost))
    wanted_rev: int
    shown_rev: int = 0
    given_up_rev: int = 0
    ts: str = ""
    due_at: datetime = Field(sa_type=UtcDateTime)
    wanted_at: datetime = Field(sa_type=UtcDateTime)
    claimed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    trouble: str = ""
    plain: bool = False


class ChannelLaneRow(Row, table=True):
    """When a Slack channel may be spoken to next."""

    __tablename__ = "channel_lanes"
    channel: str = Field(primary_key=True)
    free_at: datetime = Field(sa_type=UtcDateTime)
