"""Looks and breaches on SQLite and on PostgreSQL."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.core.experience import Breach, Look, Mark
from bot.core.windows import Window
from bot.store.database import Database

NOW = datetime(2025, 11, 28, 18, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LOOKS = [Look("front", NOW + place * MINUTE, Mark.FINE, 0.1, 0.3, 200) for place in range(5)]
BREACH = Breach("front", Mark.SLOW, NOW, NOW, "4 s")


async def test_looks_are_found_by_page_and_time(any_database: Database) -> None:
    async with any_database.begin() as tx:
        await tx.experience.add([*LOOKS, replace(LOOKS[0], page="other")])
        await tx.experience.add([])
    async with any_database.begin() as tx:
        assert list(await tx.experience.newest("front", 2)) == LOOKS[:2:-1]
        window = Window(NOW + MINUTE, NOW + 3 * MINUTE)
        assert list(await tx.experience.looks({"front"}, window)) == LOOKS[1:3]
        assert await tx.experience.prune(NOW + 2 * MINUTE) == 3
        assert list(await tx.experience.newest("front", 9)) == LOOKS[:1:-1]


async def test_a_breach_is_replaced_and_forgotten_when_it_is_over(any_database: Database) -> None:
    async with any_database.begin() as tx:
        await tx.experience.keep_breach(BREACH)
        await tx.experience.keep_breach(replace(BREACH, mark=Mark.FAILED))
        assert [one.mark for one in await tx.experience.breaches()] == [Mark.FAILED]
        await tx.experience.keep_breach(replace(BREACH, over_at=NOW))
        assert not await tx.experience.breaches()
