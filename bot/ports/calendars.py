"""Calendars of freezes as the flows see them."""

from typing import Protocol

from bot.core.freeze import FreezeCalendar


class Calendars(Protocol):
    """Remembers what it read; never raises, what cannot be read is part of the answer."""

    async def freezes(self) -> FreezeCalendar:
        """All freezes of all feeds from now on, read again where that is due."""
        ...


class NoCalendars:
    """Where no feed is configured."""

    async def freezes(self) -> FreezeCalendar:
        """Nothing is frozen by a calendar."""
        return FreezeCalendar()
