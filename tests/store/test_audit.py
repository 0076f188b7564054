"""The record keeps its order and its chain, whoever writes at the same time, and whatever is pruned."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import event, text

from bot.core.trail import AuditRow, Query, first_broken
from bot.store.audit import AuditRows
from bot.store.connection import Connections
from bot.store.connection import database_url as driver_url
from bot.store.database import Database
from tests.store.sample import NOW
from tests.store_fixture import opened

DAY = timedelta(days=1)


def row(number: int, subject: str = "campaign/1", actor: str = "U0MAYA") -> AuditRow:
    return AuditRow(NOW + number * DAY, actor, "announced", subject, f"row {number}", 2, "slack/C0")


async def write(database: Database, *rows: AuditRow) -> None:
    async with database.begin() as tx:
        for one in rows:
            await tx.audit.add(one)


async def run(url: str, statement: str) -> None:
    """Past Headroom: what somebody with access to the database could do."""
    connections = Connections(driver_url(url))
    async with connections.write() as connection:
        await connection.execute(text(statement))
    await connections.engine.dispose()


async def test_the_record_of_a_subject_is_told_oldest_first(any_database: Database) -> None:
    first, second = row(1), row(0, actor="U0ERIK")
    async with any_database.begin() as tx:
        await tx.audit.add(first)
        await tx.audit.add(row(0, "campaign/2"))
        await tx.audit.add(second)
        assert await tx.audit.about("campaign/1") == [first, second]
    async with any_database.begin() as tx:
        assert await tx.audit.about("campaign/1") == [first, second]
        assert await tx.audit.about("campaign/3") == []


async def test_rows_are_found_by_subject_actor_and_time(any_database: Database) -> None:
    await write(any_database, row(0), row(1, "campaign/2"), row(2, actor="U0ERIK"), row(3))

    async def found(query: Query) -> list[str]:
        async with any_database.begin() as tx:
            return [link.row.detail for link in await tx.audit.search(query)]

    assert await found(Query()) == ["row 0", "row 1", "row 2", "row 3"]
    assert await found(Query(subject="campaign/1")) == ["row 0", "row 2", "row 3"]
    assert await found(Query(actor="U0ERIK")) == ["row 2"]
    assert await found(Query(since=NOW + 2 * DAY)) == ["row 2", "row 3"]
    assert await found(Query(limit=2)) == ["row 2", "row 3"]


async def test_the_chain_holds_when_many_write_at_the_same_time(database_url: str) -> None:
    async with opened(database_url) as one, opened(database_url) as two:
        writes = [write(db, row(n), row(n)) for n in range(8) for db in (one, two)]
        await asyncio.gather(*writes)
        async with one.begin() as tx:
            links = await tx.audit.chain()
    assert len(links) == 32
    assert first_broken(links) is None
    assert len({link.previous for link in links}) == 32


async def test_many_rows_of_a_transaction_cost_no_more_round_trips_than_one(
    database_url: str,
) -> None:
    async with opened(database_url):
        connections = Connections(driver_url(database_url))
        asked = _statements(connections)
        one, many = [await _spent(connections, asked, count) for count in (1, 50)]
        await connections.engine.dispose()
    assert one == many <= 3


async def _spent(connections: Connections, asked: list[str], count: int) -> int:
    """How many statements a transaction sends at its end for that many rows."""
    async with connections.write() as connection:
        rows = AuditRows(connection)
        for number in range(count):
            await rows.add(row(number))
        before = len(asked)
        await rows.flush()
        return len(asked) - before


def _statements(connections: Connections) -> list[str]:
    """Grows with every statement that is sent from now on."""
    asked: list[str] = []

    def note(*told: object) -> None:
        asked.append(str(told[2]))

    event.listen(connections.engine.sync_engine, "before_cursor_execute", note)
    return asked


async def test_a_rolled_back_transaction_leaves_no_row(any_database: Database) -> None:
    with pytest.raises(LookupError):
        async with any_database.begin() as tx:
            await tx.audit.add(row(1))
            raise LookupError
    async with any_database.begin() as tx:
        assert await tx.audit.chain() == []


async def test_a_row_changed_behind_headrooms_back_is_found(database_url: str) -> None:
    async with opened(database_url) as database:
        await write(database, row(0), row(1), row(2))
        await run(database_url, "UPDATE audit SET actor = 'U0SAM' WHERE id = 2")
        async with database.begin() as tx:
            broken = first_broken(await tx.audit.chain())
    assert broken is not None and broken.id == 2


async def test_rows_of_a_process_that_cannot_chain_yet_are_chained_by_the_next(
    database_url: str,
) -> None:
    async with opened(database_url) as database:
        await write(database, row(0))
        insert = "INSERT INTO audit (at, actor, act, subject, detail) VALUES"
        await run(database_url, f"{insert} ('2025-11-28 14:00:00', 'U0ADA', 'a', 's', 'd')")
        await write(database, row(1))
        async with database.begin() as tx:
            links = await tx.audit.chain()
    assert [bool(link.hash) for link in links] == [True, True, True]
    assert first_broken(links) is None


async def test_what_is_pruned_is_vouched_for(any_database: Database) -> None:
    await write(any_database, *(row(n) for n in range(6)))
    async with any_database.begin() as tx:
        assert await tx.audit.prune(NOW + 3 * DAY, NOW + 7 * DAY) == 3
    await write(any_database, row(8))
    async with any_database.begin() as tx:
        assert await tx.audit.prune(NOW + 3 * DAY, NOW + 8 * DAY) == 0
        assert await tx.audit.prune(NOW + 5 * DAY, NOW + 8 * DAY) == 2
    async with any_database.begin() as tx:
        links = await tx.audit.chain()
    assert first_broken(links) is None
    assert [link.row.act for link in links] == ["announced", "pruned", "announced", "pruned"]


async def test_the_newest_row_is_never_pruned(any_database: Database) -> None:
    await write(any_database, row(0), row(1))
    async with any_database.begin() as tx:
        await tx.audit.prune(NOW + 9 * DAY, NOW + 9 * DAY)
    async with any_database.begin() as tx:
        links = await tx.audit.chain()
    assert [link.row.act for link in links] == ["announced", "pruned"]
    assert first_broken(links) is None
