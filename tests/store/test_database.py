"""The database as a whole: URLs, transactions that compete, and a database that is away."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot.errors import GiveUp, Stale, TryAgain
from bot.ports.jobs import Job
from bot.store.connection import Connections, sqlite_file
from bot.store.connection import database_url as driver_url
from bot.store.database import Database
from tests.store.sample import NOW, VERDICT, campaign, claim, delivery, plan, post
from tests.store_fixture import Wakeups, migrated_postgres, migrated_sqlite, opened


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("sqlite:///x.db", "sqlite+aiosqlite:///x.db"),
        ("sqlite+aiosqlite:////var/x.db", "sqlite+aiosqlite:////var/x.db"),
        ("sqlite://", "sqlite+aiosqlite://"),
        ("postgres://u:p@h:5433/d", "postgresql+psycopg://u:p@h:5433/d"),
        ("postgresql://h/d?sslmode=require", "postgresql+psycopg://h/d?sslmode=require"),
        ("postgresql+psycopg://h/d", "postgresql+psycopg://h/d"),
    ],
)
def test_a_url_is_given_the_driver_that_the_store_uses(given: str, used: str) -> None:
    assert driver_url(given).render_as_string(hide_password=False) == used


@pytest.mark.parametrize("url", ["mysql://h/d", "headroom.db", ""])
def test_another_database_is_refused_in_plain_words(url: str) -> None:
    with pytest.raises(GiveUp, match=r"SQLite|sqlite:///"):
        Database(url, on_wake=Wakeups())


def test_only_a_sqlite_file_has_a_path() -> None:
    assert sqlite_file(driver_url("sqlite:////var/x.db")) == Path("/var/x.db")
    assert sqlite_file(driver_url("sqlite://")) is None
    assert sqlite_file(driver_url("postgresql://h/d")) is None


async def test_sqlite_is_durable_and_strict(tmp_path: Path) -> None:
    connections = Connections(driver_url(migrated_sqlite(tmp_path)))
    async with connections.read() as connection:
        found = [
            await connection.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    await connections.engine.dispose()
    assert found == ["wal", 2, 1]


@pytest.mark.parametrize(
    "orphan",
    [
        lambda tx: tx.campaigns.add_plan(plan("nobody"), VERDICT),
        lambda tx: tx.capacity.put_claims("nobody", [claim(campaign_id="nobody")]),
    ],
)
async def test_what_belongs_to_no_campaign_is_refused(
    any_database: Database, orphan: Callable[..., object]
) -> None:
    with pytest.raises(IntegrityError):
        async with any_database.begin() as tx:
            await orphan(tx)  # type: ignore[misc]


async def test_one_of_two_competing_decisions_is_stale(database_url: str) -> None:
    async with opened(database_url) as one, opened(database_url) as two:
        async with one.begin() as tx:
            await tx.campaigns.add(campaign())

        both_have_read = asyncio.Barrier(2)

        async def decide(database: Database, word: str) -> str:
            async with database.begin() as tx:
                found = await tx.campaigns.get("black-friday")
                assert found is not None
            await both_have_read.wait()
            async with database.begin() as tx:
                await tx.campaigns.save(replace(found, trouble=word))
            return word

        results = await asyncio.gather(
            decide(one, "one"), decide(two, "two"), return_exceptions=True
        )
        [stored] = [word for word in results if isinstance(word, str)]
        [lost] = [error for error in results if not isinstance(error, str)]
        assert isinstance(lost, Stale)
        async with one.begin() as tx:
            found = await tx.campaigns.get("black-friday")
        assert found is not None
        assert found.trouble == stored


async def test_competing_transactions_all_get_through(database_url: str) -> None:
    async with opened(database_url) as one, opened(database_url) as two:

        async def write(number: int) -> None:
            database = (one, two)[number % 2]
            async with database.begin() as tx:
                await tx.campaigns.open()
                assert await tx.campaigns.add(campaign(f"c{number}"))
                await tx.posts.want(post(text=f"{number}"), NOW)

        await asyncio.gather(*(write(number) for number in range(40)))
        async with one.begin() as tx:
            assert len(await tx.campaigns.open()) == 40
            found = await tx.posts.get("C0CAMPAIGN", "campaign/1")
        assert found is not None
        assert found.wanted_rev == 40


async def test_a_transaction_inside_a_transaction_is_a_mistake_said_at_once(
    database: Database,
) -> None:
    with pytest.raises(RuntimeError, match="open in this task already"):
        async with database.begin():
            async with database.begin():
                pytest.fail("it would wait for itself")
    async with database.begin() as tx:
        assert await tx.campaigns.open() == []


async def test_a_cancelled_transaction_leaves_nothing_behind(any_database: Database) -> None:
    inside = asyncio.Event()

    async def write() -> None:
        async with any_database.begin() as tx:
            await tx.campaigns.add(campaign())
            inside.set()
            await asyncio.sleep(60)

    writing = asyncio.create_task(write())
    await inside.wait()
    writing.cancel()
    await asyncio.wait([writing])
    async with any_database.begin() as tx:
        assert await tx.campaigns.open() == []
        assert await tx.campaigns.add(campaign())


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """The URL of a migrated PostgreSQL database."""
    with migrated_postgres() as url:
        yield url


async def test_a_cut_connection_is_worth_another_try(postgres_url: str) -> None:
    async with opened(postgres_url) as database:
        with pytest.raises(TryAgain, match="the database cannot be used now"):
            async with database.begin() as tx:
                await tx.campaigns.add(campaign())
                cut_all_connections(postgres_url)
                await tx.campaigns.open()
        async with database.begin() as tx:
            assert await tx.campaigns.add(campaign())
        cut_all_connections(postgres_url)
        assert await database.accept(delivery(), Job("announce", "T1"))


def cut_all_connections(url: str) -> None:
    """As a restart of the server would."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


async def test_an_absent_server_is_worth_another_try() -> None:
    async with opened("postgresql://nobody@127.0.0.1:1/none") as database:
        with pytest.raises(TryAgain):
            async with database.begin() as tx:
                await tx.campaigns.open()
        with pytest.raises(TryAgain):
            await database.accept(delivery(), Job("announce", "T1"))


async def test_a_locked_sqlite_file_is_waited_for(tmp_path: Path) -> None:
    url = migrated_sqlite(tmp_path)
    other = sqlite3.connect(tmp_path / "headroom.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    async with opened(url) as database:
        accepting = asyncio.create_task(database.accept(delivery(), Job("announce", "T1")))
        await asyncio.sleep(0.2)
        assert not accepting.done()
        assert await database.shelf.next_due() is None
        other.execute("COMMIT")
        assert await accepting
    other.close()
