"""Migrated databases for tests, quickly: each is a copy of one that was migrated once per process.

`database` gives SQLite; `any_database` runs a test on SQLite and on PostgreSQL. Import the fixtures in
a conftest: `from tests.store_fixture import database`.
"""

import asyncio
import atexit
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from pathlib import Path
from threading import Thread

import pytest

from bot.store.database import Database
from tests.postgres import postgres_server

_POSTGRES_TEMPLATE = "headroom_migrated"


class Wakeups:
    """What a Database is given as `on_wake`: counts the nudges and passes them on to `listeners`."""

    def __init__(self) -> None:
        self.count = 0
        self.listeners: list[Callable[[], None]] = []

    def __call__(self) -> None:
        self.count += 1
        for listener in self.listeners:
            listener()


@asynccontextmanager
async def opened(url: str, wakeups: Wakeups | None = None) -> AsyncIterator[Database]:
    """A Database on `url`, closed at the end of the block."""
    database = Database(url, on_wake=wakeups or Wakeups())
    try:
        yield database
    finally:
        await database.close()


def migrated_sqlite(folder: Path) -> str:
    """The URL of a new migrated SQLite file in `folder`."""
    file = folder / "headroom.db"
    shutil.copyfile(_sqlite_template(), file)
    return f"sqlite:///{file}"


@contextmanager
def migrated_postgres() -> Iterator[str]:
    """The URL of a new migrated PostgreSQL database; skips where there is no PostgreSQL."""
    with postgres_server().database(_postgres_template()) as url:
        yield url


@cache
def _sqlite_template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="headroom-sqlite-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    _migrate(f"sqlite:///{folder / 'template.db'}")
    return folder / "template.db"


@cache
def _postgres_template() -> str:
    postgres_server().administrate(f"CREATE DATABASE {_POSTGRES_TEMPLATE}")
    _migrate(postgres_server().url(_POSTGRES_TEMPLATE))
    return _POSTGRES_TEMPLATE


def _migrate(url: str) -> None:
    async def migrate() -> None:
        async with opened(url) as database:
            await database.migrate()

    # In its own thread: the caller may be inside a running event loop.
    thread = Thread(target=lambda: asyncio.run(migrate()))
    thread.start()
    thread.join()


@pytest.fixture
def wakeups() -> Wakeups:
    """What counts the nudges of this test's database."""
    return Wakeups()


@pytest.fixture
async def database(tmp_path: Path, wakeups: Wakeups) -> AsyncIterator[Database]:
    """A migrated SQLite database of this test's own."""
    async with opened(migrated_sqlite(tmp_path), wakeups) as database:
        yield database


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated database: the test runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        yield migrated_sqlite(tmp_path)
        return
    with migrated_postgres() as url:
        yield url


@pytest.fixture
async def any_database(database_url: str, wakeups: Wakeups) -> AsyncIterator[Database]:
    """A migrated database: the test runs on SQLite and on PostgreSQL."""
    async with opened(database_url, wakeups) as database:
        yield database
