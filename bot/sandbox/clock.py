"""The town's clock: one JSON file that every process of the sandbox reads, faster than real time or not.

`now = virtual + (real time - real) * rate`. Written by the town and its stories; the product's own
file clock (bot/adapters/clock.py) only reads it.
"""

import asyncio
import json
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_SLICE = 0.05  # real seconds: a changed rate or a jump is noticed within this


@dataclass(frozen=True, slots=True)
class _Setting:
    """What the file says: at `real` (Unix seconds) the town's time was `virtual` (Unix seconds)."""

    real: float
    virtual: float
    rate: float

    def at(self, real: float) -> float:
        return self.virtual + (real - self.real) * self.rate


class TownClock:
    """Reads and sets the town's time; implements the Clock port.

    Raises FileNotFoundError when the file is not there: `create` makes it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, int, int] | None = None
        self._setting = _Setting(0.0, 0.0, 1.0)
        self._read()

    @classmethod
    def create(cls, path: Path, *, at: datetime, rate: float = 1.0) -> "TownClock":
        """A new clock file that shows `at` now and runs `rate` times as fast as real time."""
        _write(path, _Setting(time.time(), at.timestamp(), _checked(rate)))
        return cls(path)

    @property
    def rate(self) -> float:
        """Sandbox seconds per real second."""
        return self._read().rate

    def now(self) -> datetime:
        """The town's present instant, aware UTC."""
        return datetime.fromtimestamp(self._read().at(time.time()), UTC)

    def set_rate(self, rate: float) -> None:
        """Runs at `rate` from now on (0: stands still); raises ValueError for a negative rate."""
        real = time.time()
        _write(self.path, _Setting(real, self._read().at(real), _checked(rate)))

    def jump(self, to: datetime) -> None:
        """Moves to `to` at once; raises ValueError for an instant that has passed."""
        real = time.time()
        setting = self._read()
        if to.timestamp() < setting.at(real):
            raise ValueError(f"the town's clock only goes forward; {to.isoformat()} has passed")
        _write(self.path, _Setting(real, to.timestamp(), setting.rate))

    async def sleep_until(self, instant: datetime) -> None:
        """Returns once `now() >= instant`, also when rate or time are changed meanwhile."""
        while (left := (instant - self.now()).total_seconds()) > 0:
            rate = self.rate
            await asyncio.sleep(min(_SLICE, left / rate) if rate > 0 else _SLICE)

    def _read(self) -> _Setting:
        stat = os.stat(self.path)
        seen = (stat.st_mtime_ns, stat.st_ino, stat.st_size)
        if seen != self._seen:
            data = json.loads(self.path.read_text(encoding="utf-8"))
            self._setting = _Setting(
                float(data["real"]), float(data["virtual"]), float(data["rate"])
            )
            self._seen = seen
        return self._setting


def _checked(rate: float) -> float:
    if rate < 0:
        raise ValueError(f"a clock cannot run backwards: rate {rate}")
    return rate


def _write(path: Path, setting: _Setting) -> None:
    # Readers in other processes must never see half a file.
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{time.monotonic_ns()}")
    draft.write_text(
        json.dumps({"real": setting.real, "virtual": setting.virtual, "rate": setting.rate}),
        encoding="utf-8",
    )
    os.replace(draft, path)
