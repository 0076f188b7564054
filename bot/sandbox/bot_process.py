"""The bot as a child process of a story or a test: started, killed and started again."""

import asyncio
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

_START_WITHIN = 30.0


@dataclass(slots=True)
class BotProcess:
    """`python -m bot serve` (or another command) with an environment of its own; its log goes to `log`.

    `code` is the folder whose `bot` runs (None: the one that is installed here).
    """

    environment: Mapping[str, str]
    log: Path
    command: str = "serve"
    code: Path | None = None
    _process: asyncio.subprocess.Process | None = field(init=False, default=None)

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

    async def _spawn(self) -> asyncio.subprocess.Process:
        with self.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot",
                self.command,
                cwd=self.code,
                env={**self.environment, "PYTHONUTF8": "1"},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

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
            self._process.kill()
            await self._process.wait()


async def _answers(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(url, timeout=1)).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
