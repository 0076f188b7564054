"""Cloud Monitoring's own silence, as the flows see it."""

from datetime import datetime
from typing import Protocol

from bot.core.mirroring import Silence


class Snoozing(Protocol):
    """May raise TryAgain or GiveUp."""

    async def snooze(self, silence: Silence, until: datetime) -> None:
        """Lets Cloud Monitoring be silent about it until then.

        Saying it again with another end changes the end, an end that has passed ends it, and one of
        which nothing is left to end is no error.
        """
        ...


class NoSnoozing:
    """Where Cloud Monitoring is not connected: every wish is granted by doing nothing."""

    async def snooze(self, silence: Silence, until: datetime) -> None:
        """Does nothing."""
