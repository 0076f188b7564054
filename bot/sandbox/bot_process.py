"""The bot as a child process of a story or a test: started, killed and started again."""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

import httpx

_START_WITHIN = 60.0  # real seconds: many may start at once on a busy machine


class Running(Protocol):
    """A process that was started, as asyncio shows it."""

    @property
    def returncode(self) -> int | None:
        """None while it lives."""
        ...

    def send_signal(self, signal: int) -> None:
        """Sends it a signal; ProcessLookupError if it has ended."""
        ...

    async def wait(self) -> int:
        """Waits until it has ended; returns its exit status."""
        ...


# Starts one of Headroom's commands with just that environment; what it prints is added to the log.
Start = Callable[[str, Mapping[str, str], Path], Awaitable[Running]]


async def started(
    command: str, environment: Mapping[str, str], log: Path, *, code: Path | None = None
) -> Running:
    """`python -m bot COMMAND`, from the `bot` in the folder `code` (None: the one installed here)."""
    with log.open("ab") as file:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            command,
            cwd=code,
            env=environment,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )


def started_from(code: Path) -> Start:
    """Starts the version of Headroom in that folder."""
    return partial(started, code=code)


@dataclass(slots=True)
class BotProcess:
    """`headroom serve` (or another command) with an environment of its own; its log goes to `log`."""

    environment: Mapping[str, str]
    log: Path
    command: str = "serve"
    starter: Start = started
    _process: Running | None = field(init=False, default=None)

    async def start(self) -> None:
        """Starts it and returns once it is ready; raises RuntimeError with its log if it ends first."""
        begun_at = self.log.stat().st_size if self.log.exists() else 0
        self._process = await self._spawn()
        async with asyncio.timeout(_START_WITHIN), httpx.AsyncClient() as client:
            while not await self._ready(client, begun_at):
                if self._process.returncode is not None:
                    raise RuntimeError(f"the bot ended at once:\n{self._tail()}")
                await asyncio.sleep(0.05)

    async def run(self) -> None:
        """Runs a command that ends by itself; raises RuntimeError with its log if it fails."""
        self._process = await self._spawn()
        if await self._process.wait() != 0:
            raise RuntimeError(f"`headroom {self.command}` failed:\n{self._tail()}")

    async def _spawn(self) -> Running:
        return await self.starter(self.command, {**self.environment, "PYTHONUTF8": "1"}, self.log)

    def _tail(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")[-2000:]

    async def _ready(self, client: httpx.AsyncClient, begun_at: int) -> bool:
        """Answers at /readyz; a worker, which does not listen, says that it works."""
        if self.command != "worker":
            return await _answers(client, f"http://127.0.0.1:{self.environment['PORT']}/readyz")
        return b"Working." in self.log.read_bytes()[begun_at:]

    async def kill(self) -> None:
        """kill -9: no farewell of any kind."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """Asks it to end, as a deploy does."""
        await self._end(signal.SIGTERM)

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.returncode is None

    async def _end(self, how: signal.Signals) -> None:
        if self._process is None or self._process.returncode is not None:
            return
        self._process.send_signal(how)
        try:
            async with asyncio.timeout(15):
                await self._process.wait()
        except TimeoutError:
            self._process.send_signal(signal.SIGKILL)
            await self._process.wait()


async def _answers(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(url, timeout=1)).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
