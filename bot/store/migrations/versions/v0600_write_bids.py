"""Writes that wait for their turn, the most urgent first."""

import sqlalchemy as sa
from alembic import op

revision = "0600"
down_revision = "0500"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A new table only; a process of the version before takes its writes as they come."""
    op.create_table(
        "write_bids",
        sa.Column("lane", sa.String(), primary_key=True),
        sa.Column("workload", sa.String(), primary_key=True),
        sa.Column("rank", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    )
