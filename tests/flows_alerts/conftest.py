"""Fixtures: a town where alerts come in."""

import pytest

from bot.store.database import Database
from tests.flows_alerts.watchtower import Watchtower
from tests.store_fixture import database, wakeups

__all__ = ["database", "wakeups"]


@pytest.fixture
def town(database: Database) -> Watchtower:
    """Slack, the database and the flows, with one rotation on call."""
    return Watchtower(database)
