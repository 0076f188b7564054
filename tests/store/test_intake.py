"""Acceptance: durable, once for each identity, many in one commit."""

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.core.delivery import Delivery
from bot.errors import TryAgain
from bot.ports.jobs import Job
from bot.store.database import Database
from bot.store.intake import Intake
from tests.store.sample import NOW, delivery
from tests.store_fixture import Wakeups, opened


def job(identity: str) -> Job:
    """The job that a delivery wakes."""
    return Job("announce", identity)


async def waiting_jobs(database: Database) -> list[str]:
    """The keys of all jobs."""
    taken = await database.shelf.take(
        NOW + timedelta(days=1), owner="test", until=NOW + timedelta(days=2), limit=100_000
    )
    return sorted(one.job.key for one in taken)


async def test_an_accepted_delivery_is_there_with_its_job(
    any_database: Database, wakeups: Wakeups
) -> None:
    assert await any_database.accept(delivery("T1"), job("T1"))
    assert wakeups.count == 1
    async with any_database.begin() as tx:
        assert await tx.inbox.get("T1") == delivery("T1")
        assert await tx.inbox.get("T2") is None
    assert await waiting_jobs(any_database) == ["T1"]


async def test_the_same_identity_is_accepted_once_and_its_first_content_stays(
    any_database: Database, wakeups: Wakeups
) -> None:
    assert await any_database.accept(delivery("T1"), job("T1"))
    assert not await any_database.accept(delivery("T1", "other"), job("other"))
    async with any_database.begin() as tx:
        assert await tx.inbox.get("T1") == delivery("T1")
    assert await waiting_jobs(any_database) == ["T1"]
    assert wakeups.count == 1


async def test_duplicates_that_come_at_the_same_time_count_once(any_database: Database) -> None:
    identities = [f"T{number % 40}" for number in range(120)]
    new = await asyncio.gather(
        *(any_database.accept(delivery(identity), job(identity)) for identity in identities)
    )
    assert sum(new) == 40
    assert all(new[:40])
    assert await waiting_jobs(any_database) == sorted(set(identities))


async def test_two_processes_accept_one_identity_once(database_url: str) -> None:
    async with opened(database_url) as one, opened(database_url) as other:
        for number in range(10):
            identities = [f"{number}-{part}" for part in range(20)]
            new = await asyncio.gather(
                *(one.accept(delivery(identity), job(identity)) for identity in identities),
                *(other.accept(delivery(identity), job(identity)) for identity in identities),
            )
            assert sum(new) == 20


async def test_a_delivery_is_handled_once(any_database: Database) -> None:
    await any_database.accept(delivery("T1"), job("T1"))
    async with any_database.begin() as tx:
        assert await tx.inbox.handled("T1", NOW)
        assert not await tx.inbox.handled("T1", NOW)
    async with any_database.begin() as tx:
        assert not await tx.inbox.handled("T1", NOW)
        assert not await tx.inbox.handled("unknown", NOW)


async def test_a_rolled_back_effect_leaves_the_delivery_unhandled(any_database: Database) -> None:
    await any_database.accept(delivery("T1"), job("T1"))
    with pytest.raises(ValueError, match="crash"):
        async with any_database.begin() as tx:
            await tx.inbox.handled("T1", NOW)
            raise ValueError("crash")
    async with any_database.begin() as tx:
        assert await tx.inbox.handled("T1", NOW)


_ACCEPT_UNTIL_KILLED = """
import asyncio, sys
from datetime import datetime, UTC
from bot.core.delivery import Delivery
from bot.ports.jobs import Job
from bot.store.database import Database

async def main():
    database = Database(sys.argv[1], on_wake=lambda: None)
    async def client(name):
        for number in range(1_000_000):
            identity = f"{name}-{number}"
            received_at = datetime(2025, 11, 28, tzinfo=UTC)
            await database.accept(Delivery(identity, "U", "T", received_at), Job("announce", identity))
            print(identity, flush=True)
    await asyncio.gather(*(client(name) for name in range(8)))

asyncio.run(main())
"""


def test_nothing_that_was_answered_to_is_lost_when_the_process_is_killed(database_url: str) -> None:
    answered: list[str] = []
    with subprocess.Popen(
        [sys.executable, "-c", _ACCEPT_UNTIL_KILLED, database_url],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        while len(answered) < 300:
            answered.append(process.stdout.readline().strip())
        process.kill()
        answered += [line.strip() for line in process.stdout if line.endswith("\n")]
    asyncio.run(assert_kept(database_url, answered))


async def assert_kept(url: str, identities: Sequence[str]) -> None:
    """Every delivery and its job is in the database."""
    async with opened(url) as database:
        jobs = await waiting_jobs(database)
        async with database.begin() as tx:
            kept = [await tx.inbox.get(identity) for identity in identities]
    assert None not in kept
    assert set(identities) <= set(jobs)


class _Ledger:
    """A `keep` that notes its batches and can be held, or fail, once."""

    def __init__(self, *, rejects: str = "", away: bool = False) -> None:
        self.batches: list[list[str]] = []
        self.free = asyncio.Event()
        self._rejects = rejects
        self._away = away

    async def keep(self, arrivals: Sequence[tuple[Delivery, Job]]) -> frozenset[str]:
        identities = [one.identity for one, _ in arrivals]
        self.batches.append(identities)
        await self.free.wait()
        if self._away:
            raise TryAgain("the database is away")
        if self._rejects in identities:
            raise ValueError(f"{self._rejects} is not storable")
        return frozenset(identities)


async def _arrive(intake: Intake[Delivery], *identities: str) -> list[asyncio.Task[bool]]:
    tasks = [asyncio.create_task(intake.accept(delivery(one), job(one))) for one in identities]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return tasks


async def test_what_arrives_during_a_commit_shares_the_next_one() -> None:
    ledger = _Ledger()
    intake = Intake(ledger.keep)
    first = await _arrive(intake, "a")
    rest = await _arrive(intake, "b", "c", "b", "d")
    ledger.free.set()
    assert await asyncio.gather(*first, *rest) == [True, True, True, False, True]
    assert ledger.batches == [["a"], ["b", "c", "d"]]


async def test_one_delivery_that_cannot_be_stored_harms_no_other() -> None:
    ledger = _Ledger(rejects="bad")
    ledger.free.set()
    intake = Intake(ledger.keep)
    tasks = await _arrive(intake, "a", "bad", "c")
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert results[0] is True
    assert isinstance(results[1], ValueError)
    assert results[2] is True


async def test_everybody_is_told_when_the_database_is_away() -> None:
    ledger = _Ledger(away=True)
    ledger.free.set()
    results = await asyncio.gather(
        *await _arrive(Intake(ledger.keep), "a", "b"), return_exceptions=True
    )
    assert [type(result) for result in results] == [TryAgain, TryAgain]


async def test_a_caller_that_goes_away_disturbs_nobody() -> None:
    ledger = _Ledger()
    intake = Intake(ledger.keep)
    tasks = await _arrive(intake, "a", "b")
    tasks[0].cancel()
    ledger.free.set()
    assert await tasks[1]
    await intake.close()
    assert ledger.batches == [["a", "b"]]
