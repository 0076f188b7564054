"""Approvals bound to a plan's content, delegations, pauses, Home tabs, changed user groups."""

import sqlalchemy as sa
from alembic import op

revision = "0510"
down_revision = "0400"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def _text(name: str, *, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), primary_key=primary_key, nullable=False)


def upgrade() -> None:
    """New tables, and a column that says nothing of decisions from before."""
    op.add_column("approvals", sa.Column("content", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "delegations",
        _text("campaign_id", primary_key=True),
        sa.Column("plan_version", sa.Integer(), primary_key=True),
        _text("giver", primary_key=True),
        _text("taker"),
        sa.Column("at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name="fk_delegations_campaign_id"
        ),
    )
    op.create_table(
        "pauses", _text("scope", primary_key=True), sa.Column("body", sa.Text(), nullable=False)
    )
    op.create_table("homes", _text("user", primary_key=True), _text("shown"))
    op.create_table(
        "user_groups",
        _text("id", primary_key=True),
        sa.Column("changed_at", _INSTANT, nullable=False),
    )
