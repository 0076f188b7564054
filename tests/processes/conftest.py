"""A town with a bot of several processes in it."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bot.sandbox.bot_fleet import BotFleet
from bot.sandbox.stories.stage import Stage
from bot.sandbox.town import Town
from tests.postgres import new_server


@pytest.fixture
async def crowd(tmp_path: Path) -> AsyncIterator[tuple[Stage, BotFleet]]:
    """2 web and 3 worker processes on a PostgreSQL of their own; the town's clock runs at 20×."""
    with new_server() as server, server.database() as url:
        town = Town(tmp_path, rate=20.0)
        await town.start()
        fleet = BotFleet({**town.bot_environment(), "DATABASE_URL": url}, tmp_path)
        try:
            await fleet.start()
            # A town that catches up with a jump of the clock may close idle connections meanwhile.
            limits = httpx.Limits(max_keepalive_connections=0)
            async with httpx.AsyncClient(base_url=town.url, timeout=40, limits=limits) as http:
                yield Stage(town, fleet.processes["web-1"], http), fleet
        finally:
            await fleet.stop()
            await town.stop()
