"""The town's clock: one file, read by everybody."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.sandbox.clock import TownClock

START = datetime(2025, 11, 28, 14, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "town" / "clock.json"


def test_time_stands_still_when_the_rate_is_zero(path: Path) -> None:
    clock = TownClock.create(path, at=START, rate=0)
    assert clock.now() == START == clock.now()


def test_time_flies_when_the_rate_is_high(path: Path) -> None:
    clock = TownClock.create(path, at=START, rate=1_000_000)
    assert clock.now() > START + timedelta(seconds=1)


def test_a_second_reader_sees_a_jump_and_a_new_rate_when_the_first_sets_them(path: Path) -> None:
    clock = TownClock.create(path, at=START, rate=0)
    reader = TownClock(path)
    assert reader.now() == START
    clock.jump(START + timedelta(hours=2))
    assert reader.now() == START + timedelta(hours=2)
    clock.set_rate(60)
    assert reader.rate == 60
    assert reader.now() >= START + timedelta(hours=2)


def test_the_file_holds_the_agreed_fields_when_it_is_written(path: Path) -> None:
    TownClock.create(path, at=START, rate=2)
    data = json.loads(path.read_text())
    assert set(data) == {"real", "virtual", "rate"}
    assert data["virtual"] == START.timestamp()
    assert [entry.name for entry in path.parent.iterdir()] == ["clock.json"]


def test_the_clock_refuses_when_it_is_asked_to_go_back(path: Path) -> None:
    clock = TownClock.create(path, at=START, rate=0)
    with pytest.raises(ValueError, match="only goes forward"):
        clock.jump(START - timedelta(seconds=1))
    with pytest.raises(ValueError, match="backwards"):
        clock.set_rate(-1)


def test_a_missing_file_is_an_error_when_it_was_never_created(path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        TownClock(path)


async def test_a_sleeper_wakes_when_the_clock_jumps(path: Path) -> None:
    clock = TownClock.create(path, at=START, rate=0)
    sleeper = asyncio.create_task(clock.sleep_until(START + timedelta(days=1)))
    await asyncio.sleep(0.02)
    assert not sleeper.done()
    clock.jump(START + timedelta(days=2))
    await asyncio.wait_for(sleeper, 2)


async def test_a_sleeper_wakes_soon_when_the_clock_is_fast(path: Path) -> None:
    clock = TownClock.create(path, at=START, rate=36_000)
    await asyncio.wait_for(clock.sleep_until(START + timedelta(minutes=10)), 2)
    assert clock.now() >= START + timedelta(minutes=10)
