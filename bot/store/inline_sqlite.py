"""Runs SQLite's statements where they are asked for; only what may wait goes to aiosqlite's thread.

Used by the engine in connection.py. aiosqlite goes to a thread for opening a cursor, for executing, for
fetching and for closing: each costs more than most statements, and more still while the loop is busy.
Inside a transaction no statement waits for a lock: a writer has it since BEGIN IMMEDIATE, and readers
of a write-ahead log need none. BEGIN IMMEDIATE is tried without waiting. What stands outside a
transaction, and the end of one that changed something, may wait, and goes to the thread.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, Self

import aiosqlite

BEGIN_TO_READ = "BEGIN"
BEGIN_TO_WRITE = "BEGIN IMMEDIATE"


async def connect(file: str, **options: Any) -> "InlineConnection":
    """An open connection, as SQLAlchemy's `async_creator_fn`; `options` are those of sqlite3.connect."""
    # One thread at a time: whoever awaits a trip does nothing else with the connection.
    shared = {**options, "check_same_thread": False}
    connection = InlineConnection(partial(sqlite3.connect, file, **shared), iter_chunk_size=64)
    connection._thread.daemon = True  # as SQLAlchemy does for those that it opens
    try:
        await connection
    except BaseException:
        # aiosqlite ends its thread without waiting for it: it would tell a loop that may be closed by then.
        connection._thread.join()
        raise
    return connection


class InlineConnection(aiosqlite.Connection):
    """A connection whose cursors work in the caller's thread while a transaction is open."""

    _trips = 0
    _reads = False
    # Rows changed before this transaction, -1 where that is not known. SQLite does not count what changes the
    # schema: its commit waits for the disk here, which only `migrate` does.
    _changes = -1

    def cursor(self) -> "InlineCursor":  # type: ignore[override]
        """Opens nothing yet."""
        return InlineCursor(self)

    async def commit(self) -> None:
        """What only read has nothing to wait for."""
        if self._must_wait():
            await super().commit()
        else:
            self._conn.commit()

    async def rollback(self) -> None:
        """Nor has what changed nothing, or where nothing is open, as after every commit."""
        if self._must_wait():
            await super().rollback()
        else:
            self._conn.rollback()

    def _must_wait(self) -> bool:
        """Whether a transaction's end waits: for a trip that is under way, or for the disk."""
        changed = not self._reads and self._conn.total_changes != self._changes
        return bool(self._trips) or (self.in_transaction and changed)

    async def run(self, statement: str, many: bool, parameters: Any) -> sqlite3.Cursor:
        """The cursor after execution. Raises sqlite3's errors."""
        if not self.in_transaction:
            self._reads = statement == BEGIN_TO_READ
        if not self._trips:
            if self.in_transaction or self._reads:
                return self._run(statement, many, parameters)
            if statement == BEGIN_TO_WRITE and (begun := self._begun_at_once()):
                self._changes = self._conn.total_changes
                return begun
        self._trips += 1
        self._changes = -1
        trip = self._execute(self._return, statement, many, parameters)  # type: ignore[no-untyped-call]
        cursor: sqlite3.Cursor = await trip
        return cursor

    def _begun_at_once(self) -> sqlite3.Cursor | None:
        """None where another process is writing."""
        [patience] = self._conn.execute("PRAGMA busy_timeout").fetchone()
        self._conn.execute("PRAGMA busy_timeout=0")
        try:
            return self._conn.execute(BEGIN_TO_WRITE)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            return None
        finally:
            self._conn.execute(f"PRAGMA busy_timeout={patience}")

    def _run(self, statement: str, many: bool, parameters: Any) -> sqlite3.Cursor:
        cursor = self._conn.cursor()
        return (cursor.executemany if many else cursor.execute)(statement, parameters)

    def _return(self, statement: str, many: bool, parameters: Any) -> sqlite3.Cursor:
        try:
            return self._run(statement, many, parameters)
        finally:
            self._trips -= 1


class InlineCursor:
    """The part of aiosqlite's cursor that SQLAlchemy uses; all rows are read at once."""

    arraysize = 1

    def __init__(self, connection: InlineConnection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, operation: str, parameters: Iterable[Any] = ()) -> Self:
        """Raises sqlite3's errors."""
        return self._done(await self._connection.run(operation, False, parameters))

    async def executemany(self, operation: str, parameters: Iterable[Iterable[Any]]) -> Self:
        """Raises sqlite3's errors."""
        return self._done(await self._connection.run(operation, True, parameters))

    async def fetchone(self) -> Any | None:
        """The next row; None after the last."""
        return next(iter(await self.fetchmany(1)), None)

    async def fetchmany(self, size: int = 1) -> Sequence[Any]:
        """The next rows, at most `size`."""
        given, self._rows = self._rows[:size], self._rows[size:]
        return given

    async def fetchall(self) -> Sequence[Any]:
        """All rows that are left."""
        return await self.fetchmany(len(self._rows))

    async def close(self) -> None:
        """Closed it is already."""
        self._rows = []

    def _done(self, cursor: sqlite3.Cursor) -> Self:
        self.description = cursor.description
        self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid
        self._rows = cursor.fetchall() if cursor.description else []
        cursor.close()
        return self
