"""Runs the Alembic migrations that are part of the package. Used by Database.migrate."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

# Any number that nothing else locks on: two processes that migrate one PostgreSQL do it in turn.
_MIGRATION_LOCK = 4_867_301


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Upgrades the schema to `revision` inside the connection's transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
