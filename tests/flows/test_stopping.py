"""Judged again at the last yes and again before anything is raised: what does not pass any more stops and says so."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.core.campaign import CampaignState
from bot.core.fences import Fences
from bot.core.freeze import Freeze
from bot.core.house import Guardrails
from bot.core.money import Money
from bot.core.trail import first_broken
from bot.core.windows import Window
from bot.store.connection import Connections
from bot.store.connection import database_url as driver_url
from bot.store.database import Database
from tests.flows.town import CAMPAIGNS, END, FINN, OPS, SHOP, START, STORY, Town
from tests.store_fixture import migrated_sqlite, opened

HOUR = timedelta(hours=1)
CHEAP = Money(Guardrails().auto_budget.amount * 0)
FROZEN = Fences(freezes=(Freeze("Incident", Window(START - HOUR, END)),))


async def asked(town: Town) -> None:
    town.house(guardrails=replace(Guardrails(), auto_budget=CHEAP))
    await town.proposed()
    await town.click("Confirm and ask")
    await town.run()
    assert await town.state() is CampaignState.AWAITING_APPROVAL


async def approved(town: Town) -> None:
    await asked(town)
    await town.click("Approve", by=FINN, channel=OPS)
    await town.run()
    assert await town.state() is CampaignState.SCHEDULED


async def rows(town: Town) -> list[tuple[str, str]]:
    campaign = await town.campaign()
    async with town.database.begin() as tx:
        assert first_broken(await tx.audit.chain()) is None
        about = await tx.audit.about(f"campaign/{campaign.id}")
    return [(row.act, row.detail) for row in about]


async def test_the_last_yes_does_not_settle_what_is_frozen_meanwhile(town: Town) -> None:
    await asked(town)
    town.house(fences=FROZEN)
    await town.click("Approve", by=FINN, channel=OPS)
    await town.run(START)
    assert await town.state() is CampaignState.REFUSED
    assert "Nothing may be changed at that time: “Incident”." in town.card()
    assert "Nothing may be changed at that time" in town.whispers()[-1]
    assert town.cloud.writes == []
    assert ("judged", "refuse: freeze") in await rows(town)


async def test_what_was_approved_stops_before_it_is_raised_when_a_freeze_comes_up(
    town: Town,
) -> None:
    await approved(town)
    town.house(fences=FROZEN)
    await town.run(START)
    assert await town.state() is CampaignState.REFUSED
    assert town.cloud.writes == []
    for channel in (CAMPAIGNS, OPS):
        said = "\n".join(town.chat.texts(channel))
        assert "I stopped Black Friday push before warming anything" in said
        assert "Nothing may be changed at that time: “Incident”." in said
    assert ("judged", "refuse: freeze") in await rows(town)


async def alter(url: str, before: str, after: str) -> None:
    """What somebody with access to the database could do to an approved plan."""
    connections = Connections(driver_url(url))
    async with connections.write() as connection:
        bodies = (await connection.execute(text("SELECT version, body FROM plans"))).all()
        for version, body in bodies:
            said = body if isinstance(body, str) else json.dumps(body)
            assert before in said
            changed = {"body": said.replace(before, after), "version": version}
            update = text("UPDATE plans SET body = :body WHERE version = :version")
            await connection.execute(update, changed)
    await connections.engine.dispose()


async def test_nothing_is_raised_when_the_plan_is_not_the_one_that_was_approved(
    tmp_path: Path,
) -> None:
    url = migrated_sqlite(tmp_path)
    async with opened(url) as database:
        town = Town(database)
        await approved(town)
        await alter(url, '"floor":55', '"floor":9000')
        await town.run(START)
        assert await town.state() is CampaignState.REFUSED
        assert town.cloud.writes == []
        assert "not the one that was approved" in "\n".join(town.chat.texts(OPS))
        assert ("judged", "refuse: approval") in await rows(town)


async def test_a_doubt_alone_takes_no_promise_back(town: Town) -> None:
    await town.scheduled()
    town.house(guardrails=replace(Guardrails(), auto_budget=CHEAP))
    await town.run(START)
    assert await town.state() is CampaignState.LIVE
    assert town.cloud.floor(SHOP.key) == 55
    assert ("judged", "needs approval: budget") in await rows(town)


async def test_channels_count_by_their_id_whatever_they_are_called(town: Town) -> None:
    fences = Fences(production_projects=("cymbal-shop",), test_channels=("C0TRIALS",))
    town.house(fences=fences)
    await town.say(STORY, channel="C0TRIALS", channel_name="campaigns")
    await town.run()
    assert await town.state() is CampaignState.REFUSED
    assert "production is not changed from here" in "\n".join(town.chat.texts("C0TRIALS"))


@pytest.mark.parametrize("group", ["#wеb", "#ｗeb", "#we\u00adb"])
async def test_a_group_that_only_looks_like_ours_is_asked_about(
    database: Database, group: str
) -> None:
    town = Town(database)
    await town.say(STORY.replace("#web", group))
    await town.run()
    async with database.begin() as tx:
        assert list(await tx.campaigns.recent(5)) == []
    _, form = town.chat.views[0]
    assert "initial_option" not in str([b for b in form.body["blocks"] if "groups" in str(b)])
