"""Group commit: concurrent acceptances share one transaction. Used by Database.accept and accept_alert.

While one transaction commits, what arrives meanwhile gathers and goes into the next: no one waits for
company, and under load the cost of a commit is shared by all that wait for it. The next commit is under
way before those of the last are answered, so the disk never waits for us.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from bot.errors import TryAgain
from bot.ports.jobs import Job

_MOST_AT_ONCE = 256


class Identified(Protocol):
    """What can be accepted once: a delivery, a notification."""

    @property
    def identity(self) -> str: ...


Item = TypeVar("Item", bound=Identified)


@dataclass(frozen=True, slots=True)
class _Arrival(Generic[Item]):
    item: Item
    job: Job
    accepted: asyncio.Future[bool]


# Stores items of different identities with their jobs, durably; returns the identities that were new.
Keep = Callable[[Sequence[tuple[Item, Job]]], Coroutine[None, None, frozenset[str]]]


class Intake(Generic[Item]):
    """Collects arrivals and keeps them batch by batch."""

    def __init__(self, keep: Keep[Item]) -> None:
        self._keep = keep
        self._waiting: list[_Arrival[Item]] = []
        self._worker: asyncio.Task[None] | None = None

    async def accept(self, item: Item, job: Job) -> bool:
        """Returns once the item is durable: True if it was new. Raises TryAgain if it is not kept."""
        loop = asyncio.get_running_loop()
        arrival = _Arrival(item, job, loop.create_future())
        self._waiting.append(arrival)
        if self._worker is None:
            self._worker = loop.create_task(self._work())
        return await arrival.accepted

    async def close(self) -> None:
        """Waits until everything that has arrived is kept."""
        if self._worker is not None:
            await self._worker

    async def _work(self) -> None:
        answer: Callable[[], None] = _nobody
        try:
            while self._waiting:
                batch = self._waiting[:_MOST_AT_ONCE]
                del self._waiting[:_MOST_AT_ONCE]
                answer = await self._settle(batch, meanwhile=answer)
        finally:
            self._worker = None
            answer()

    async def _settle(
        self, batch: Sequence[_Arrival[Item]], meanwhile: Callable[[], None]
    ) -> Callable[[], None]:
        """Keeps the batch; returns how to answer it. `meanwhile` runs while the disk is at work."""
        # The first of each identity counts; a repetition inside the batch is a duplicate like any other.
        firsts: dict[str, _Arrival[Item]] = {}
        for arrival in batch:
            firsts.setdefault(arrival.item.identity, arrival)
        keeping = asyncio.ensure_future(
            self._keep([(one.item, one.job) for one in firsts.values()])
        )
        meanwhile()
        await asyncio.wait([keeping])
        error = keeping.exception()
        if error is not None:
            await self._settle_apart(batch, error)
            return _nobody
        new = keeping.result()

        def answer() -> None:
            for arrival in batch:
                first = firsts[arrival.item.identity] is arrival
                _answer(arrival, first and arrival.item.identity in new)

        return answer

    async def _settle_apart(self, batch: Sequence[_Arrival[Item]], error: BaseException) -> None:
        """One item that the database rejects must not take its companions with it."""
        if len(batch) > 1 and not isinstance(error, TryAgain):
            for arrival in batch:
                (await self._settle([arrival], _nobody))()
            return
        for arrival in batch:
            if not arrival.accepted.done():
                arrival.accepted.set_exception(error)


def _nobody() -> None:
    """Answers nobody."""


def _answer(arrival: _Arrival[Item], new: bool) -> None:
    # Done already when whoever waited has gone (a closed connection); the item is kept all the same.
    if not arrival.accepted.done():
        arrival.accepted.set_result(new)
