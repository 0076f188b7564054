"""A backup of the database is put back while capacity is held: what it knows is kept, what it does not know
is on the workloads themselves.
"""

import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.campaign import CampaignState
from bot.core.series import Metric
from bot.flows.restore import Doors, Wish, restore
from bot.ports.kit import Kit
from bot.store.database import Database
from tests.fakes import FakeClock
from tests.flows.town import CART, END, SHOP, START, Town
from tests.postgres import postgres_server, program
from tests.store_fixture import migrated_postgres, migrated_sqlite, opened

MINUTE = timedelta(minutes=1)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return migrated_sqlite(tmp_path)


@pytest.fixture(params=["sqlite", "postgres"])
def any_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated database of each kind."""
    if request.param == "sqlite":
        yield migrated_sqlite(tmp_path)
        return
    with migrated_postgres() as url:
        yield url


@contextmanager
def backed_up(url: str) -> Iterator[str]:
    """As the guide says, while Headroom runs: `.backup`, or pg_dump and pg_restore."""
    if url.startswith("sqlite"):
        source = Path(url.removeprefix("sqlite:///"))
        target = source.with_name("copy.db")
        with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
            live.backup(copy)
        yield f"sqlite:///{target}"
        return
    dump = [program("pg_dump"), "--format=custom", url]
    saved = subprocess.run(dump, check=True, capture_output=True).stdout
    with postgres_server().database() as target_url:
        put_back = [program("pg_restore"), f"--dbname={target_url}", "--no-owner"]
        subprocess.run(put_back, check=True, input=saved, capture_output=True)
        yield target_url


async def restarted(town: Town, database: Database) -> Town:
    """A new process on the backup, in the same world."""
    other = Town(database, town.kit.house)
    other.clock, other.chat, other.cloud, other.metrics = (
        town.clock,
        town.chat,
        town.cloud,
        town.metrics,
    )
    other.kit = Kit(
        other.clock, database, other.chat, other.cloud, other.metrics, town.kit.house, town.kit.seal
    )
    other.clicks = town.clicks
    await database.shelf.release(None)
    return other


async def test_a_live_campaign_goes_on_from_its_backup(any_url: str) -> None:
    with ExitStack() as stack:
        async with opened(any_url) as database:
            town = Town(database)
            await town.scheduled()
            await town.run(START + 10 * MINUTE)
            copy = stack.enter_context(backed_up(any_url))
            await town.run(START + 20 * MINUTE)
        await _goes_on(town, copy)


async def _goes_on(town: Town, copy: str) -> None:
    async with opened(copy) as older:
        town = await restarted(town, older)
        await town.run(START + 45 * MINUTE)
        assert town.cloud.floor(SHOP.key) == 55
        await town.click("End now")
        await town.run(START + 90 * MINUTE)
        assert await town.state() is CampaignState.DONE
    assert (town.cloud.floor(SHOP.key), town.cloud.floor(CART.key)) == (2, 1)
    assert town.cloud.fleet[SHOP.key].marks is None


async def test_what_the_backup_does_not_know_is_given_back_by_the_marks(url: str) -> None:
    async with opened(url) as database:
        town = Town(database)
        campaign = await town.proposed()
        with backed_up(url) as copy:
            await town.click("Confirm")
            await town.run(START + 40 * MINUTE)
    async with opened(copy) as older:
        town = await restarted(town, older)
        await town.run(END + 30 * MINUTE)
        assert (await town.campaign()).id == campaign.id
        assert await town.state() is CampaignState.EXPIRED
    assert town.cloud.floor(SHOP.key) == 55
    for workload in (SHOP, CART):
        town.metrics.put(Metric.ACTIVE, workload.key, 1.0)
        town.metrics.put(Metric.RECOMMENDED, workload.key, 1.0)
    clock = FakeClock(town.clock.now(), eager=True)
    doors = Doors(town.cloud, town.metrics, clock, town.kit.house)
    assert [one.done async for one in restore(doors, Wish())] == [True, True]
    assert (town.cloud.floor(SHOP.key), town.cloud.floor(CART.key)) == (2, 1)
