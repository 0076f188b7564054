"""Stages for the stories: one shared by the tests that only talk, one of its own for each that acts."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.sandbox.stories.stage import Stage, staged
from tests.warm_start import started_warm


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """A town at ten times real time, shared by a module whose tests do not move the clock."""
    async with staged(tmp_path_factory.mktemp("town"), rate=10, starter=started_warm) as stage:
        yield stage


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A town of its own."""
    async with staged(tmp_path, rate=60, starter=started_warm) as stage:
        yield stage
