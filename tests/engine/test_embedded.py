"""The embedded engine passes the jobs suite on both databases."""

from itertools import count

import pytest

from bot.engine.embedded import EmbeddedJobs
from bot.store.database import Database
from tests.engine.jobs_suite import JobsSuite
from tests.engine.workshop import Workshop
from tests.fakes.clock import FakeClock
from tests.store_fixture import Wakeups


def workshop_on(database: Database, wakeups: Wakeups) -> Workshop:
    """Workers that share the database's job table and are nudged by its commits."""
    clock, numbers = FakeClock(), count(1)

    def worker() -> EmbeddedJobs:
        jobs = EmbeddedJobs(database.shelf, clock, owner=f"worker-{next(numbers)}", sole=False)
        wakeups.listeners.append(jobs.nudge)
        return jobs

    return Workshop(clock, worker, database.shelf.wake)


class TestEmbeddedJobs(JobsSuite):
    """On SQLite and PostgreSQL."""

    @pytest.fixture
    def workshop(self, any_database: Database, wakeups: Wakeups) -> Workshop:
        """Workers of a database."""
        return workshop_on(any_database, wakeups)
