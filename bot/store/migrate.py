"""Runs the Alembic migrations that are part of the package. Used by Database."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

# Any number that nothing else locks on: two processes that migrate one PostgreSQL do it in turn.
_MIGRATION_LOCK = 4_867_301
_FOLDER = Path(__file__).parent / "migrations"


def too_old(connection: Connection) -> bool:
    """Whether the schema lacks something that this version needs.

    A schema of a newer version, which this one does not know, is not: migrations only add, so that two
    versions can run side by side during a deploy.
    """
    found = MigrationContext.configure(connection).get_current_revision()
    scripts = ScriptDirectory(str(_FOLDER))
    known = {script.revision for script in scripts.walk_revisions()}
    return found is None or (found in known and found != scripts.get_current_head())


def newest_schema() -> str:
    """The revision that this version's migrations lead to."""
    return str(ScriptDirectory(str(_FOLDER)).get_current_head())


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Upgrades the schema to `revision` inside the connection's transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
