"""Estimates against billable time."""

import sqlalchemy as sa
from alembic import op

revision = "0767"
down_revision = "0771"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A new table only; campaigns finished before it are not in it."""
    op.create_table(
        "settlements",
        sa.Column("campaign_id", sa.String(), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
    )
    op.create_index("ix_settlements_at", "settlements", ["at"])
