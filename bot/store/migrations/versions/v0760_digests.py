"""Digests: subscriptions made in Slack, muted channels, and one row for each digest that was dealt with."""

import sqlalchemy as sa
from alembic import op

revision = "0760"
down_revision = "0750"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """New tables only."""
    op.create_table(
        "digest_subscriptions",
        sa.Column("channel", sa.String(), primary_key=True),
        sa.Column("cadence", sa.String(), primary_key=True),
        sa.Column("body", sa.Text(), nullable=False),
    )
    op.create_table(
        "digest_mutes",
        sa.Column("channel", sa.String(), primary_key=True),
        sa.Column("body", sa.Text(), nullable=False),
    )
    op.create_table(
        "digest_runs",
        sa.Column("channel", sa.String(), primary_key=True),
        sa.Column("cadence", sa.String(), primary_key=True),
        sa.Column("covers", sa.Date(), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
    )
