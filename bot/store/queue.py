"""Jobs in Procrastinate's own table: waking inside a flow's transaction, and what the distributed engine
asks for beside Procrastinate's worker. Used by Database on PostgreSQL.

One waiting row a job: its `queueing_lock` is unique while it waits, so a wake is an upsert, and its
`lock` keeps a key from running twice at a time. The queue is the job's name, so a worker only fetches
names that it has handlers for. The priority is the due time, so the earliest due job is fetched first.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports.clock import Clock
from bot.ports.jobs import TASK, Job, TakenJob

# A rehearsal's due times must mean nothing to PostgreSQL's clock, which Procrastinate asks: they are
# stored this much later, and only `ripen` lets jobs go.
_REHEARSAL_SHIFT = timedelta(days=365_250)
_PRIORITY_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
# How the desk gets a connection on which every statement commits by itself.
Statements = Callable[[], AbstractAsyncContextManager[AsyncConnection]]

_EARLIER = """
    scheduled_at = CASE
        WHEN standing.scheduled_at IS NULL OR excluded.scheduled_at IS NULL THEN NULL
        ELSE least(standing.scheduled_at, excluded.scheduled_at) END,
    priority = greatest(standing.priority, excluded.priority)"""
_COLUMNS = "queue_name, task_name, priority, lock, queueing_lock, args, attempts, scheduled_at"
_CONFLICT = f"ON CONFLICT (queueing_lock) WHERE status = 'todo' DO UPDATE SET {_EARLIER}"
# Procrastinate's trigger tells of new rows only; `xmax` is 0 for these.
_TELL = """
    SELECT pg_notify('procrastinate_queue_v1#' || queue_name, '{"type": "job_inserted", "job_id": 0}')
    FROM (SELECT DISTINCT queue_name FROM put WHERE scheduled_at IS NULL AND NOT is_new) AS told"""


def _sql(statement: str) -> TextClause:
    # JSON in the statements has colons that are no parameters.
    return text(statement.replace('": ', '"\\: '))


_WAKE = _sql(f"""
    WITH put AS (
        INSERT INTO procrastinate_jobs AS standing ({_COLUMNS})
        SELECT name, :task, priority, lock, lock, jsonb_build_object('key', key), 0, scheduled_at
        FROM unnest(
            CAST(:names AS text[]), CAST(:keys AS text[]), CAST(:locks AS text[]),
            CAST(:priorities AS integer[]), CAST(:times AS timestamptz[])
        ) AS woken (name, key, lock, priority, scheduled_at)
        {_CONFLICT}
        RETURNING queue_name, scheduled_at, xmax = 0 AS is_new
    ) {_TELL}""")
_FINISH = _sql(f"""
    WITH done AS (
        DELETE FROM procrastinate_jobs
        WHERE id = :id AND worker_id = :worker AND status = 'doing'
        RETURNING queue_name, task_name, lock, queueing_lock, args
    ), put AS (
        INSERT INTO procrastinate_jobs AS standing ({_COLUMNS})
        SELECT queue_name, task_name, :priority, lock, queueing_lock, args, :attempts, :scheduled_at
        FROM done WHERE :again
        {_CONFLICT}, attempts = excluded.attempts
    ) SELECT count(*) FROM procrastinate_jobs AS waiting JOIN done USING (queueing_lock)
    WHERE waiting.status = 'todo' AND (waiting.scheduled_at IS NULL OR waiting.scheduled_at <= now())
    """)
_NEXT = text("SELECT min(scheduled_at) FROM procrastinate_jobs WHERE status = 'todo'")
_EARLIEST = text("""
    SELECT max(priority) FROM procrastinate_jobs AS job
    WHERE status = 'todo' OR (status = 'doing' AND NOT EXISTS (
        SELECT FROM procrastinate_workers AS worker WHERE worker.id = job.worker_id
            AND last_heartbeat >= now() - make_interval(secs => :seconds)))""")
# Longer than any living worker is silent.
_SILENT = timedelta(seconds=30)
_RIPEN = _sql(f"""
    WITH put AS (
        UPDATE procrastinate_jobs SET scheduled_at = NULL
        WHERE id IN (
            SELECT id FROM procrastinate_jobs WHERE status = 'todo' AND scheduled_at <= :now
            ORDER BY id FOR UPDATE SKIP LOCKED
        )
        RETURNING queue_name, scheduled_at, false AS is_new
    ) {_TELL}""")
_ROUSE = _sql(f"""
    WITH put AS (
        UPDATE procrastinate_jobs SET scheduled_at = NULL, priority = :priority
        WHERE id IN (
            SELECT id FROM procrastinate_jobs WHERE status = 'todo' AND scheduled_at IS NOT NULL
            ORDER BY id FOR UPDATE SKIP LOCKED
        )
        RETURNING queue_name, scheduled_at, false AS is_new
    ) {_TELL}""")
_RETURN = text(f"""
    WITH silent AS (
        SELECT id FROM procrastinate_workers
        WHERE last_heartbeat < now() - make_interval(secs => :seconds)
    ), lost AS (
        DELETE FROM procrastinate_jobs
        WHERE status IN ('failed', 'aborted', 'cancelled')
            OR (status = 'doing' AND (worker_id IS NULL OR worker_id IN (SELECT id FROM silent)))
        RETURNING {_COLUMNS}
    ), put AS (
        INSERT INTO procrastinate_jobs AS standing ({_COLUMNS})
        SELECT queue_name, task_name, priority, lock, queueing_lock, args, attempts, NULL FROM lost
        {_CONFLICT}
    ) SELECT count(*) FROM lost""")
_BURY = text("""
    DELETE FROM procrastinate_workers WHERE last_heartbeat < now() - make_interval(secs => :seconds)""")


class Queue:
    """The SQL of waking; `rehearsal` says that `clock` is not the machine's."""

    def __init__(self, clock: Clock, *, rehearsal: bool) -> None:
        self._clock = clock
        self.shift = _REHEARSAL_SHIFT if rehearsal else timedelta()

    async def wake_all(
        self, connection: AsyncConnection, wakes: Sequence[tuple[Job, datetime]]
    ) -> None:
        """As `write_wakes`, over an asynchronous connection."""
        await connection.run_sync(self.write_wakes, wakes)

    def write_wakes(self, connection: Connection, wakes: Sequence[tuple[Job, datetime]]) -> None:
        """Puts every job into the queue, due at the earlier of the instant and what stands.

        A job that runs now gets a waiting row beside it, and so runs once more. Jobs are sorted so that
        two transactions lock them in the same order.
        """
        earliest: dict[Job, datetime] = {}
        for job, at in wakes:
            earliest[job] = min(at, earliest.get(job, at))
        jobs = sorted(earliest)
        connection.execute(
            _WAKE,
            {
                "task": TASK,
                "names": [job.name for job in jobs],
                "keys": [job.key for job in jobs],
                "locks": [f"{job.name}/{job.key}" for job in jobs],
                "priorities": [_priority(earliest[job]) for job in jobs],
                "times": [self.scheduled_at(earliest[job]) for job in jobs],
            },
        )

    def scheduled_at(self, due_at: datetime) -> datetime | None:
        """What the table says for a due time; None: at once."""
        return None if due_at <= self._clock.now() else due_at + self.shift


