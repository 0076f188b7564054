"""Deliveries know their job, so that those whose wake was lost are found."""

import sqlalchemy as sa
from alembic import op

revision = "0750"
down_revision = "0770"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A column that may be empty: what a process of the version before stores is handled as ever."""
    op.add_column("inbox", sa.Column("job", sa.String(), nullable=True))
    unhandled = sa.text("handled_at IS NULL")
    op.create_index(
        "ix_inbox_unhandled",
        "inbox",
        ["received_at"],
        sqlite_where=unhandled,
        postgresql_where=unhandled,
    )
