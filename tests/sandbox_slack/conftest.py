"""One fresh town for each test."""

from collections.abc import AsyncIterator

import pytest

from tests.sandbox_slack.rig import Rig, open_rig


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    """A town and a stand-in bot; the app is subscribed to the events that tests use."""
    async with open_rig(events=("app_mention", "app_home_opened", "message")) as opened:
        yield opened
