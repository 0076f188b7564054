"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def _text(name: str, *, primary_key: bool = False, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), primary_key=primary_key, nullable=nullable)


def _campaign_id(table: str) -> tuple[sa.Column[str], sa.ForeignKeyConstraint]:
    return (
        _text("campaign_id", primary_key=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=f"fk_{table}_campaign_id"),
    )


def upgrade() -> None:
    """Creates all tables."""
    _intake()
    _campaigns()
    _capacity()
    _posts()
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("at", _INSTANT, nullable=False),
        _text("actor"),
        _text("act"),
        _text("subject"),
        _text("detail"),
    )
    op.create_index("ix_audit_subject", "audit", ["subject"])


def _intake() -> None:
    op.create_table(
        "inbox",
        _text("identity", primary_key=True),
        sa.Column("received_at", _INSTANT, nullable=False),
        sa.Column("handled_at", _INSTANT),
        sa.Column("body", sa.Text(), nullable=False),
    )
    op.create_table(
        "jobs",
        _text("name", primary_key=True),
        _text("key", primary_key=True),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.Column("woken_at", _INSTANT),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _text("owner", nullable=True),
        sa.Column("leased_until", _INSTANT),
        _text("error"),
    )
    op.create_index("ix_jobs_due_at", "jobs", ["due_at"])


def _campaigns() -> None:
    op.create_table(
        "campaigns",
        _text("id", primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _text("state"),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("starts_at", _INSTANT, nullable=False),
        sa.Column("announced_at", _INSTANT, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
    )
    op.create_index("ix_campaigns_announced_at", "campaigns", ["announced_at"])
    op.create_index("ix_campaigns_final_starts_at", "campaigns", ["final", "starts_at"])
    op.create_table(
        "plans",
        *_campaign_id("plans"),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
    )
    op.create_table(
        "approvals",
        *_campaign_id("approvals"),
        sa.Column("plan_version", sa.Integer(), primary_key=True),
        _text("by", primary_key=True),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
    )


def _capacity() -> None:
    op.create_table(
        "claims",
        *_campaign_id("claims"),
        _text("id", primary_key=True),
        _text("workload"),
        sa.Column("body", sa.Text(), nullable=False),
    )
    op.create_index("ix_claims_workload", "claims", ["workload"])
    op.create_table(
        "holdings",
        _text("workload", primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
    )
    op.create_table(
        "ledger",
        sa.Column("id", sa.Integer(), primary_key=True),
        _text("workload"),
        sa.Column("at", _INSTANT, nullable=False),
        _text("outcome"),
        sa.Column("body", sa.Text(), nullable=False),
    )
    op.create_index("ix_ledger_workload_id", "ledger", ["workload", "id"])
    op.create_table(
        "write_lanes",
        _text("lane", primary_key=True),
        sa.Column("taken", sa.Text(), nullable=False),
    )


def _posts() -> None:
    op.create_table(
        "posts",
        sa.Column("id", sa.Integer(), primary_key=True),
        _text("channel"),
        _text("subject"),
        _text("kind"),
        sa.Column("lane", sa.Integer(), nullable=False),
        _text("thread_of", nullable=True),
        _text("content"),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("wanted_rev", sa.Integer(), nullable=False),
        sa.Column("shown_rev", sa.Integer(), nullable=False),
        _text("ts"),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.Column("wanted_at", _INSTANT, nullable=False),
        sa.Column("claimed_at", _INSTANT),
        _text("trouble"),
        sa.Column("plain", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("channel", "subject", name="uq_posts_channel_subject"),
    )
    op.create_table(
        "channel_lanes",
        _text("channel", primary_key=True),
        sa.Column("free_at", _INSTANT, nullable=False),
    )
