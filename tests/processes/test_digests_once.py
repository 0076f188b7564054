"""A digest comes exactly once, whatever is killed: real processes on PostgreSQL, Slack at the protocol level."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from bot.sandbox.bot_fleet import BotFleet
from bot.sandbox.stories.stage import Stage

pytestmark = pytest.mark.timeout(900)

MINUTE = timedelta(minutes=1)
SATURDAY_8 = datetime(2025, 11, 29, 7, tzinfo=UTC)  # in Berlin


def rows(fleet: BotFleet, outcome: str) -> list[str]:
    """The digests that the database says were dealt with so."""
    with psycopg.connect(fleet.environment["DATABASE_URL"]) as connection:
        found = connection.execute(
            "SELECT channel || '/' || cadence || '/' || covers FROM digest_runs"
            " WHERE outcome = %s ORDER BY 1",
            [outcome],
        )
        return [row[0] for row in found]


async def digests(stage: Stage) -> list[dict[str, Any]]:
    """All digests that are in Slack."""
    answer = (await stage.http.get("/town/messages")).json()["messages"]
    return [one for one in answer if "digest:" in one["text"].splitlines()[0]]


async def until(true: Callable[[], bool]) -> None:
    """Waits for the database."""
    for _ in range(300):
        if await asyncio.to_thread(true):
            return
        await asyncio.sleep(0.2)
    raise AssertionError("it did not come about within a minute")


async def test_a_digest_comes_once_however_many_workers_die_over_it(
    crowd: tuple[Stage, BotFleet],
) -> None:
    stage, fleet = crowd
    await until(lambda: len(rows(fleet, "begun")) == 5)
    stage.town.clock.jump(SATURDAY_8 - MINUTE / 2)
    stage.town.clock.set_rate(20)
    for number in range(4):
        await fleet.replace(f"worker-{1 + number % 3}")
    await stage.sees("erik", "Daily digest: Fri 28 Nov", "Capacity", within=90)
    await fleet.kill_the_workers()
    await asyncio.sleep(2)
    assert rows(fleet, "posted") == ["C0OPS/daily/2025-11-28"]
    assert [one["channel"] for one in await digests(stage)] == ["C0OPS"]

    await a_digest_of_a_dead_day_comes_late(stage, fleet)


async def a_digest_of_a_dead_day_comes_late(stage: Stage, fleet: BotFleet) -> None:
    """Nobody works until Sunday noon."""
    workers = [one for one in fleet.processes.values() if one.command == "worker"]
    await asyncio.gather(*(worker.kill() for worker in workers))
    stage.town.clock.jump(SATURDAY_8 + timedelta(days=1, hours=4))
    await asyncio.gather(*(worker.start() for worker in workers))
    await stage.sees(
        "erik", "Daily digest: Sat 29 Nov", "late: I could not send it at 08:00", within=120
    )
    assert rows(fleet, "posted") == ["C0OPS/daily/2025-11-28", "C0OPS/daily/2025-11-29"]
    titles = sorted(one["text"].splitlines()[0] for one in await digests(stage))
    assert titles == ["Daily digest: Fri 28 Nov", "Daily digest: Sat 29 Nov"]
