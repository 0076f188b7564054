"""Databases that restart, cut connections or are full, and clocks that are set: nothing half-done, no dead end."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, Pool

from bot.core.message import Post
from bot.errors import TryAgain
from bot.ports.jobs import Job
from bot.store.database import Database
from handlers.http.routes import web_app
from handlers.slack.app import SlackSecrets, slack_app
from handlers.slack.gate import NOT_STORED
from tests.fakes.clock import FakeClock
from tests.handlers.door import SECRET, Door, Healthy, Inbox
from tests.postgres import PostgresServer, new_server
from tests.store.sample import NOW, campaign, delivery, post
from tests.store_fixture import migrated_sqlite, opened

HOUR = timedelta(hours=1)
JOB = Job("announce", "T1")


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A server that these tests may stop."""
    with new_server() as server:
        yield server


@pytest.fixture
async def database(server: PostgresServer) -> AsyncIterator[Database]:
    """A migrated database on it."""
    with server.database() as url:
        async with opened(url) as database:
            await database.migrate()
            yield database


@contextmanager
def stopped(server: PostgresServer) -> Iterator[None]:
    """During the block there is no server."""
    server.stop()
    try:
        yield
    finally:
        server.start()


def door_to(database: Database) -> Door:
    """The product's own door over the database."""
    app = slack_app(database.accept, SlackSecrets(SECRET, "xoxb-test"), FakeClock(NOW))
    transport = httpx.ASGITransport(app=web_app(app, Healthy()))
    return Door(httpx.AsyncClient(transport=transport, base_url="http://bot"), Inbox(), Healthy())


async def waiting(database: Database) -> list[str]:
    """The keys of all jobs."""
    taken = await database.shelf.take(NOW + HOUR, owner="test", until=NOW + 2 * HOUR, limit=1000)
    return sorted(one.job.key for one in taken)


async def test_nothing_is_half_done_when_the_server_stops_in_a_transaction(
    server: PostgresServer, database: Database
) -> None:
    with pytest.raises(TryAgain):
        async with database.begin() as tx:
            await tx.campaigns.add(campaign())
            await tx.jobs.wake(JOB, NOW)
            with stopped(server):
                await tx.campaigns.open()
    async with database.begin() as tx:
        assert await tx.campaigns.open() == []
    assert await waiting(database) == []


async def test_nothing_is_half_done_when_the_connection_is_cut_before_the_commit(
    server: PostgresServer, database: Database
) -> None:
    with pytest.raises(TryAgain):
        async with database.begin() as tx:
            await tx.campaigns.add(campaign())
            with stopped(server):
                pass
    async with database.begin() as tx:
        assert await tx.campaigns.open() == []


async def test_a_person_is_told_when_nothing_can_be_stored_and_can_send_it_again(
    server: PostgresServer, database: Database
) -> None:
    door = door_to(database)
    with stopped(server):
        refused = await door.command()
    accepted = await door.command()
    assert refused.json()["text"] == NOT_STORED
    assert "Got it" in accepted.json()["text"]
    assert len(await waiting(database)) == 1


async def test_the_first_transaction_after_a_restart_works(
    server: PostgresServer, database: Database
) -> None:
    async with database.begin() as tx:
        await tx.campaigns.add(campaign())
    with stopped(server):
        pass
    async with database.begin() as tx:
        assert len(await tx.campaigns.open()) == 1
    assert await database.accept(delivery(), JOB)


@contextmanager
def full_disk() -> Iterator[None]:
    """During the block new connections to SQLite get no page more than the file has."""

    def prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA max_page_count = 1")  # SQLite takes the file's size for less
        cursor.close()

    event.listen(Pool, "connect", prepare)
    try:
        yield
    finally:
        event.remove(Pool, "connect", prepare)


async def overfill(database: Database) -> None:
    """One transaction that is larger than the room that is left."""
    async with database.begin() as tx:
        await tx.jobs.wake(JOB, NOW)
        for number in range(200):
            await tx.campaigns.add(campaign(f"campaign-{number}"))


async def test_nothing_is_half_done_when_the_disk_is_full(tmp_path: Path) -> None:
    url = migrated_sqlite(tmp_path)
    with full_disk():
        async with opened(url) as database:
            with pytest.raises(TryAgain, match="full"):
                await overfill(database)
    async with opened(url) as database:
        async with database.begin() as tx:
            assert await tx.campaigns.open() == []
        assert await waiting(database) == []
        await overfill(database)
        assert await waiting(database) == ["T1"]


async def test_a_person_is_told_when_the_disk_is_full(tmp_path: Path) -> None:
    url = migrated_sqlite(tmp_path)
    with full_disk():
        async with opened(url) as database:
            refused = await door_to(database).command(text="x " * 5000)
    async with opened(url) as database:
        accepted = await door_to(database).command(text="x " * 5000)
        assert len(await waiting(database)) == 1
    assert refused.json()["text"] == NOT_STORED
    assert "Got it" in accepted.json()["text"]


async def test_messages_go_on_when_the_clock_was_set_back(any_database: Database) -> None:
    ahead = NOW + 5 * HOUR
    async with any_database.begin() as tx:
        await tx.posts.want(post(), ahead)
        sent = await tx.posts.next("C0CAMPAIGN", ahead)
        assert isinstance(sent, Post)
        await tx.posts.claim(sent.id, ahead)
        await tx.posts.shown(sent.id, sent.wanted_rev, "1.1", ahead)
        await tx.posts.want(post("again"), ahead)
    async with any_database.begin() as tx:
        assert isinstance(await tx.posts.next("C0CAMPAIGN", NOW), Post)


async def test_due_times_mean_instants_when_the_server_lives_through_a_clock_change(
    server: PostgresServer,
) -> None:
    twice = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30 in Berlin, and again an hour later
    with server.database() as url:
        with psycopg.connect(url, autocommit=True) as connection:
            name = url.rpartition("/")[2]
            connection.execute(f"ALTER DATABASE {name} SET timezone = 'Europe/Berlin'".encode())
        async with opened(url) as database:
            await database.migrate()
            for hours in range(3):
                await database.shelf.wake(Job("look", f"{hours}"), twice + hours * HOUR)
            assert await database.shelf.next_due() == twice
            due = await database.shelf.take(twice + HOUR, owner="w", until=twice, limit=9)
    assert [one.job.key for one in due] == ["0", "1"]
