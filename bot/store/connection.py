"""The engine behind the store: URLs, SQLite's and PostgreSQL's settings, transactions, and the errors
of a database that cannot be reached. Used by Database.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DisconnectionError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection, StaticPool

from bot.errors import GiveUp, TryAgain
from bot.store.checkpoint import Checkpointer
from bot.store.inline_sqlite import BEGIN_TO_READ, BEGIN_TO_WRITE, connect

Result = TypeVar("Result")

_LOCK_PATIENCE_SECONDS = 30
_BUSY_TIMEOUT_MS = 10_000
_CONNECT_SECONDS = 10
_RESTS_SINCE = "headroom.rests_since"
_NO_RESTART_SECONDS = 0.02  # the quickest restart that was measured took 70 ms
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    # FULL: a commit that was answered to is on the disk, also when the power fails.
    "PRAGMA synchronous=FULL",
    # 128 MB, which is seldom reached: the checkpointer copies the log beside the work.
    "PRAGMA wal_autocheckpoint=32000",
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}",
)


def database_url(text: str) -> URL:
    """The URL with the driver that the store uses; GiveUp for anything but SQLite and PostgreSQL."""
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise GiveUp(
            "the database URL cannot be read; write sqlite:///file or postgresql://…"
        ) from (error)
    match url.drivername.partition("+")[0]:
        case "sqlite":
            return url.set(drivername="sqlite+aiosqlite")
        case "postgres" | "postgresql":
            return url.set(drivername="postgresql+psycopg")
        case other:
            raise GiveUp(f"the database must be SQLite or PostgreSQL, not {other}")


def postgres_dsn(text: str) -> str | None:
    """The URL as libpq reads it; None unless it is PostgreSQL's."""
    url = database_url(text)
    if url.get_backend_name() != "postgresql":
        return None
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def sqlite_file(url: URL) -> Path | None:
    """The file of a SQLite URL; None in memory and on PostgreSQL."""
    if url.get_backend_name() != "sqlite" or url.database in {None, "", ":memory:"}:
        return None
    return Path(str(url.database))


@contextmanager
def reachable() -> Iterator[None]:
    """Turns the failures of a database that is away, locked or in a deadlock into TryAgain."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        cause = getattr(error, "orig", None) or error
        raise TryAgain(f"the database cannot be used now: {cause}".strip()) from error


class Connections:
    """Hands out connections with a transaction begun.

    SQLite has one writer at a time: within this process writers wait in a fair queue instead of in
    SQLite's own sleep-and-retry; other processes are waited for by the busy timeout. Every writing
    transaction begins IMMEDIATE, so none ever has to upgrade from reading (which can deadlock).
    """

    def __init__(self, url: URL) -> None:
        self._sqlite = url.get_backend_name() == "sqlite"
        self._shared = self._sqlite and sqlite_file(url) is None
        self._writer = asyncio.Lock()
        self._holder: asyncio.Task[object] | None = None
        self.engine = _sqlite_engine(url, self._shared) if self._sqlite else _postgres_engine(url)
        self._threads = None if self._shared else _CommitThreads(url)
        self._checkpointer = Checkpointer(Path(str(url.database)))

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """One transaction: commits at the end of the block, rolls back on an exception.

        Raises TryAgain when the database cannot be used, RuntimeError when the same task has one open
        on SQLite already (it would wait for itself).
        """
        with reachable():
            if not self._sqlite:
                async with self.engine.begin() as connection:
                    yield connection
                return
            async with self._alone(), self.engine.begin() as connection:
                yield connection

    @asynccontextmanager
    async def each(self) -> AsyncIterator[AsyncConnection]:
        """PostgreSQL only: every statement commits by itself, in one round trip instead of three."""
        with reachable():
            async with self.engine.connect() as plain:
                yield await plain.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that only reads; never waits for a writer of a SQLite file."""
        if self._shared or not self._sqlite:
            async with self.write() as connection:
                yield connection
            return
        with reachable():
            async with self.engine.connect() as plain:
                yield await plain.execution_options(headroom_reads=True)

    async def commit(self, work: Callable[[Connection], Result]) -> Result:
        """One transaction of `work`, which does not wait for anything but the database.

        All of it runs in a thread in one go: a hop to a thread, or a wait in the loop, for each
        statement would cost more than the statements, most of all while this thread is busy.
        """
        if self._threads is None:
            async with self.write() as connection:
                return await connection.run_sync(work)
        with reachable():
            if not self._sqlite:
                return await self._threads.run(work)
            async with self._alone():
                result = await self._threads.run(work)
        self._checkpointer.committed()
        return result

    async def look(self, work: Callable[[Connection], Result]) -> Result:
        """The same for `work` that only reads; on a SQLite file here, for it never waits for a writer."""
        if self._threads is None:
            return await self.commit(work)
        with reachable():
            if self._sqlite:
                return self._threads.here(work)
            return await self._threads.run(work, reads=True)

    async def close(self) -> None:
        """Closes all connections."""
        if self._threads is not None:
            self._threads.close()
            await self._checkpointer.close()
        await self.engine.dispose()

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        task = asyncio.current_task()
        if self._holder is not None and self._holder is task:
            raise RuntimeError("a transaction is open in this task already; finish it first")
        try:
            async with asyncio.timeout(_LOCK_PATIENCE_SECONDS):
                await self._writer.acquire()
        except TimeoutError as error:
            raise TryAgain("the database is busy: another transaction does not end") from error
        self._holder = task
        try:
            yield
        finally:
            self._holder = None
            self._writer.release()


