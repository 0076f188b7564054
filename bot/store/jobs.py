"""The durable job table: waking inside a transaction, and the shelf that the embedded engine works from."""

import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Protocol, TypeVar

from sqlalchemy import (
    Connection,
    Update,
    and_,
    bindparam,
    case,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from bot.ports.jobs import Job, TakenJob
from bot.store.sql import insert_into, wall_time
from bot.store.tables.jobs import JobRow

Result = TypeVar("Result")

# Built once: to build these takes longer than to run them, and every job needs them all.
_NAME, _KEY, _OWNER = col(JobRow.name), col(JobRow.key), col(JobRow.owner)
_FREE = _OWNER.is_(None)
_ONE = and_(_NAME == bindparam("job"), _KEY == bindparam("of"))
_HELD = and_(_ONE, _OWNER == bindparam("by"))
_EARLIEST = select(func.min(case((_FREE, col(JobRow.due_at)), else_=col(JobRow.leased_until))))
_DUE = (
    select(_NAME, _KEY, col(JobRow.rev), col(JobRow.attempts))
    .where(
        or_(
            and_(_FREE, col(JobRow.due_at) <= bindparam("now")),
            col(JobRow.leased_until) <= bindparam("now"),
        )
    )
    .order_by(col(JobRow.due_at), _NAME, _KEY)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_LEASE = update(JobRow).where(_ONE).values(owner=bindparam("by"), leased_until=bindparam("until"))
_OURS = select(col(JobRow.rev), col(JobRow.woken_at)).where(_HELD).with_for_update()
_OVER = delete(JobRow).where(_HELD)
_AGAIN = (
    update(JobRow)
    .where(_HELD)
    .values(
        owner=None,
        leased_until=None,
        woken_at=None,
        due_at=bindparam("at"),
        attempts=bindparam("tries"),
        error=bindparam("trouble"),
    )
)

# The statement of write_wakes with all rows as one value: each step of SQLite's gives the interpreter
# away and must get it back. Instants are texts of one form there, so that MIN and < compare times.
_WAKE_ON_SQLITE = """
    INSERT INTO jobs (name, "key", due_at, rev, attempts, error)
    SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'), 1, 0, ''
    FROM json_each(?) WHERE true
    ON CONFLICT (name, "key") DO UPDATE SET
        rev = rev + 1,
        due_at = CASE WHEN owner IS NULL THEN min(due_at, excluded.due_at) ELSE due_at END,
        woken_at = CASE WHEN owner IS NOT NULL
            THEN min(coalesce(woken_at, excluded.due_at), excluded.due_at) END
"""


async def wake_all(connection: AsyncConnection, wakes: Sequence[tuple[Job, datetime]]) -> None:
    """As `write_wakes`, over an asynchronous connection."""
    await connection.run_sync(write_wakes, wakes)


def write_wakes(connection: Connection, wakes: Sequence[tuple[Job, datetime]]) -> None:
    """Upserts every job: due at the earlier of the instant and what stands, rev grown.

    A job that is running keeps its lease; the wake is noted beside it. Jobs are sorted so that two
    transactions lock them in the same order.
    """
    if connection.dialect.name == "sqlite":
        rows = [(job.name, job.key, wall_time(at)) for job, at in wakes]
        connection.exec_driver_sql(_WAKE_ON_SQLITE, (json.dumps(rows),))
        return
    due, woken, owner = col(JobRow.due_at), col(JobRow.woken_at), col(JobRow.owner)
    statement = insert_into(connection, JobRow)
    new = statement.excluded.due_at
    statement = statement.on_conflict_do_update(
        index_elements=["name", "key"],
        set_={
            "rev": col(JobRow.rev) + 1,
            "due_at": case((and_(owner.is_(None), new < due), new), else_=due),
            "woken_at": case(
                (owner.is_(None), None), (or_(woken.is_(None), new < woken), new), else_=woken
            ),
        },
    )
    given = [
        {"name": job.name, "key": job.key, "due_at": at, "rev": 1, "attempts": 0, "error": ""}
        for job, at in sorted(wakes)
    ]
    connection.execute(statement, given)


class WakeAll(Protocol):
    """How wakes are written: `wake_all` above, or that of Procrastinate's queue."""

    def __call__(
        self, connection: AsyncConnection, wakes: Sequence[tuple[Job, datetime]]
    ) -> Awaitable[None]: ...


class JobWakes:
    """Asking to be woken, inside a transaction; `woke` tells the commit to nudge the engine.

    All wakes are written together just before the commit: sorted, so that two transactions never wait
    for each other, and late, so that no job is locked for longer than the commit takes.
    """

    def __init__(self, connection: AsyncConnection, write: WakeAll = wake_all) -> None:
        self._connection = connection
        self._write = write
        self._wanted: list[tuple[Job, datetime]] = []

    @property
    def woke(self) -> bool:
        """Whether any job was woken."""
        return bool(self._wanted)

    async def wake(self, job: Job, at: datetime) -> None:
        """See bot.ports.store.Wakes."""
        self._wanted.append((job, at))

    async def flush(self) -> None:
        """Writes them; the transaction's last act."""
        if self._wanted:
            await self._write(self._connection, self._wanted)


class Transact(Protocol):
    """Runs a function of a connection as one transaction, in a thread, in one go."""

    async def __call__(self, work: Callable[[Connection], Result], /) -> Result: ...


class JobTable:
    """The JobShelf over the jobs table; see bot.ports.jobs.JobShelf for every method."""

    def __init__(self, commit: Transact, look: Transact, on_wake: Callable[[], None]) -> None:
        self._commit = commit
        self._look = look
        self._on_wake = on_wake

    async def wake(self, job: Job, at: datetime) -> None:
        """Due at the earlier of `at` and what stands."""
        await self._commit(partial(write_wakes, wakes=[(job, at)]))
        self._on_wake()

    async def take(
        self, now: datetime, *, owner: str, until: datetime, limit: int
    ) -> list[TakenJob]:
        """Leases due jobs; on PostgreSQL rows that another worker is taking are passed over."""
        return await self._commit(partial(_take, now=now, owner=owner, until=until, limit=limit))

    async def extend(self, owner: str, until: datetime) -> None:
        """Prolongs all leases of `owner`."""
        await self._change(
            update(JobRow).where(col(JobRow.owner) == owner).values(leased_until=until)
        )

    async def finish(self, taken: TakenJob, *, again_at: datetime | None, error: str = "") -> None:
        """Gives the lease back; does nothing if another worker has taken the job over meanwhile."""
        await self._commit(partial(_finish, taken=taken, again_at=again_at, error=error))

    async def release(self, owner: str | None) -> None:
        """Ends leases; their jobs are due as they were before they were taken."""
        statement = update(JobRow).values(owner=None, leased_until=None, woken_at=None)
        whose = col(JobRow.owner).is_not(None) if owner is None else col(JobRow.owner) == owner
        await self._change(statement.where(whose))

    async def rouse(self, now: datetime) -> None:
        """Jobs that are held keep their leases; they are looked at again when they end."""
        later = and_(col(JobRow.owner).is_(None), col(JobRow.due_at) > now)
        await self._change(update(JobRow).where(later).values(due_at=now))

    async def next_due(self) -> datetime | None:
        """When the earliest job can be taken: free ones when due, held ones when the lease passes."""
        return await self._look(_next_due)

    async def _change(self, statement: Update) -> None:
        def change(connection: Connection) -> None:
            connection.execute(statement)

        await self._commit(change)


def _next_due(connection: Connection) -> datetime | None:
    due_at: datetime | None = connection.scalar(_EARLIEST)
    return due_at


def _take(
    connection: Connection, *, now: datetime, owner: str, until: datetime, limit: int
) -> list[TakenJob]:
    rows = connection.execute(_DUE, {"now": now, "most": limit}).all()
    if rows:
        leases = [{"job": row.name, "of": row.key, "by": owner, "until": until} for row in rows]
        connection.execute(_LEASE, leases)
    return [TakenJob(Job(row.name, row.key), row.rev, row.attempts, owner) for row in rows]


def _finish(
    connection: Connection, *, taken: TakenJob, again_at: datetime | None, error: str
) -> None:
    held = {"job": taken.job.name, "of": taken.job.key, "by": taken.owner}
    row = connection.execute(_OURS, held).first()
    if row is None:
        return
    woken_at = row.woken_at if row.rev != taken.rev else None
    due_at = min((at for at in (again_at, woken_at) if at is not None), default=None)
    if due_at is None:
        connection.execute(_OVER, held)
        return
    attempts = taken.attempts + 1 if error else 0
    again = {"at": due_at, "tries": attempts, "trouble": error}
    connection.execute(_AGAIN, held | again)