class QueueDesk:
    """The JobQueue over Procrastinate's tables; see bot.ports.jobs.JobQueue for every method.

    Each statement is whole by itself, so none needs a transaction around it.
    """

    def __init__(self, each: Statements, queue: Queue) -> None:
        self._each = each
        self._queue = queue

    async def wake(self, job: Job, at: datetime) -> None:
        """Due at the earlier of `at` and what stands."""
        async with self._each() as connection:
            await self._queue.wake_all(connection, [(job, at)])

    async def finish(self, taken: TakenJob, *, again_at: datetime | None, error: str = "") -> bool:
        """The row goes and, in the same statement, the next one comes; nothing if it was taken over."""
        due_at = again_at if again_at is not None else _PRIORITY_EPOCH
        async with self._each() as connection:
            waiting = await connection.scalar(
                _FINISH,
                {
                    "id": taken.rev,
                    "worker": int(taken.owner),
                    "again": again_at is not None,
                    "priority": _priority(due_at),
                    "scheduled_at": self._queue.scheduled_at(due_at),
                    "attempts": taken.attempts + 1 if error else 0,
                },
            )
        return bool(waiting)

    async def ripen(self, now: datetime) -> datetime | None:
        """Lets due jobs go; a look at an index when there are none."""
        limit = now + self._queue.shift
        async with self._each() as connection:
            next_at: datetime | None = await connection.scalar(_NEXT)
            if next_at is not None and next_at <= limit:
                await connection.execute(_RIPEN, {"now": limit})
                next_at = await connection.scalar(_NEXT)
        return None if next_at is None else next_at.astimezone(UTC) - self._queue.shift

    async def next_due(self) -> datetime | None:
        """By the priority, which a job that was let go still has, and one that a dead worker had begun."""
        async with self._each() as connection:
            found = await connection.scalar(_EARLIEST, {"seconds": _SILENT.total_seconds()})
        earliest: int | None = found
        return None if earliest is None else _PRIORITY_EPOCH - timedelta(seconds=earliest)

    async def rouse(self, now: datetime) -> None:
        """All of them; who is not due yet says so again."""
        async with self._each() as connection:
            await connection.execute(_ROUSE, {"priority": _priority(now)})

    async def return_lost(self, silence: timedelta) -> int:
        """Jobs of silent workers, and those that Procrastinate itself ended, wait again at once."""
        seconds = {"seconds": silence.total_seconds()}
        async with self._each() as connection:
            returned = await connection.scalar(_RETURN, seconds)
            await connection.execute(_BURY, seconds)
        return int(returned or 0)


def _priority(due_at: datetime) -> int:
    """Seconds, so that it fits 32 bits until 2088; higher is earlier."""
    return -int((due_at - _PRIORITY_EPOCH).total_seconds())
