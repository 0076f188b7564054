"""The schema's history: an old database with rows in it comes up to date, and head is what the code says."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, Table, inspect

from bot.core.message import Post
from bot.store.codec import encode
from bot.store.connection import Connections
from bot.store.connection import database_url as driver_url
from bot.store.migrate import upgrade
from bot.store.tables.row import Row
from tests.postgres import postgres_server
from tests.store.sample import NOW, campaign, claim, delivery, post
from tests.store_fixture import opened


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without any table; the folder of the SQLite file does not exist yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'new' / 'headroom.db'}"
        return
    with postgres_server().database() as url:
        yield url


@asynccontextmanager
async def transaction(url: str) -> AsyncIterator[Callable[..., Any]]:
    """`run(function)` inside one transaction: `function` is given a plain connection."""
    connections = Connections(driver_url(url))
    try:
        async with connections.write() as connection:
            yield connection.run_sync
    finally:
        await connections.engine.dispose()


_OLD_ROWS: dict[str, dict[str, Any]] = {
    "campaigns": {
        "id": "black-friday",
        "version": 3,
        "state": "live",
        "final": False,
        "starts_at": NOW,
        "announced_at": NOW,
        "body": encode(campaign(version=3)),
    },
    "claims": {
        "campaign_id": "black-friday",
        "id": claim().id,
        "workload": str(claim().workload),
        "body": encode(claim()),
    },
    "inbox": {"identity": "T1", "received_at": NOW, "body": encode(delivery())},
    "posts": {
        "channel": "C0CAMPAIGN",
        "subject": "campaign/1",
        "kind": "message",
        "lane": 5,
        "content": "unknown",
        "body": encode(post()),
        "wanted_rev": 4,
        "shown_rev": 3,
        "ts": "7.7",
        "due_at": NOW,
        "wanted_at": NOW,
        "trouble": "",
        "plain": False,
    },
}


def store_rows(connection: Connection, rows: dict[str, dict[str, Any]]) -> None:
    """Inserts rows into tables as the database itself describes them."""
    for name, row in rows.items():
        table = Table(name, MetaData(), autoload_with=connection)
        connection.execute(table.insert().values(row))


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Procrastinate's tables are not described by our code."""
    return not (kind == "table" and str(name).startswith("procrastinate_"))


async def test_an_old_database_keeps_its_rows(empty_url: str, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    async with transaction(empty_url) as run:
        await run(partial(upgrade, revision="0001"))
        await run(partial(store_rows, rows=_OLD_ROWS))
    async with opened(empty_url) as database:
        await database.migrate()
        async with database.begin() as tx:
            assert await tx.campaigns.get("black-friday") == campaign(version=3)
            assert await tx.capacity.claims_of("black-friday") == [claim()]
            assert await tx.inbox.get("T1") == delivery()
            waiting = await tx.posts.next("C0CAMPAIGN", NOW)
    assert isinstance(waiting, Post)
    assert (waiting.wanted, waiting.ts, waiting.shown_rev) == (post(), "7.7", 3)


async def test_the_newest_schema_is_what_the_code_says(empty_url: str) -> None:
    def differences(connection: Connection) -> Any:
        return compare_metadata(
            MigrationContext.configure(connection, opts={"include_name": is_ours}), Row.metadata
        )

    async with opened(empty_url) as database:
        await database.migrate()
    async with transaction(empty_url) as run:
        assert await run(differences) == []


async def test_migrating_again_changes_nothing(empty_url: str) -> None:
    async with opened(empty_url) as database:
        await database.migrate()
        async with database.begin() as tx:
            await tx.campaigns.add(campaign())
        await database.migrate()
        async with database.begin() as tx:
            assert await tx.campaigns.get("black-friday") == campaign()


async def test_several_processes_may_migrate_at_once(empty_url: str) -> None:
    async with opened(empty_url) as one, opened(empty_url) as two, opened(empty_url) as three:
        await asyncio.gather(one.migrate(), two.migrate(), three.migrate())
        async with three.begin() as tx:
            assert await tx.campaigns.open() == []


async def test_a_failed_migration_leaves_the_old_schema(empty_url: str, tmp_path: Path) -> None:
    def tables(connection: Connection) -> list[str]:
        return inspect(connection).get_table_names()

    (tmp_path / "new").mkdir()
    with pytest.raises(RuntimeError, match="killed"):
        async with transaction(empty_url) as run:
            await run(upgrade)
            raise RuntimeError("killed")
    async with transaction(empty_url) as run:
        assert await run(tables) == []
