"""A town with a bot of several processes in it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from bot.sandbox.bot_fleet import BotFleet
from bot.sandbox.stories.stage import Stage
from bot.sandbox.town import Town
from tests.postgres import PostgresServer, new_server, postgres_server
from tests.warm_start import started_warm

Crowd = tuple[Stage, BotFleet]


@asynccontextmanager
async def town_beside(
    folder: Path, url: str
) -> AsyncIterator[tuple[Town, dict[str, str], httpx.AsyncClient]]:
    """A town at 20×, the environment of a bot on that database, and a way to talk to the town."""
    town = Town(folder, rate=20.0)
    await town.start()
    # A town that catches up with a jump of the clock may close idle connections meanwhile.
    limits = httpx.Limits(max_keepalive_connections=0)
    try:
        async with httpx.AsyncClient(base_url=town.url, timeout=40, limits=limits) as http:
            yield town, {**town.bot_environment(), "DATABASE_URL": url}, http
    finally:
        await town.stop()


@asynccontextmanager
async def crowded(
    folder: Path, server: PostgresServer, *, webs: int, workers: int
) -> AsyncIterator[Crowd]:
    """So many processes on a database of their own."""
    with server.database() as url:
        async with town_beside(folder, url) as (town, environment, http):
            fleet = BotFleet(environment, folder, webs, workers, started_warm)
            try:
                await fleet.start()
                yield Stage(town, fleet.processes["web-1"], http), fleet
            finally:
                await fleet.stop()


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    """A PostgreSQL that the test may stop."""
    with new_server() as server:
        yield server


@pytest.fixture
async def crowd(tmp_path: Path) -> AsyncIterator[Crowd]:
    """2 web and 3 worker processes."""
    async with crowded(tmp_path, postgres_server(), webs=2, workers=3) as crowd:
        yield crowd


@pytest.fixture
async def couple(tmp_path: Path) -> AsyncIterator[Crowd]:
    """1 of each kind."""
    async with crowded(tmp_path, postgres_server(), webs=1, workers=1) as crowd:
        yield crowd
