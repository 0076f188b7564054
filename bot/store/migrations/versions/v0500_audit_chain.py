"""The record becomes a chain of hashes, and says on which version and from where.

A process of the version before writes rows without a hash; the next writer of this version chains them.
"""

import hashlib
import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0500"
down_revision = "0110"
branch_labels = None
depends_on = None

_AUDIT = sa.table(
    "audit",
    sa.column("id", sa.Integer()),
    sa.column("at", sa.DateTime(timezone=True)),
    *(sa.column(name, sa.String()) for name in ("actor", "act", "subject", "detail")),
    sa.column("previous", sa.String()),
    sa.column("hash", sa.String()),
)


def upgrade() -> None:
    """New columns, and a chain through the rows that are there."""
    op.add_column("audit", sa.Column("version", sa.Integer(), nullable=False, server_default="0"))
    for name in ("via", "previous", "hash"):
        op.add_column("audit", sa.Column(name, sa.String(), nullable=False, server_default=""))
    for name in ("at", "actor"):
        op.create_index(f"ix_audit_{name}", "audit", [name])
    _chain(op.get_bind())


def _chain(connection: sa.Connection) -> None:
    previous = ""
    said = (_AUDIT.c.actor, _AUDIT.c.act, _AUDIT.c.subject, _AUDIT.c.detail)
    rows = connection.execute(sa.select(_AUDIT.c.id, _AUDIT.c.at, *said).order_by(_AUDIT.c.id))
    for row in rows.all():
        words = [previous, _instant(row.at), *row[2:], "0", ""]
        digest = hashlib.sha256(json.dumps(words, ensure_ascii=True).encode()).hexdigest()
        chained = sa.update(_AUDIT).where(_AUDIT.c.id == row.id)
        connection.execute(chained.values(previous=previous, hash=digest))
        previous = digest


def _instant(at: datetime) -> str:
    aware = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return aware.isoformat(timespec="microseconds")
