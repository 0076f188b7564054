"""A town whose customers' pages answer as the test says."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.core.experience import Experience, Page, Step
from bot.core.house import CapacityRules
from bot.store.database import Database
from tests.flows.town import Town
from tests.store_fixture import any_database, database, database_url, wakeups

__all__ = ["any_database", "database", "database_url", "wakeups"]

FRONT = Page("front", "Front page", ("web",), (Step("/shop"),))
PAY = Page("pay", "Purchase", ("checkout",), (Step("/cart"), Step("/pay")))


@pytest.fixture
async def town(database: Database) -> AsyncIterator[Town]:
    """Looks every five minutes, every minute while a campaign is near."""
    made = Town(database)
    made.house(
        experience=Experience(pages=(FRONT, PAY), around=timedelta(minutes=20)),
        capacity=CapacityRules(),
    )
    yield made
