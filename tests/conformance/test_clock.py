"""Every clock tells aware UTC, never runs backwards, and wakes its sleepers."""

import asyncio
import json
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.adapters.clock import FileClock, SystemClock
from bot.errors import TryAgain
from bot.ports.clock import Clock
from bot.sandbox.clock import TownClock
from tests.fakes import FakeClock

START = datetime(2025, 11, 28, 14, 0, tzinfo=UTC)
MakeClock = Callable[[Path], Clock]


def set_file(path: Path, at: datetime, rate: float) -> None:
    """Replaces the clock file atomically, as its owner does."""
    fields = {"real": time.time(), "virtual": at.timestamp(), "rate": rate}
    fresh = path.with_suffix(".fresh")
    fresh.write_text(json.dumps(fields))
    os.replace(fresh, path)


def file_clock(folder: Path) -> Clock:
    """A file clock at its start, at real speed."""
    set_file(folder / "clock.json", START, 1.0)
    return FileClock(folder / "clock.json")


def town_clock(folder: Path) -> Clock:
    """The sandbox's own clock, which writes that file."""
    return TownClock.create(folder / "clock.json", at=START)


CLOCKS: dict[str, MakeClock] = {
    "system": lambda folder: SystemClock(),
    "file": file_clock,
    "town": town_clock,
    "fake": lambda folder: FakeClock(START, eager=True),
}


@pytest.fixture(params=CLOCKS)
def clock(request: pytest.FixtureRequest, tmp_path: Path) -> Clock:
    """Each clock in turn."""
    return CLOCKS[request.param](tmp_path)


@pytest.fixture(params=["system", "file", "town"])
def running_clock(request: pytest.FixtureRequest, tmp_path: Path) -> Clock:
    """Each clock that runs by itself."""
    return CLOCKS[request.param](tmp_path)


def test_now_is_aware_utc(clock: Clock) -> None:
    assert clock.now().utcoffset() == timedelta(0)


def test_now_never_runs_backwards(clock: Clock) -> None:
    readings = [clock.now() for _ in range(100)]
    assert readings == sorted(readings)


async def test_a_sleep_ends_no_earlier_than_asked(clock: Clock) -> None:
    instant = clock.now() + timedelta(milliseconds=60)
    await clock.sleep_until(instant)
    assert clock.now() >= instant


async def test_a_sleep_returns_at_once_when_the_instant_has_passed(clock: Clock) -> None:
    async with asyncio.timeout(1):
        await clock.sleep_until(clock.now() - timedelta(hours=1))


async def test_a_sleep_can_be_cancelled(running_clock: Clock) -> None:
    clock = running_clock
    sleeper = asyncio.ensure_future(clock.sleep_until(clock.now() + timedelta(days=1)))
    await asyncio.sleep(0.01)
    sleeper.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sleeper


def test_a_file_clock_shows_the_files_time_at_its_rate(tmp_path: Path) -> None:
    path = tmp_path / "clock.json"
    fields = {"real": time.time() - 10, "virtual": START.timestamp(), "rate": 60.0}
    path.write_text(json.dumps(fields))
    shown = FileClock(path).now() - START
    assert timedelta(minutes=10) <= shown < timedelta(minutes=15)


def test_a_file_clock_stands_still_when_the_rate_is_zero(tmp_path: Path) -> None:
    set_file(tmp_path / "clock.json", START, 0.0)
    clock = FileClock(tmp_path / "clock.json")
    assert clock.now() == clock.now() == START


def test_a_file_clock_sees_each_replacement(tmp_path: Path) -> None:
    path = tmp_path / "clock.json"
    set_file(path, START, 0.0)
    clock = FileClock(path)
    for hours in range(5):
        set_file(path, START + timedelta(hours=hours), 0.0)
        assert clock.now() == START + timedelta(hours=hours)


async def test_a_file_clocks_sleeper_wakes_when_the_file_jumps(tmp_path: Path) -> None:
    path = tmp_path / "clock.json"
    set_file(path, START, 1.0)
    sleeper = asyncio.ensure_future(FileClock(path).sleep_until(START + timedelta(hours=2)))
    await asyncio.sleep(0.01)
    set_file(path, START + timedelta(hours=2), 1.0)
    async with asyncio.timeout(1):
        await sleeper


async def test_a_file_clocks_sleeper_wakes_when_the_rate_rises_from_zero(tmp_path: Path) -> None:
    path = tmp_path / "clock.json"
    set_file(path, START, 0.0)
    sleeper = asyncio.ensure_future(FileClock(path).sleep_until(START + timedelta(minutes=1)))
    await asyncio.sleep(0.01)
    set_file(path, START, 3600.0)
    async with asyncio.timeout(1):
        await sleeper


@pytest.mark.parametrize(
    "content", [None, "", "{}", '{"real": 1, "virtual": null, "rate": 1}', "[]"]
)
def test_a_file_clock_asks_to_try_again_when_its_file_is_unreadable(
    tmp_path: Path, content: str | None
) -> None:
    if content is not None:
        (tmp_path / "clock.json").write_text(content)
    with pytest.raises(TryAgain, match=r"clock\.json"):
        FileClock(tmp_path / "clock.json").now()


def test_the_file_clock_agrees_with_the_town_that_writes_it(tmp_path: Path) -> None:
    town = TownClock.create(tmp_path / "clock.json", at=START, rate=0.0)
    product = FileClock(tmp_path / "clock.json")
    town.jump(START + timedelta(hours=3))
    assert product.now() == town.now() == START + timedelta(hours=3)


async def test_a_fake_clocks_sleeper_wakes_when_the_test_sets_it_forward() -> None:
    clock = FakeClock(START)
    sleeper = asyncio.ensure_future(clock.sleep_until(START + timedelta(hours=1)))
    await asyncio.sleep(0)
    clock.advance(timedelta(minutes=59))
    await asyncio.sleep(0)
    assert clock.sleepers == 1
    assert not sleeper.done()
    clock.set(START + timedelta(hours=1))
    async with asyncio.timeout(1):
        await sleeper
