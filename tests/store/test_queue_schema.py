"""Procrastinate's tables: created, kept, and brought to a later version without stopping an older one."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text

from bot.store.queue_schema import bring_up, no_queue
from tests.postgres import postgres_server

Open = Callable[[], AbstractContextManager[Connection]]


@pytest.fixture
def database() -> Iterator[Open]:
    """Transactions of an empty PostgreSQL database."""
    with postgres_server().database() as url:
        engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))

        @contextmanager
        def begin() -> Iterator[Connection]:
            with engine.begin() as connection:
                yield connection

        yield begin
        engine.dispose()


def column_names(connection: Connection) -> set[str]:
    """The columns of the jobs' table."""
    names = text("SELECT attname FROM pg_attribute WHERE attrelid = 'procrastinate_jobs'::regclass")
    return set(connection.scalars(names))


def later_version(folder: Path) -> Path:
    """The files of a version that adds a column before its code starts and drops one afterwards."""
    add = "ALTER TABLE procrastinate_jobs ADD COLUMN colour text DEFAULT '100%'"
    drop = "ALTER TABLE procrastinate_jobs DROP COLUMN abort_requested CASCADE"
    (folder / "09.00.00_01_pre_add_colour.sql").write_text(f"{add};")
    (folder / "09.00.00_50_post_drop_abort.sql").write_text(f"{drop};")
    return folder


def test_the_tables_are_created_once(database: Open) -> None:
    with database() as connection:
        assert no_queue(connection)
    for _ in range(2):
        with database() as connection:
            bring_up(connection)
    with database() as connection:
        assert not no_queue(connection)
        assert {"queueing_lock", "worker_id"} <= column_names(connection)


def test_what_an_older_version_needs_goes_one_migration_later(
    database: Open, tmp_path: Path
) -> None:
    with database() as connection:
        bring_up(connection)
    folder = later_version(tmp_path)
    with database() as connection:
        bring_up(connection, folder)
        assert {"colour", "abort_requested"} <= column_names(connection)
    with database() as connection:
        bring_up(connection, folder)
        assert "abort_requested" not in column_names(connection)
    with database() as connection:
        bring_up(connection, folder)


def test_nothing_is_left_of_a_change_that_failed(database: Open, tmp_path: Path) -> None:
    with database() as connection:
        bring_up(connection)
    (tmp_path / "09.00.00_01_pre_bad.sql").write_text(
        "CREATE TABLE half_done (a int); SELECT oops;"
    )
    with pytest.raises(Exception, match="oops"):
        with database() as connection:
            bring_up(connection, tmp_path)
    with database() as connection:
        assert connection.scalar(text("SELECT to_regclass('half_done')")) is None
