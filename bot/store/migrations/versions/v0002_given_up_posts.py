"""A post whose content Slack refused for good is given up until the content changes.

Also an index that finds the posts of a channel that are behind, however many were ever shown.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Posts from before were never given up."""
    op.add_column(
        "posts", sa.Column("given_up_rev", sa.Integer(), nullable=False, server_default="0")
    )
    op.create_index(
        "ix_posts_behind",
        "posts",
        ["channel"],
        sqlite_where=sa.text("shown_rev < wanted_rev"),
        postgresql_where=sa.text("shown_rev < wanted_rev"),
    )
