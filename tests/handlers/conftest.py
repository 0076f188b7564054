"""The fixture that opens the door."""

from collections.abc import AsyncIterator

import pytest

from tests.handlers.door import Door, open_door


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    """A fresh app with an empty inbox."""
    opened = open_door()
    async with opened.client:
        yield opened