class _CommitThreads:
    """Two threads with connections of their own (on SQLite one writes while another reads)."""

    def __init__(self, url: URL) -> None:
        sqlite = url.get_backend_name() == "sqlite"
        threads = 2
        if sqlite:
            self._engine = create_engine(url.set(drivername="sqlite"))
            _as_we_use_it(self._engine)
        else:
            self._engine = create_engine(
                url,
                pool_size=threads,
                max_overflow=0,
                connect_args={"connect_timeout": _CONNECT_SECONDS},
            )
            _ping_the_rested(self._engine)
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="headroom-commit")

    async def run(self, work: Callable[[Connection], Result], *, reads: bool = False) -> Result:
        """One transaction."""

        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, self.here, work, reads)

    def here(self, work: Callable[[Connection], Result], reads: bool = True) -> Result:
        """The same in the caller's thread, for what waits for nobody: SQLite's readers."""
        with self._engine.connect() as plain:
            connection = plain.execution_options(headroom_reads=reads)
            with connection.begin():
                return work(connection)

    def close(self) -> None:
        """After what is running has ended."""
        self._executor.shutdown()
        self._engine.dispose()


def _sqlite_engine(url: URL, shared: bool) -> AsyncEngine:
    driver = {"async_creator_fn": connect}
    pool = {"poolclass": StaticPool} if shared else {}
    engine = create_async_engine(url, connect_args=driver, **pool)
    _as_we_use_it(engine.sync_engine)
    return engine


def _as_we_use_it(engine: Engine) -> None:
    """Sets SQLite's pragmas and how transactions begin."""

    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        # The driver must not begin transactions by itself: `begin` below says how.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reads = connection.get_execution_options().get("headroom_reads", False)
        connection.exec_driver_sql(BEGIN_TO_READ if reads else BEGIN_TO_WRITE)


def _postgres_engine(url: URL) -> AsyncEngine:
    engine = create_async_engine(
        url, pool_size=8, max_overflow=4, connect_args={"connect_timeout": _CONNECT_SECONDS}
    )
    _ping_the_rested(engine.sync_engine)
    return engine


def _ping_the_rested(engine: Engine) -> None:
    """Makes a restarted server invisible to the transaction that comes next.

    As SQLAlchemy's own ping does, but without a round trip where a connection was used just before:
    no server restarts so quickly.
    """

    @event.listens_for(engine, "checkin")
    def rests(_connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        entry.info[_RESTS_SINCE] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def ping(
        connection: DBAPIConnection, entry: ConnectionPoolEntry, _proxy: PoolProxiedConnection
    ) -> None:
        since = entry.info.pop(_RESTS_SINCE, None)
        if since is None or time.monotonic() - since < _NO_RESTART_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError("the connection was cut while it rested") from error
