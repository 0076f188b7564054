"""The record keeps its order."""

from datetime import timedelta

from bot.ports.store import AuditRow
from bot.store.database import Database
from tests.store.sample import NOW


async def test_the_record_of_a_subject_is_told_oldest_first(any_database: Database) -> None:
    first = AuditRow(NOW, "U0MAYA", "announced", "campaign/1", "x3")
    second = AuditRow(NOW - timedelta(seconds=5), "U0ERIK", "approved", "campaign/1")
    async with any_database.begin() as tx:
        await tx.audit.add(first)
        await tx.audit.add(AuditRow(NOW, "U0SAM", "announced", "campaign/2"))
        await tx.audit.add(second)
    async with any_database.begin() as tx:
        assert await tx.audit.about("campaign/1") == [first, second]
        assert await tx.audit.about("campaign/3") == []
