"""Fixtures of the flows' tests: a town with one campaign's worth of workloads."""

import pytest

from bot.store.database import Database
from tests.flows.town import Town
from tests.store_fixture import database, wakeups

__all__ = ["database", "wakeups"]


@pytest.fixture
def town(database: Database) -> Town:
    """Slack, Google, the database and the flows, at 14:00 UTC on Black Friday 2025."""
    return Town(database)
