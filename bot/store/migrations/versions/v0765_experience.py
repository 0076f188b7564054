"""Looks at the customers' pages, and what customers feel now."""

import sqlalchemy as sa
from alembic import op

revision = "0765"
down_revision = "0760"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """New tables only; a process of the version before does not look."""
    op.create_table(
        "looks",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
    )
    op.create_index("ix_looks_at", "looks", ["at"])
    op.create_index("ix_looks_page_at", "looks", ["page", "at"])
    op.create_table(
        "breaches",
        sa.Column("page", sa.String(), primary_key=True),
        sa.Column("body", sa.Text(), nullable=False),
    )
