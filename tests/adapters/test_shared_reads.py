"""Many workloads are read by one list; nobody sees an older state than was seen before."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from bot.adapters.shared_reads import MARGIN, MAX_AGE, PAGE, SharedReads
from bot.core.fleet import Workload, WorkloadKey, WorkloadKind
from bot.errors import NotFound, TryAgain
from tests.fakes import FakeClock, FakeCloud, service

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
FLEET = [service(f"shop-{number:03d}", floor=2) for number in range(250)]
KEYS = [workload.key for workload in FLEET]


@dataclass
class Counted(FakeCloud):
    """Counts the requests that Google would see; a list costs one for each hundred workloads."""

    gets: int = 0
    lists: int = 0

    async def read(self, key: WorkloadKey, *, since: datetime | None = None) -> Workload:
        self.gets += 1
        return await super().read(key, since=since)

    async def list_shelf(self, project: str, region: str, kind: WorkloadKind) -> Sequence[Workload]:
        found = await super().list_shelf(project, region, kind)
        self.lists += -(-len(found) // PAGE)
        return found


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def google(clock: FakeClock) -> Counted:
    cloud = Counted(clock)
    cloud.add(*FLEET)
    return cloud


@pytest.fixture
def cloud(google: Counted, clock: FakeClock) -> SharedReads:
    return SharedReads(google, clock)


async def look_at_all(cloud: SharedReads, since: datetime) -> None:
    """Everybody looks, and has not since that moment."""
    for key in KEYS:
        assert (await cloud.read(key, since=since)).key == key


async def test_a_few_workloads_are_read_one_by_one(
    cloud: SharedReads, google: Counted, clock: FakeClock
) -> None:
    for _ in range(2):
        await cloud.read(KEYS[0], since=clock.now() - MINUTE)
    assert (google.gets, google.lists) == (2, 0)


async def test_a_fleet_is_read_by_its_list(
    cloud: SharedReads, google: Counted, clock: FakeClock
) -> None:
    for _ in range(10):
        await look_at_all(cloud, clock.now() - MINUTE)
        clock.advance(MINUTE)
    assert google.gets <= 2 + 10 * 4  # a list is only made once it costs less
    assert google.lists == 10 * 3


async def test_a_fleet_that_is_read_at_once_is_listed_once(
    cloud: SharedReads, google: Counted, clock: FakeClock
) -> None:
    since = clock.now() - MINUTE
    await asyncio.gather(*(cloud.read(key, since=since) for key in KEYS))
    assert google.lists == 3
    assert google.gets < 10


async def test_what_somebody_else_sets_is_seen_a_moment_later(
    cloud: SharedReads, google: Counted, clock: FakeClock
) -> None:
    await look_at_all(cloud, clock.now() - MINUTE)
    google.someone_sets(KEYS[9], 40)
    clock.advance(MAX_AGE + SECOND)
    assert (await cloud.read(KEYS[9], since=clock.now() - MINUTE)).scaling.floor == 40


@pytest.mark.parametrize("ago", [timedelta(0), SECOND, MARGIN])
async def test_nobody_sees_an_older_state_than_was_seen_before(
    ago: timedelta, cloud: SharedReads, google: Counted, clock: FakeClock
) -> None:
    """Another process has raised the floor, or adopted what somebody set, right after our list."""
    await look_at_all(cloud, clock.now() - MINUTE)
    google.someone_sets(KEYS[9], 30)
    clock.advance(2 * MARGIN)
    seen_at = clock.now() - MARGIN - ago
    assert (await cloud.read(KEYS[9], since=seen_at)).scaling.floor == 30


async def test_a_look_of_ones_own_is_never_second_hand(
    cloud: SharedReads, google: Counted, clock: FakeClock
) -> None:
    await look_at_all(cloud, clock.now() - MINUTE)
    google.someone_sets(KEYS[9], 30)
    assert (await cloud.read(KEYS[9])).scaling.floor == 30


async def test_a_list_of_the_future_is_not_believed_when_the_clock_was_set_back(
    cloud: SharedReads, google: Counted, clock: FakeClock
) -> None:
    await look_at_all(cloud, clock.now() - MINUTE)
    google.someone_sets(KEYS[9], 30)
    clock.set(clock.now() - 60 * MINUTE)
    assert (await cloud.read(KEYS[9], since=clock.now() - MINUTE)).scaling.floor == 30


async def test_what_is_not_in_the_list_is_asked_for(
    cloud: SharedReads, google: Counted, clock: FakeClock
) -> None:
    since = clock.now() - MINUTE
    await look_at_all(cloud, since)
    google.add(service("brand-new"))
    assert (await cloud.read(service("brand-new").key, since=since)).key.name == "brand-new"
    with pytest.raises(NotFound):
        await cloud.read(service("nowhere").key, since=since)


async def test_a_list_that_fails_is_a_read_that_fails(
    cloud: SharedReads, google: Counted, clock: FakeClock
) -> None:
    await look_at_all(cloud, clock.now() - MINUTE)
    clock.advance(MINUTE)
    google.faults.add("*", TryAgain("HTTP 503"), times=10)
    with pytest.raises(TryAgain):
        await look_at_all(cloud, clock.now() - MINUTE)
