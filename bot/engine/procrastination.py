"""Procrastinate's job manager with our own ends of jobs and ears. Used by bot.engine.distributed.

What it changes, and why:
- the end of a run is written by our queue: the row goes and the next wake comes in one statement;
- after an end that freed a waiting job of the same key the queue is looked at again: Procrastinate would
  find it at its next poll only;
- so it is when a job was announced during a look: Procrastinate forgets such an announcement.
"""

from collections.abc import Awaitable, Callable, Iterable

from procrastinate.connector import BaseConnector
from procrastinate.jobs import Job, Notification, Status
from procrastinate.manager import JobManager, NotificationCallback

# True: another job can be fetched because of it.
Finish = Callable[[Job], Awaitable[bool]]
_LOOK: Notification = {"type": "job_inserted", "job_id": 0}


class Manager(JobManager):
    """`finish` ends a run, however it went."""

    def __init__(self, connector: BaseConnector, finish: Finish) -> None:
        super().__init__(connector)
        self._finish = finish
        self._announced = 0
        self._ear: NotificationCallback | None = None

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> Job | None:
        """The next due job, unless there is none: also none of those announced meanwhile."""
        while True:
            announced = self._announced
            job = await super().fetch_job(queues, worker_id)
            if job is not None or announced == self._announced:
                return job

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        """Ends the run by our own rules."""
        if await self._finish(job) and self._ear is not None:
            await self._ear(channel="", notification=_LOOK)

    async def listen_for_jobs(
        self, *, on_notification: NotificationCallback, queues: Iterable[str] | None = None
    ) -> None:
        """Listens until cancelled."""

        async def heard(*, channel: str, notification: Notification) -> None:
            self._announced += 1
            await on_notification(channel=channel, notification=notification)

        self._ear = heard
        await super().listen_for_jobs(on_notification=heard, queues=queues)
