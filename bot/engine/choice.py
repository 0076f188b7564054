"""Which engine runs the jobs: Procrastinate on PostgreSQL, the embedded one on SQLite. Used by bot.app."""

from uuid import uuid4

from bot.engine.distributed import DistributedJobs
from bot.engine.embedded import EmbeddedJobs
from bot.ports.clock import Clock
from bot.ports.jobs import JobQueue, Jobs, JobShelf


def engine_for(clock: Clock, shelf: JobShelf, *, desk: JobQueue | None, dsn: str | None) -> Jobs:
    """The distributed engine if there is a PostgreSQL (`dsn`) with a queue (`desk`); else the embedded."""
    if dsn is not None and desk is not None:
        return DistributedJobs(dsn, desk, clock)
    return EmbeddedJobs(shelf, clock, owner=f"worker-{uuid4().hex[:8]}", sole=True)
