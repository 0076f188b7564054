"""kill -9 between storing what somebody wants and waking who does it: nothing is half there, nothing is lost.

Both are one transaction. And where a wake is lost all the same (a job table put back from a backup, a
mistake of ours), the sweep finds what is stored and not done.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import pytest

from bot.sandbox.bot_fleet import BotFleet
from bot.sandbox.stories.stage import NotSeen, Stage
from tests.processes.conftest import Crowd
from tests.stories.steps import is_private, is_settled, propose

pytestmark = pytest.mark.timeout(240)


@asynccontextmanager
async def connected(fleet: BotFleet) -> AsyncIterator[psycopg.AsyncConnection]:
    """Somebody else at the bot's database; each statement by itself."""
    url = fleet.environment["DATABASE_URL"]
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        yield connection


async def number(connection: psycopg.AsyncConnection, query: str) -> int:
    """What one counts to."""
    row = await (await connection.execute(query.encode())).fetchone()
    return int(row[0]) if row else 0


async def test_what_was_stored_and_not_woken_is_done_when_the_sweep_comes(couple: Crowd) -> None:
    stage, fleet = couple
    await propose(stage)
    await killed_between_storing_and_waking(stage, fleet)
    await stored_with_every_wake_lost(stage, fleet)


async def killed_between_storing_and_waking(stage: Stage, fleet: BotFleet) -> None:
    """The web process dies with the delivery written and its job not yet: then neither is there."""
    web = fleet.processes["web-1"]
    async with connected(fleet) as watcher, connected(fleet) as holder:
        before = await number(watcher, "SELECT count(*) FROM inbox")
        async with holder.transaction():
            await holder.execute("LOCK TABLE procrastinate_jobs IN SHARE MODE")
            asking = asyncio.create_task(stage.say("erik", "/headroom status"))
            await waits_to_wake(watcher)
            await web.kill()
        try:
            accepted = (await asking)["ok"]
        except NotSeen:
            accepted = False
        assert not accepted
        assert await number(watcher, "SELECT count(*) FROM inbox") == before
    await web.start()


async def waits_to_wake(watcher: psycopg.AsyncConnection) -> None:
    """Until a process that has stored a delivery cannot go on to wake its job."""
    waiting = (
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        " AND query LIKE '%INSERT INTO procrastinate_jobs%' AND application_name = ''"
    )
    for _ in range(100):
        if await number(watcher, waiting):
            return
        await asyncio.sleep(0.05)
    pytest.fail("nobody was about to wake a job")


async def stored_with_every_wake_lost(stage: Stage, fleet: BotFleet) -> None:
    """A command and a decision are stored, everything dies, and the job table is empty."""
    web, worker = fleet.processes["web-1"], fleet.processes["worker-1"]
    await worker.kill()
    seen = (await stage.look("erik"))[-1:]
    assert (await stage.say("erik", "/headroom status"))["ok"]
    assert (await stage.click("maya", "Confirm"))["ok"]
    await web.kill()
    async with connected(fleet) as connection:
        assert await number(connection, "SELECT count(*) FROM inbox WHERE handled_at IS NULL") == 2
        await connection.execute("DELETE FROM procrastinate_jobs")
    await asyncio.gather(web.start(), worker.start())
    await stage.sees("maya", "Black Friday push", "Scheduled.", test=is_settled)
    after = seen[0]["seq"] if seen else 0
    await stage.sees("erik", "Black Friday push", test=is_private, after=after)
    async with connected(fleet) as connection:
        assert await number(connection, "SELECT count(*) FROM inbox WHERE handled_at IS NULL") == 0
        assert await number(connection, "SELECT count(*) FROM claims") > 0
