"""Kill -9 at every moment of every phase: what follows is as if nothing had happened.

Each phase is run up to its beginning once; then, for each moment in it, a copy of that town dies there,
starts again, and goes on. Private answers may come twice (Slack cannot be asked whether they came).
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.core.campaign import CampaignState
from bot.core.holding import Outcome
from tests.flows.dying import Fate, copy_of, doomed, reborn, twin
from tests.flows.town import CAMPAIGNS, CART, END, HOUSE, OPS, SHOP, START, Town
from tests.store_fixture import migrated_sqlite, opened

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
Story = Callable[[Town], Awaitable[object]]


async def every_death(
    folder: Path, before: Story, until: datetime | timedelta, after: Story
) -> list[str]:
    """Where the process died in turn: at each moment between `before` and `until`."""
    url = migrated_sqlite(folder)
    deaths: list[str] = []
    async with opened(url) as database:
        town = Town(database)
        timing = replace(HOUSE.timing, look_again_warming=2 * MINUTE, look_again=20 * MINUTE)
        town.house(timing=timing)  # few ticks: every one of them is died in
        del town.cloud.fleet[CART.key]  # one workload is enough to die for
        await before(town)
        while died := await one_death(
            town, copy_of(url, len(deaths)), len(deaths) + 1, until, after
        ):
            deaths.append(died)
    return deaths


async def one_death(
    town: Town, url: str, moment: int, until: datetime | timedelta, after: Story
) -> str:
    """Where a copy of the town died at that moment; "" if the phase was over before it."""
    async with opened(url) as database:
        fate = Fate(at=moment)
        other = twin(town, database)
        doomed(other, fate)
        if await other.run_killed(until):
            reborn(other)
            await after(other)
        return fate.died


async def test_an_announcement_survives_every_death(tmp_path: Path) -> None:
    async def after(town: Town) -> None:
        await town.run(2 * MINUTE)
        [root] = town.chat.posts
        assert "plan ready" in root.message.text
        assert await town.state() is CampaignState.PROPOSED
        async with town.database.begin() as tx:
            assert len(await tx.campaigns.recent(10)) == 1
        assert town.whispers() == []

    deaths = await every_death(tmp_path, Town.say, 30 * SECOND, after)

    assert {"before post", "after post", "after discover", "before a commit"} <= set(deaths)


async def test_an_unclear_announcement_survives_every_death(tmp_path: Path) -> None:
    async def after(town: Town) -> None:
        await town.run(2 * MINUTE)
        assert len(town.chat.views) == 1 or town.whispers() != []
        assert town.chat.posts == []

    deaths = await every_death(tmp_path, lambda town: town.say("Black Friday"), 30 * SECOND, after)

    assert {"before open_view", "after open_view"} <= set(deaths)


async def test_a_confirmation_survives_every_death(tmp_path: Path) -> None:
    async def before(town: Town) -> None:
        await town.proposed()
        await town.click("Confirm")

    async def after(town: Town) -> None:
        await town.run(2 * MINUTE)
        assert await town.state() is CampaignState.SCHEDULED
        assert [posted.channel for posted in town.chat.posts] == [CAMPAIGNS]
        assert "scheduled" in town.card()
        async with town.database.begin() as tx:
            assert len(await tx.capacity.claims_on(SHOP.key)) == 1

    deaths = await every_death(tmp_path, before, 30 * SECOND, after)

    assert {"before update", "after update", "after a commit"} <= set(deaths)


async def test_warming_survives_every_death(tmp_path: Path) -> None:
    async def before(town: Town) -> None:
        await town.scheduled()
        await town.run(START - 20 * MINUTE)

    async def after(town: Town) -> None:
        await town.run(START - 6 * MINUTE)
        assert town.cloud.floor(SHOP.key) == 55
        assert [write.change.floor for write in town.cloud.writes] == [55]
        async with town.database.begin() as tx:
            holding = await tx.capacity.holding(SHOP.key)
            ledger = await tx.capacity.ledger(SHOP.key)
        assert holding is not None
        assert (holding.baseline, holding.written, holding.proven_floor) == (2, 55, 55)
        assert Outcome.INTENDED not in {entry.outcome for entry in ledger}
        root, warm = town.chat.posts
        assert warm.thread_ts == root.ts
        assert list(town.chat.texts(OPS)) == []

    deaths = await every_death(tmp_path, before, START - 15 * MINUTE, after)

    assert {"before set_scaling", "after set_scaling", "after proof", "after series"} <= set(deaths)


async def test_giving_back_survives_every_death(tmp_path: Path) -> None:
    async def before(town: Town) -> None:
        await town.scheduled()
        town.cloud.someone_sets(SHOP.key, 53)  # so that a single step leads back
        await town.run(END + 9 * MINUTE)

    async def after(town: Town) -> None:
        await town.run(END + timedelta(hours=1))
        assert town.cloud.floor(SHOP.key) == 53
        floors = [write.change.floor for write in town.cloud.writes]
        assert floors == sorted(floors, reverse=True)
        assert len(set(floors)) == len(floors)
        assert await town.state() is CampaignState.DONE
        assert len(town.chat.posts) == 3
        assert "Done. Everything was given back" in town.card()
        assert 1 <= len(town.chat.uploads) <= 2

    deaths = await every_death(tmp_path, before, END + timedelta(hours=1), after)

    assert {"after set_scaling", "before upload", "after upload"} <= set(deaths)


@pytest.mark.parametrize("minutes", [25, 150])
async def test_a_long_death_is_made_good_when_the_process_is_back(minutes: int, town: Town) -> None:
    await town.scheduled()
    await town.run(START - 20 * MINUTE)
    town.clock.advance(minutes * MINUTE)  # nobody runs
    await town.run(5 * MINUTE)

    assert await town.state() is CampaignState.LIVE
    assert town.cloud.floor(SHOP.key) == 55
    await town.run(END + timedelta(hours=1))
    assert town.cloud.floor(SHOP.key) == 2


async def test_a_campaign_slept_through_is_said_and_nothing_is_raised(town: Town) -> None:
    await town.scheduled()
    town.clock.set(END + timedelta(hours=3))
    await town.run(timedelta(minutes=30))

    assert town.cloud.writes == []
    assert await town.state() is CampaignState.DONE
    seen = [edit.text for edit in town.chat.posts[0].edits] + [town.card()]
    assert any("was not running" in text for text in seen)
