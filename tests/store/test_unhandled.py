"""Deliveries whose job was lost are found again, with the job that handles them."""

from dataclasses import replace
from datetime import timedelta

from bot.ports.jobs import Job
from bot.store.database import Database
from tests.store.sample import NOW, delivery

HOUR = timedelta(hours=1)


async def test_what_waits_is_found_in_the_order_of_arrival(any_database: Database) -> None:
    for number, hours in ((1, 3), (2, 2), (3, 1), (4, 0)):
        one = replace(delivery(), identity=f"T{number}", received_at=NOW - hours * HOUR)
        await any_database.accept(one, Job("answer" if number % 2 else "announce", one.identity))
    async with any_database.begin() as tx:
        assert await tx.inbox.handled("T2", NOW)
        found = await tx.inbox.unhandled(NOW - 3 * HOUR, NOW - HOUR)
    assert found == [Job("answer", "T1"), Job("answer", "T3")]
