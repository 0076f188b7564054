"""The tables. Columns exist for what is searched, ordered or counted; the rest of a value is its `body`.

Only bot.store imports this module; migrations never do (they describe their own moment).
"""

from datetime import datetime

from sqlalchemy import Index, MetaData, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.core.campaign import Campaign
from bot.core.claims import Claim
from bot.core.delivery import Delivery
from bot.core.holding import Holding, LedgerEntry
from bot.core.message import WantedPost
from bot.core.plan import Plan
from bot.core.verdict import Verdict
from bot.store.types import Json, UtcDateTime


class Row(SQLModel):
    """What all tables share: names of constraints that every database and migration agrees on."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class InboxRow(Row, table=True):
    """A delivery, once."""

    __tablename__ = "inbox"
    identity: str = Field(primary_key=True)
    received_at: datetime = Field(sa_type=UtcDateTime)
    handled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    body: Delivery = Field(sa_type=Json(Delivery))


class CampaignRow(Row, table=True):
    """A campaign."""

    __tablename__ = "campaigns"
    __table_args__ = (Index("ix_campaigns_final_starts_at", "final", "starts_at"),)
    id: str = Field(primary_key=True)
    version: int
    state: str
    final: bool
    starts_at: datetime = Field(sa_type=UtcDateTime)
    announced_at: datetime = Field(sa_type=UtcDateTime, index=True)
    body: Campaign = Field(sa_type=Json(Campaign))


class PlanRow(Row, table=True):
    """One version of a campaign's plan, with what the guardrails said of it."""

    __tablename__ = "plans"
    campaign_id: str = Field(primary_key=True, foreign_key="campaigns.id")
    version: int = Field(primary_key=True)
    body: Plan = Field(sa_type=Json(Plan))
    verdict: Verdict = Field(sa_type=Json(Verdict))


class ApprovalRow(Row, table=True):
    """One person's decision on one plan version."""

    __tablename__ = "approvals"
    campaign_id: str = Field(primary_key=True, foreign_key="campaigns.id")
    plan_version: int = Field(primary_key=True)
    by: str = Field(primary_key=True)
    approved: bool
    at: datetime = Field(sa_type=UtcDateTime)


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


class AuditLogRow(Row, table=True):
    """One line of the record; never changed."""

    __tablename__ = "audit"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    act: str
    subject: str = Field(index=True)
    detail: str


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
