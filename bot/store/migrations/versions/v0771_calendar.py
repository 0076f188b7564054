"""Events of marketing's calendars, and links to the calendar of campaigns."""

import sqlalchemy as sa
from alembic import op

revision = "0771"
down_revision = "0766"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Two new tables."""
    op.create_table(
        "event_drafts",
        sa.Column("id", sa.String(), primary_key=True, nullable=False),
        sa.Column("feed", sa.String(), nullable=False),
        sa.Column("waits", sa.Boolean(), nullable=False),
        sa.Column("starts_at", _INSTANT, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
    )
    op.create_index("ix_event_drafts_feed", "event_drafts", ["feed"])
    op.create_table(
        "calendar_links",
        sa.Column("owner", sa.String(), primary_key=True, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
    )
    op.create_index("ix_calendar_links_digest", "calendar_links", ["digest"])
