"""Advice that somebody wants applied."""

import sqlalchemy as sa
from alembic import op

revision = "0766"
down_revision = "0765"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A new table only."""
    op.create_table(
        "applications",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
    )
    op.create_index("ix_applications_asked_at", "applications", ["asked_at"])
