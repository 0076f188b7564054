"""Procrastinate's tables in our database: created, and brought to the installed version. Used by Database.

Procrastinate ships its whole schema and one file a change: `…_pre_…` before code that needs it starts,
`…_post_…` once older code has stopped. Which files are in is noted, so any later version can be
installed. A `post` file waits for the migration after the one that brought its `pre` file: until then a
rolling deploy has old workers running.
"""

from pathlib import Path

from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, text

_OWN = """
    CREATE TABLE IF NOT EXISTS procrastinate_headroom (file text PRIMARY KEY);
    CREATE INDEX IF NOT EXISTS procrastinate_headroom_due ON procrastinate_jobs (scheduled_at)
        WHERE status = 'todo'"""
_NOTE = text("INSERT INTO procrastinate_headroom (file) VALUES (:file)")


def no_queue(connection: Connection) -> bool:
    """Whether there are no such tables yet."""
    return connection.scalar(text("SELECT to_regclass('procrastinate_headroom')")) is None


def bring_up(connection: Connection, folder: Path | None = None) -> None:
    """Creates the tables or applies what is missing, inside the connection's transaction.

    `folder` holds the files of changes (None: those of the installed version).
    """
    files = sorted((folder or Path(SchemaManager.get_migrations_path())).glob("*.sql"))
    if connection.scalar(text("SELECT to_regclass('procrastinate_jobs')")) is None:
        _run(connection, SchemaManager.get_schema())
        _run(connection, _OWN)
        _note(connection, files)
        return
    known = set(connection.scalars(text("SELECT file FROM procrastinate_headroom")))
    missing = [file for file in files if file.name not in known]
    fresh = {_release(file) for file in missing if "_pre_" in file.name}
    due = [file for file in missing if "_post_" not in file.name or _release(file) not in fresh]
    for file in due:
        _run(connection, file.read_text(encoding="utf-8"))
    _note(connection, due)


def _release(file: Path) -> str:
    """`03.02.00_50_post_batch_defer_jobs.sql` is of 03.02.00."""
    return file.name.partition("_")[0]


def _note(connection: Connection, files: list[Path]) -> None:
    if files:
        connection.execute(_NOTE, [{"file": file.name} for file in files])


def _run(connection: Connection, script: str) -> None:
    """Several statements, with percent signs that are no parameters."""
    connection.execution_options(no_parameters=True).exec_driver_sql(script)
    connection.execution_options(no_parameters=False)
