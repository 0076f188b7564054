"""What operating a bot of several processes brings: rolling restarts, and a database that restarts under it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox.bot_fleet import BotFleet
from bot.sandbox.stories.black_friday import START
from bot.sandbox.stories.stage import Stage
from handlers.slack.gate import NOT_STORED
from tests.postgres import PostgresServer, postgres_server
from tests.processes.conftest import Crowd, crowded
from tests.processes.database import count
from tests.stories.steps import LEAD, is_private, schedule, warm_in_time

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
async def pairs(tmp_path: Path) -> AsyncIterator[Crowd]:
    """2 of each kind."""
    async with crowded(tmp_path, postgres_server(), webs=2, workers=2) as crowd:
        yield crowd


@pytest.fixture
async def alone(tmp_path: Path, own_server: PostgresServer) -> AsyncIterator[Crowd]:
    """1 of each kind, on a PostgreSQL that is restarted."""
    async with crowded(tmp_path, own_server, webs=1, workers=1) as crowd:
        yield crowd


async def ask(stage: Stage, over: asyncio.Event) -> list[bool]:
    """Erik asks for the status again and again; whether each of it was accepted."""
    accepted = []
    while not over.is_set():
        accepted.append(bool((await stage.say("erik", "/headroom status"))["ok"]))
        await asyncio.sleep(0.05)
    return accepted


async def all_handled(fleet: BotFleet) -> None:
    """Every delivery that was kept is handled within half a minute."""
    for _ in range(300):
        if not await count(fleet.environment, "inbox WHERE handled_at IS NULL"):
            return
        await asyncio.sleep(0.1)
    pytest.fail("a delivery is not handled")


async def test_nobody_notices_when_one_process_after_the_other_is_replaced(pairs: Crowd) -> None:
    stage, fleet = pairs
    over = asyncio.Event()
    asking = asyncio.create_task(ask(stage, over))
    for process in fleet.processes.values():
        await process.stop()
        await process.start()
    over.set()
    accepted = await asking
    await all_handled(fleet)

    assert len(accepted) > 10
    unheard = [one for one in stage.town.slack.courier.history if one.problem]
    assert all(accepted), unheard
    assert await count(fleet.environment, "inbox") == len(accepted)
    for process in fleet.processes.values():
        await process.stop()
    assert await count(fleet.environment, "procrastinate_jobs WHERE status = 'doing'") == 0
    assert await count(fleet.environment, "procrastinate_workers") == 0
    assert all(b"Traceback" not in log.read_bytes() for log in fleet.logs())


async def test_work_goes_on_when_the_database_was_restarted_under_it(
    alone: Crowd, own_server: PostgresServer
) -> None:
    stage, fleet = alone
    await schedule(stage)
    await asyncio.to_thread(own_server.stop)
    await stage.say("erik", "/headroom status")
    refused = await stage.sees("erik", NOT_STORED)
    assert is_private(refused)
    await asyncio.sleep(1)
    await asyncio.to_thread(own_server.start)
    await stage.say("erik", "/headroom status")
    await stage.sees("erik", "Black Friday push", test=is_private, after=refused["seq"])

    stage.town.clock.jump(START - LEAD)
    await warm_in_time(stage, START, fastest=90)
    await all_handled(fleet)
    assert all(process.alive for process in fleet.processes.values())
