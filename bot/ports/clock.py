"""The only source of time."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Reads the time, and waits until one."""

    def now(self) -> datetime:
        """The present instant, aware UTC."""
        ...

    async def sleep_until(self, instant: datetime) -> None:
        """Returns once `now() >= instant`; also when the clock is set forward meanwhile."""
        ...
