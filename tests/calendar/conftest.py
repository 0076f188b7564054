"""Fixtures: a town with one marketing calendar."""

from dataclasses import replace

import pytest

from bot.core.marketing import CalendarRules
from bot.store.database import Database
from tests.calendar.diary import FEED, Diary
from tests.flows.town import HOUSE, Town
from tests.store_fixture import database, wakeups

__all__ = ["database", "wakeups"]


@pytest.fixture
def town(database: Database) -> Town:
    """The usual town, which knows its own address and reads one calendar."""
    town = Town(database, replace(HOUSE, calendar=CalendarRules(imports=(FEED,))))
    town.kit = replace(
        town.kit, marketing=Diary(town.clock), public_url="https://headroom.example/"
    )
    return town


@pytest.fixture
def diary(town: Town) -> Diary:
    """The calendar that marketing keeps."""
    assert isinstance(town.kit.marketing, Diary)
    return town.kit.marketing
