"""The embedded engine: runs jobs from a durable table inside one process. Built by bot.app.

Level-triggered: a job says *look at key K*, never *what to do*, so running one twice is harmless and
losing a nudge costs a poll. See bot.ports.jobs for the promises.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta
from functools import partial

from bot.engine.attempt import Result, attempt
from bot.engine.backward import Backward
from bot.errors import TryAgain
from bot.ports.clock import Clock
from bot.ports.jobs import Handler, Job, JobShelf, TakenJob

_AT_ONCE = 16
# How soon a job woken by another process is seen, in real seconds.
_POLL_SECONDS = 0.2
# A worker silent for this long has died and its jobs go to others; prolonged each third of it.
_LEASE = timedelta(seconds=30)
# A sole worker's leases end when the next one starts, however far the clock is set forward.
_SOLE_LEASE = timedelta(days=3650)
# How long a stop waits for handlers to finish what they have begun, in real seconds.
_GRACE_SECONDS = 20.0
# Between two tries to reach a database that is away, in real seconds.
_REST_SECONDS = 0.5

log = logging.getLogger(__name__)


class EmbeddedJobs:
    """Implements bot.ports.jobs.Jobs: different keys at once (at most 16), one at a time per key.

    `owner` names this worker in the leases. `sole` says that no other worker uses the table: leases
    left by a killed one end at the start of `run`, and none is ever taken over.
    """

    def __init__(self, shelf: JobShelf, clock: Clock, *, owner: str, sole: bool) -> None:
        self._shelf = shelf
        self._clock = clock
        self._owner = owner
        self._sole = sole
        self._handlers: dict[str, Handler] = {}
        self._running: dict[Job, asyncio.Task[None]] = {}
        self._nudged = asyncio.Event()
        self._backward = Backward()
        self._stopping = False

    def register(self, name: str, handler: Handler) -> None:
        """Binds a job name; ValueError if it is bound already."""
        if name in self._handlers:
            raise ValueError(f"the job {name} has a handler already")
        self._handlers[name] = handler

    def nudge(self) -> None:
        """Says that a job may be due now; to be called in the event loop's thread."""
        self._nudged.set()

    async def run(self) -> None:
        """Works until cancelled; then lets running handlers finish (20 s) and gives the leases back.

        A second cancellation cancels the handlers; what they did not finish runs again at the next start.
        """
        self._stopping = False
        loop = asyncio.create_task(self._loop())
        try:
            # Shielded: a cancellation must not tear a database transaction of the loop apart.
            await asyncio.shield(loop)
        finally:
            self._stopping = True
            self._nudged.set()
            try:
                await asyncio.wait([loop], timeout=_GRACE_SECONDS)
            finally:
                loop.cancel()
            await asyncio.wait([loop])
            await self._insist(partial(self._shelf.release, self._owner))

    async def _loop(self) -> None:
        await self._insist(partial(self._shelf.release, None if self._sole else self._owner))
        self._nudged.set()
        async with asyncio.TaskGroup() as workers:
            beat = workers.create_task(self._beat())
            while not self._stopping:
                await self._step(workers)
            if self._running:
                await asyncio.wait(self._running.values())
            beat.cancel()

    async def _step(self, workers: asyncio.TaskGroup) -> None:
        """Starts what is due, then waits for a reason to look again."""
        nudged = self._nudged.is_set()
        self._nudged.clear()
        try:
            due_at = await self._look(workers, nudged)
        except TryAgain as error:
            log.warning("jobs cannot be taken: %s", error)
            await asyncio.sleep(_REST_SECONDS)
            return
        await self._wait(due_at)

    async def _look(self, workers: asyncio.TaskGroup, nudged: bool) -> datetime | None:
        """Takes due jobs while there is room; returns when the next is due (None: look at the poll)."""
        now = self._clock.now()
        if self._backward.noticed(now):
            log.warning("the clock was set back: every job is looked at")
            await self._insist(partial(self._shelf.rouse, now))
        room = _AT_ONCE - len(self._running)
        if room <= 0:
            return None
        if not nudged:
            due_at = await self._shelf.next_due()
            if due_at is None or due_at > now:
                return due_at
        until = now + (_SOLE_LEASE if self._sole else _LEASE)
        taken = await self._shelf.take(now, owner=self._owner, until=until, limit=room)
        for one in taken:
            # A job of our own whose lease had passed while it ran is leased anew and runs on.
            if one.job not in self._running:
                self._running[one.job] = workers.create_task(self._work(one))
        if taken:
            self._nudged.set()
            return None
        return await self._shelf.next_due()

    async def _wait(self, due_at: datetime | None) -> None:
        """Until a nudge, the end of a handler, the next due instant, or the poll interval."""
        waits: list[Coroutine[None, None, object]] = [self._nudged.wait()]
        # A job that is due but was not there to take is just being taken by another worker.
        if due_at is not None and due_at > self._clock.now():
            waits.append(self._clock.sleep_until(due_at))
        tasks = [asyncio.create_task(wait) for wait in waits]
        try:
            await asyncio.wait(tasks, timeout=_POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()

    async def _work(self, taken: TakenJob) -> None:
        try:
            result = await attempt(taken, self._handlers.get(taken.job.name))
            await self._insist(partial(self._finish, taken, result))
        finally:
            del self._running[taken.job]
            self._nudged.set()

    async def _finish(self, taken: TakenJob, result: Result) -> None:
        again = result.again
        again_at = self._clock.now() + again if isinstance(again, timedelta) else again
        await self._shelf.finish(taken, again_at=again_at, error=result.error)

    async def _beat(self) -> None:
        """Prolongs this worker's leases while it lives."""
        while not self._sole:
            await self._clock.sleep_until(self._clock.now() + _LEASE / 3)
            await self._insist(lambda: self._shelf.extend(self._owner, self._clock.now() + _LEASE))

    async def _insist(self, act: Callable[[], Awaitable[None]]) -> None:
        """Does it, however long the database is away; a stopping engine tries once.

        What it could not do then is done by the next start: it releases the leases.
        """
        while True:
            try:
                await act()
            except TryAgain as error:
                log.warning("the job table is away: %s", error)
                if self._stopping:
                    return
                await asyncio.sleep(_REST_SECONDS)
            else:
                return
