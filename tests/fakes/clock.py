"""A clock that stands still until a test moves it."""

import asyncio
from datetime import UTC, datetime, timedelta

BLACK_FRIDAY = datetime(2025, 11, 28, 14, 0, tzinfo=UTC)


class FakeClock:
    """Starts on Black Friday 2025, 14:00 UTC; moves by `set`, `advance`, or (if `eager`) by sleeping.

    An eager clock jumps to the wake-up time of whoever sleeps, so that loops run without waiting.
    """

    def __init__(self, now: datetime = BLACK_FRIDAY, *, eager: bool = False) -> None:
        self._now = now
        self._eager = eager
        self._sleepers: list[tuple[datetime, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        """What the test has set."""
        return self._now

    def set(self, instant: datetime) -> None:
        """Moves the clock, and wakes whoever sleeps until then or earlier."""
        self._now = instant
        for until, sleeper in self._sleepers:
            if until <= instant and not sleeper.done():
                sleeper.set_result(None)
        self._sleepers = [(u, s) for u, s in self._sleepers if not s.done()]

    def advance(self, by: timedelta) -> None:
        """Moves the clock forward by `by`."""
        self.set(self._now + by)

    async def sleep_until(self, instant: datetime) -> None:
        """Returns once a test has set the clock to `instant` or later."""
        if self._eager and instant > self._now:
            self.set(instant)
        while self._now < instant:
            sleeper = asyncio.get_running_loop().create_future()
            self._sleepers.append((instant, sleeper))
            await sleeper
        await asyncio.sleep(0)

    @property
    def sleepers(self) -> int:
        """How many wait for the clock to move."""
        return sum(not sleeper.done() for _, sleeper in self._sleepers)
