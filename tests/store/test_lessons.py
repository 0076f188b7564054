"""What finished campaigns brought survives, once a campaign, newest first."""

from dataclasses import replace
from datetime import timedelta

from bot.core.campaign import CampaignKind
from bot.core.evidence import PastCampaign
from bot.store.database import Database
from tests.store.sample import NOW, campaign

PAST = PastCampaign(CampaignKind.PUSH, ("web",), 3.0, 2.5, NOW, NOW + timedelta(hours=4), "Push")


async def put(database: Database, name: str, past: PastCampaign) -> None:
    async with database.begin() as tx:
        await tx.campaigns.add(campaign(name))
        await tx.lessons.put(name, past)


async def test_a_lesson_comes_back_as_it_was_put(database: Database) -> None:
    shaped = replace(PAST, shape=(1.0, 0.5))
    await put(database, "one", shaped)
    async with database.begin() as tx:
        assert await tx.lessons.newest(10) == [shaped]


async def test_a_campaign_teaches_once_when_it_is_reported_twice(database: Database) -> None:
    await put(database, "one", PAST)
    await put(database, "one", replace(PAST, seen=2.6))
    async with database.begin() as tx:
        assert [one.seen for one in await tx.lessons.newest(10)] == [2.6]


async def test_the_newest_come_first_and_no_more_than_asked_for(database: Database) -> None:
    for week in range(3):
        await put(database, f"c{week}", replace(PAST, at=NOW + timedelta(weeks=week), seen=week))
    async with database.begin() as tx:
        assert [one.seen for one in await tx.lessons.newest(2)] == [2.0, 1.0]
