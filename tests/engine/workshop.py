"""What the jobs suite asks of an engine, and the handlers it runs. Used by jobs_suite and its subclasses."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from bot.ports.jobs import Job, Jobs
from tests.fakes.clock import FakeClock


@dataclass
class Workshop:
    """A job table with a clock: `worker()` makes a new worker on it, `wake` is a committed wake."""

    clock: FakeClock
    worker: Callable[[], Jobs]
    wake: Callable[[Job, datetime], Awaitable[None]]

    async def wake_now(self, *keys: str, name: str = "look") -> None:
        """Wakes a job for each key at the present instant."""
        for key in keys:
            await self.wake(Job(name, key), self.clock.now())


@asynccontextmanager
async def working(*workers: Jobs) -> AsyncIterator[None]:
    """Runs the workers during the block, then stops them and waits until they have ended."""
    tasks = [asyncio.create_task(worker.run()) for worker in workers]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(result, asyncio.CancelledError) for result in results), results


@dataclass
class Recorder:
    """A handler that notes each call; `answers` says, call by call, what to return or raise."""

    answers: list[datetime | Exception | None] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, key: str) -> datetime | None:
        """Notes the call."""
        self.calls.append(key)
        self._changed.set()
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def called(self, times: int) -> list[str]:
        """The calls, once there are that many; fails after 10 s."""
        async with asyncio.timeout(10):
            while len(self.calls) < times:
                self._changed.clear()
                await self._changed.wait()
        return self.calls


@dataclass
class Gate:
    """A handler that stays inside until it is let out; counts how many are inside at once."""

    inside: list[str] = field(default_factory=list)
    entries: list[str] = field(default_factory=list)
    most: int = 0
    _entered: asyncio.Event = field(default_factory=asyncio.Event)
    _open: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, key: str) -> datetime | None:
        """Stays until `let_out`."""
        self.entries.append(key)
        self.inside.append(key)
        self.most = max(self.most, len(self.inside))
        self._entered.set()
        try:
            await self._open.wait()
        finally:
            self.inside.remove(key)
        return None

    def let_out(self) -> None:
        """Lets out everybody, now and from now on."""
        self._open.set()

    async def entered(self, times: int) -> None:
        """Returns once there were that many entries; fails after 10 s."""
        async with asyncio.timeout(10):
            while len(self.entries) < times:
                self._entered.clear()
                await self._entered.wait()


async def quiet(seconds: float = 0.35) -> None:
    """Time enough for something that must not happen to happen: more than a poll interval."""
    await asyncio.sleep(seconds)
