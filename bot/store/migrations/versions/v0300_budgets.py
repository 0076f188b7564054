"""The books of the teams' monthly budgets."""

import sqlalchemy as sa
from alembic import op

revision = "0300"
down_revision = "0100"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A new table only; campaigns settled before it count for nothing."""
    op.create_table(
        "budget_entries",
        sa.Column("campaign_id", sa.String(), primary_key=True),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("booking", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name="fk_budget_entries_campaign_id"
        ),
    )
    op.create_index("ix_budget_entries_team_month", "budget_entries", ["team", "month"])
