"""Advice and its applications on SQLite and on PostgreSQL."""

from dataclasses import replace
from datetime import timedelta

from bot.core.advice.advising import advise
from bot.core.advice.book import AdviceBook, Application, Stage
from bot.store.database import Database
from tests.advice.scenes import NOW, SPAN, seen
from tests.store_fixture import any_database, database_url, wakeups

__all__ = ["any_database", "database_url", "wakeups"]

BOOK = AdviceBook(NOW, SPAN, advise(seen()), 1, ("cart: no advice",), ("CPU: late",), "a list")
ASKED = Application("a-1", BOOK.advice[0], NOW, "U0ERIK", NOW)


async def test_the_newest_advice_is_kept_whole(any_database: Database) -> None:
    async with any_database.begin() as tx:
        assert await tx.snapshots.advice() is None
        await tx.snapshots.keep_advice(BOOK)
    async with any_database.begin() as tx:
        assert await tx.snapshots.advice() == BOOK


async def test_the_first_application_of_an_id_wins(any_database: Database) -> None:
    async with any_database.begin() as tx:
        assert await tx.applications.add(ASKED)
        assert not await tx.applications.add(replace(ASKED, asked_by="U0ADA"))
        await tx.applications.save(replace(ASKED, stage=Stage.APPLIED))
    async with any_database.begin() as tx:
        found = await tx.applications.get("a-1")
        assert found == replace(ASKED, stage=Stage.APPLIED)
        assert await tx.applications.get("a-2") is None
        assert list(await tx.applications.since(NOW)) == [found]
        assert not await tx.applications.since(NOW + timedelta(seconds=1))
