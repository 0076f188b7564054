"""Alert storms, and the channels that cannot be posted to."""

import sqlalchemy as sa
from alembic import op

revision = "0110"
down_revision = "0300"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """New tables only."""
    op.create_table(
        "storms",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
    )
    op.create_index("ix_storms_ended", "storms", ["ended"])
    op.create_table(
        "storm_incidents",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("storm_id", sa.String(), nullable=False),
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.UniqueConstraint("incident_id", name="uq_storm_incidents_incident_id"),
    )
    op.create_index("ix_storm_incidents_storm_id", "storm_incidents", ["storm_id"])
    op.create_table(
        "closed_channels",
        sa.Column("channel", sa.String(), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
    )
