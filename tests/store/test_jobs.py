"""The job shelf: due times, leases and wakes during a run; the engines' suites stand on it."""

import asyncio
from datetime import datetime, timedelta

import pytest

from bot.ports.jobs import Job, TakenJob
from bot.store.database import Database
from tests.store.sample import NOW
from tests.store_fixture import Wakeups

SECOND = timedelta(seconds=1)
A, B = Job("drive", "a"), Job("drive", "b")


async def take(
    database: Database, now: datetime = NOW, owner: str = "one", limit: int = 10
) -> list[TakenJob]:
    """Takes with a lease of 30 s."""
    return await database.shelf.take(now, owner=owner, until=now + 30 * SECOND, limit=limit)


async def test_jobs_are_taken_when_due_earliest_first(any_database: Database) -> None:
    for number, job in enumerate((B, A, Job("drive", "later"))):
        await any_database.shelf.wake(job, NOW + number * SECOND)
    assert await any_database.shelf.next_due() == NOW
    assert [one.job for one in await take(any_database, NOW + SECOND)] == [B, A]
    assert await any_database.shelf.next_due() == NOW + 2 * SECOND


async def test_a_limit_leaves_the_rest_for_the_next_take(any_database: Database) -> None:
    for number in range(5):
        await any_database.shelf.wake(Job("drive", str(number)), NOW)
    first, second = await take(any_database, limit=3), await take(any_database, limit=3)
    assert sorted(one.job.key for one in first + second) == ["0", "1", "2", "3", "4"]
    assert len(first) == 3


async def test_a_held_job_is_taken_by_nobody_until_its_lease_passes(any_database: Database) -> None:
    await any_database.shelf.wake(A, NOW)
    assert len(await take(any_database)) == 1
    assert await take(any_database, owner="two") == []
    await any_database.shelf.extend("one", NOW + 60 * SECOND)
    assert await take(any_database, NOW + 59 * SECOND, owner="two") == []
    [over] = await take(any_database, NOW + 60 * SECOND, owner="two")
    assert (over.job, over.owner) == (A, "two")


async def test_who_lost_the_lease_cannot_finish_the_job(any_database: Database) -> None:
    await any_database.shelf.wake(A, NOW)
    [lost] = await take(any_database)
    [mine] = await take(any_database, NOW + 30 * SECOND, owner="two")
    await any_database.shelf.finish(lost, again_at=None)
    assert await take(any_database, NOW + 31 * SECOND, owner="three") == []
    await any_database.shelf.finish(mine, again_at=None)
    assert await any_database.shelf.next_due() is None


@pytest.mark.parametrize(
    ("again", "woken", "due"),
    [(None, None, None), (9, None, 9), (None, 5, 5), (9, 5, 5), (5, 9, 5)],
)
async def test_a_finished_job_is_due_at_the_earlier_of_its_wish_and_a_wake(
    any_database: Database, again: int | None, woken: int | None, due: int | None
) -> None:
    def at(seconds: int | None) -> datetime | None:
        return None if seconds is None else NOW + seconds * SECOND

    await any_database.shelf.wake(A, NOW)
    [taken] = await take(any_database)
    wake_at = at(woken)
    if wake_at is not None:
        await any_database.shelf.wake(A, NOW + 20 * SECOND)
        await any_database.shelf.wake(A, wake_at)
    await any_database.shelf.finish(taken, again_at=at(again))
    assert await any_database.shelf.next_due() == at(due)


async def test_attempts_count_failures_in_a_row(any_database: Database) -> None:
    await any_database.shelf.wake(A, NOW)
    counts = []
    for error in ("bad", "worse", "", "bad", ""):
        [taken] = await take(any_database)
        counts.append(taken.attempts)
        await any_database.shelf.finish(taken, again_at=NOW, error=error)
    [taken] = await take(any_database)
    assert [*counts, taken.attempts] == [0, 1, 2, 0, 1, 0]


async def test_released_jobs_can_be_taken_at_once(any_database: Database) -> None:
    for job, owner in ((A, "one"), (B, "two")):
        await any_database.shelf.wake(job, NOW)
        await take(any_database, owner=owner)
    await any_database.shelf.release("one")
    assert [one.job for one in await take(any_database, owner="three")] == [A]
    await any_database.shelf.release(None)
    assert [one.job for one in await take(any_database, owner="four")] == [A, B]


async def test_a_wake_of_a_failed_job_brings_it_forward(any_database: Database) -> None:
    await any_database.shelf.wake(A, NOW)
    [taken] = await take(any_database)
    await any_database.shelf.finish(taken, again_at=NOW + 300 * SECOND, error="away")
    await any_database.shelf.wake(A, NOW + SECOND)
    [again] = await take(any_database, NOW + SECOND)
    assert again.attempts == 1
    assert again.rev > taken.rev


async def test_many_takers_get_every_job_exactly_once(any_database: Database) -> None:
    for number in range(60):
        await any_database.shelf.wake(Job("drive", str(number)), NOW)
    takes = await asyncio.gather(
        *(take(any_database, owner=f"worker-{n}", limit=10) for n in range(8))
    )
    keys = [one.job.key for taken in takes for one in taken]
    assert len(keys) == len(set(keys))
    while taken := await take(any_database, owner="last"):
        keys += [one.job.key for one in taken]
    assert sorted(keys) == sorted(str(number) for number in range(60))


async def test_a_wake_is_part_of_its_transaction(any_database: Database, wakeups: Wakeups) -> None:
    with pytest.raises(ValueError, match="stop"):
        async with any_database.begin() as tx:
            await tx.jobs.wake(A, NOW)
            raise ValueError("stop")
    assert await any_database.shelf.next_due() is None
    assert wakeups.count == 0
    async with any_database.begin() as tx:
        await tx.jobs.wake(A, NOW)
        await tx.jobs.wake(B, NOW)
        assert wakeups.count == 0
    assert wakeups.count == 1
    assert [one.job for one in await take(any_database)] == [A, B]
