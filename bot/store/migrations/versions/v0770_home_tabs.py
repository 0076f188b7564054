"""When Home tabs were opened and shown."""

import sqlalchemy as sa
from alembic import op

revision = "0770"
down_revision = "0510"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tabs from before are shown anew once they are opened again."""
    for name in ("opened_at", "shown_at"):
        op.add_column("homes", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
