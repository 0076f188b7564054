"""SQLite without a thread for each statement: who waits for a lock still doesn't hold up anybody else."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.errors import TryAgain
from bot.store.connection import Connections, database_url

COUNT = text("SELECT count(*) FROM things")
ADD = text("INSERT INTO things (name) VALUES (:name)")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = sqlite3.connect(tmp_path / "things.db")
    made.execute("CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT UNIQUE)")
    made.commit()
    made.close()
    return tmp_path / "things.db"


@pytest.fixture
async def connections(file: Path) -> AsyncIterator[Connections]:
    opened = Connections(database_url(f"sqlite:///{file}"))
    yield opened
    await opened.close()


@pytest.fixture
def elsewhere(file: Path, connections: Connections) -> Iterator[sqlite3.Connection]:
    """Another process's connection."""
    other = sqlite3.connect(file, isolation_level=None)
    yield other
    other.close()


async def counted(connections: Connections) -> int:
    async with connections.read() as connection:
        return int((await connection.scalar(COUNT)) or 0)


async def add(connections: Connections, name: str) -> None:
    async with connections.write() as connection:
        await connection.execute(ADD, {"name": name})


async def test_rows_that_were_written_are_read_and_what_failed_is_not(
    connections: Connections,
) -> None:
    await add(connections, "one")
    with pytest.raises(ZeroDivisionError):
        async with connections.write() as connection:
            await connection.execute(ADD, [{"name": "two"}, {"name": "three"}])
            raise ZeroDivisionError
    assert await counted(connections) == 1


async def test_the_loop_goes_on_while_another_process_writes(
    connections: Connections, elsewhere: sqlite3.Connection
) -> None:
    assert await counted(connections) == 0
    elsewhere.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(add(connections, "ours"))
    for _ in range(20):
        await asyncio.sleep(0.01)
        assert await counted(connections) == 0
    assert not waiting.done()
    elsewhere.execute("INSERT INTO things (name) VALUES ('theirs')")
    elsewhere.execute("COMMIT")
    await waiting
    assert await counted(connections) == 2


async def test_who_is_cancelled_while_waiting_to_write_leaves_no_lock_behind(
    connections: Connections, elsewhere: sqlite3.Connection
) -> None:
    assert await counted(connections) == 0
    elsewhere.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(add(connections, "ours"))
    await asyncio.sleep(0.1)
    waiting.cancel()
    await asyncio.sleep(0.1)
    elsewhere.execute("COMMIT")
    with pytest.raises(asyncio.CancelledError):
        await waiting
    elsewhere.execute("PRAGMA busy_timeout=1000")
    elsewhere.execute("INSERT INTO things (name) VALUES ('theirs')")
    await add(connections, "later")
    assert await counted(connections) == 2


async def test_a_connection_that_cannot_be_prepared_is_closed_at_once(
    connections: Connections, elsewhere: sqlite3.Connection
) -> None:
    elsewhere.execute("BEGIN EXCLUSIVE")
    before = set(threading.enumerate())
    with pytest.raises(TryAgain, match="locked") as failed:
        await counted(connections)
    # A thread has told that it closed a moment before it is gone.
    for _ in range(1000):
        if set(threading.enumerate()) <= before:
            break
        await asyncio.sleep(0.01)
    assert set(threading.enumerate()) <= before, "although what failed still knows it"
    del failed
    elsewhere.execute("COMMIT")
    assert await counted(connections) == 0


async def test_a_file_that_cannot_be_opened_leaves_no_thread_behind(tmp_path: Path) -> None:
    nowhere = Connections(database_url(f"sqlite:///{tmp_path / 'missing' / 'things.db'}"))
    before = set(threading.enumerate())
    for _ in range(50):
        with pytest.raises(TryAgain, match="unable to open"):
            await counted(nowhere)
        assert set(threading.enumerate()) <= before
    await nowhere.close()


async def test_a_refused_statement_undoes_its_transaction_and_the_next_one_works(
    connections: Connections,
) -> None:
    await add(connections, "one")
    for _ in range(3):
        with pytest.raises(Exception, match="UNIQUE"):
            await add(connections, "one")
    await add(connections, "two")
    assert await counted(connections) == 2


@pytest.mark.parametrize("rows", [[], [{"name": "one"}]])
async def test_only_what_was_written_is_waited_for(
    connections: Connections, rows: list[dict[str, str]]
) -> None:
    assert await counted(connections) == 0
    others = list[str]()
    asyncio.get_running_loop().call_soon(others.append, "had their turn")
    async with connections.engine.connect() as connection:
        assert await connection.scalar(COUNT) == 0
        for row in rows:
            await connection.execute(ADD, row)
        assert not others
        await connection.commit()
        assert others == ["had their turn"] * len(rows)


async def test_many_tasks_read_and_write_side_by_side(connections: Connections) -> None:
    async def both(number: int) -> None:
        await add(connections, f"n{number}")
        assert await counted(connections) >= 1

    await asyncio.gather(*(both(number) for number in range(100)))
    assert await counted(connections) == 100
