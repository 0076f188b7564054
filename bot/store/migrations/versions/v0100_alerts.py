"""Alerts, incidents, their timelines, snoozes and pages."""

import sqlalchemy as sa
from alembic import op

revision = "0100"
down_revision = "0002"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """New tables only."""
    _alerts()
    _incidents()
    _told()


def _text(name: str, *, primary_key: bool = False, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), primary_key=primary_key, nullable=nullable)


def _body(*, nullable: bool = False) -> sa.Column[str]:
    return sa.Column("body", sa.Text(), nullable=nullable)


def _alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("seq", sa.Integer(), primary_key=True),
        _text("identity"),
        _text("via"),
        sa.Column("received_at", _INSTANT, nullable=False),
        _text("raw"),
        sa.Column("attributes", sa.Text(), nullable=False),
        _text("message_id"),
        sa.Column("ruled_at", _INSTANT),
        _text("reason"),
        _text("detail"),
        _text("incident_id", nullable=True),
        _body(nullable=True),
        sa.UniqueConstraint("identity", name="uq_alerts_identity"),
    )
    op.create_index("ix_alerts_incident_id", "alerts", ["incident_id"])
    waiting = sa.text("ruled_at IS NULL")
    op.create_index(
        "ix_alerts_waiting", "alerts", ["seq"], sqlite_where=waiting, postgresql_where=waiting
    )
    op.create_table(
        "alert_signals",
        _text("source_id", primary_key=True),
        _text("incident_id"),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("started_at", _INSTANT),
        sa.Column("ended_at", _INSTANT),
        _body(),
    )
    op.create_index("ix_alert_signals_incident_id", "alert_signals", ["incident_id"])


def _incidents() -> None:
    op.create_table(
        "incidents",
        _text("id", primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _text("group_key"),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("spoken", sa.Boolean(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("opened_at", _INSTANT, nullable=False),
        sa.Column("lapped_at", _INSTANT, nullable=False),
        sa.Column("resolved_at", _INSTANT),
        _text("inhibited_by"),
        _body(),
    )
    for name in ("opened_at", "lapped_at"):
        op.create_index(f"ix_incidents_{name}", "incidents", [name])
    op.create_index("ix_incidents_group_key_lapped_at", "incidents", ["group_key", "lapped_at"])
    is_open = sa.text("open")
    op.create_index(
        "ix_incidents_open_group",
        "incidents",
        ["group_key"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )


def _told() -> None:
    op.create_table(
        "incident_events",
        sa.Column("id", sa.Integer(), primary_key=True),
        _text("incident_id"),
        sa.Column("at", _INSTANT, nullable=False),
        _text("kind"),
        _text("by"),
        _text("detail"),
    )
    op.create_index("ix_incident_events_incident_id", "incident_events", ["incident_id"])
    op.create_table(
        "snoozes",
        _text("group_key", primary_key=True),
        sa.Column("until", _INSTANT, nullable=False),
        _body(),
    )
    op.create_index("ix_snoozes_until", "snoozes", ["until"])
    op.create_table(
        "pages",
        _text("incident_id", primary_key=True),
        sa.Column("lap", sa.Integer(), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("at", _INSTANT, nullable=False),
        _body(),
    )
