"""The two clocks: the machine's, and one read from a file that several processes share.

The composition root makes one and hands it to everybody; no other module reads the time.
"""

import asyncio
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.errors import TryAgain
from bot.ports.clock import Clock

_LONGEST_SLEEP = 30.0  # seconds: a suspended laptop or a corrected system clock is noticed by then
_FILE_SLICE = 0.05  # seconds of real time: a jump or another rate in the file is noticed by then


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present instant, aware UTC."""
        return datetime.now(UTC)

    async def sleep_until(self, instant: datetime) -> None:
        """Returns once `now() >= instant`, also when the machine's clock was corrected meanwhile."""
        await _sleep_until(self, instant, longest=_LONGEST_SLEEP)


@dataclass(frozen=True, slots=True)
class _Reading:
    """The file's content: `virtual` was the time when the machine's clock said `real`."""

    real: float
    virtual: float
    rate: float

    def at(self, real_now: float) -> datetime:
        """The virtual instant at a real one (both unix seconds)."""
        return datetime.fromtimestamp(self.virtual + (real_now - self.real) * self.rate, tz=UTC)


class FileClock:
    """A clock that a JSON file sets: `{"real": <unix s>, "virtual": <unix s>, "rate": <float>}`.

    `now = virtual + (real now - real) * rate`. The file is replaced atomically by its owner and read
    again when it has changed. Raises TryAgain while the file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int, int] | None = None
        self._reading: _Reading | None = None

    def now(self) -> datetime:
        """The present instant of the file's time, aware UTC."""
        return self._read().at(time.time())

    async def sleep_until(self, instant: datetime) -> None:
        """Returns once `now() >= instant`, also when the file sets the clock forward meanwhile."""
        await _sleep_until(self, instant, longest=_FILE_SLICE, rate=lambda: self._read().rate)

    def _read(self) -> _Reading:
        """Sees a replaced file by its inode, size and time of change, so that most reads cost one stat."""
        try:
            stat = os.stat(self._path)
            stamp = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
            if self._reading is None or stamp != self._stamp:
                self._reading = _parse(self._path.read_text())
                self._stamp = stamp
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise TryAgain(f"the clock file {self._path} cannot be read: {error}") from error
        return self._reading


def _parse(text: str) -> _Reading:
    fields = json.loads(text)
    return _Reading(float(fields["real"]), float(fields["virtual"]), float(fields["rate"]))


async def _sleep_until(
    clock: Clock, instant: datetime, *, longest: float, rate: Callable[[], float] = lambda: 1.0
) -> None:
    """Sleeps in slices of at most `longest` real seconds until `clock` has reached `instant`."""
    while (left := (instant - clock.now()).total_seconds()) > 0:
        speed = rate()
        await asyncio.sleep(min(left / speed, longest) if speed > 0 else longest)


def clock_called(name: str) -> Clock:
    """The system's, or the one that a rehearsal's clock file steers."""
    return SystemClock() if name == "system" else FileClock(Path(name))
