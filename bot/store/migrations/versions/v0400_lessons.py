"""What finished campaigns brought, and what was last read from outside."""

import sqlalchemy as sa
from alembic import op

revision = "0400"
down_revision = "0600"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """New tables only; campaigns finished before them teach nothing."""
    op.create_table(
        "lessons",
        sa.Column("campaign_id", sa.String(), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name="fk_lessons_campaign_id"),
    )
    op.create_index("ix_lessons_at", "lessons", ["at"])
    op.create_table(
        "snapshots",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
    )
