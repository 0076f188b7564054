"""A clock that tests move by hand; used by the tests of the world and of the Google side."""

import asyncio
from datetime import datetime, timedelta


class HandClock:
    """Stands still until `move` or `set`."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        return self._at

    def set(self, to: datetime) -> None:
        self._at = to
        self._moved.set()

    def move(self, **by: float) -> None:
        self.set(self._at + timedelta(**by))

    async def sleep_until(self, instant: datetime) -> None:
        while self._at < instant:
            self._moved.clear()
            await self._moved.wait()
