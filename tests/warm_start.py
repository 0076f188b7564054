"""Starts the bot's processes as forks of one that has loaded its libraries, which takes a process of its
own most of its first second. They are real processes, to be killed like any other.
"""

import asyncio
import contextlib
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

from bot.sandbox.bot_process import Running


async def started_warm(command: str, environment: Mapping[str, str], log: Path) -> Running:
    """`headroom COMMAND` with just that environment; what it prints is added to the log."""
    return _started((command,), environment, log)


async def done_warm(words: Sequence[str], environment: Mapping[str, str]) -> tuple[int, str]:
    """`headroom WORDS` with just that environment; its exit status and what it prints."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "said.log")
        status = await _started(words, environment, log).wait()
        return status, await asyncio.to_thread(log.read_text, encoding="utf-8")


def _started(words: Sequence[str], environment: Mapping[str, str], log: Path) -> Running:
    log.touch()  # it is there before anybody reads in it
    arguments = (list(words), dict(environment), log)
    process = _forks().Process(target=_command, args=arguments, daemon=True)
    process.start()
    return _Fork(process)


@dataclass(frozen=True, slots=True)
class _Fork:
    """What asyncio's processes can do, of one that was forked."""

    process: ForkServerProcess

    @property
    def returncode(self) -> int | None:
        """None while it lives."""
        return self.process.exitcode

    def send_signal(self, signal: int) -> None:
        """ProcessLookupError if it has ended."""
        if self.process.pid is None or self.process.exitcode is not None:
            raise ProcessLookupError
        os.kill(self.process.pid, signal)

    async def wait(self) -> int:
        """Its exit status."""
        ended, loop = asyncio.Event(), asyncio.get_running_loop()
        loop.add_reader(self.process.sentinel, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(self.process.sentinel)
        self.process.join()
        return self.process.exitcode or 0


@cache
def _forks() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["bot.cli.operate", "google.cloud.bigquery"])
    return context


def _command(words: list[str], environment: Mapping[str, str], log: Path) -> None:
    """In the fork: what `python -m bot WORDS` does."""
    os.setsid()
    os.environ.clear()  # noqa: TID251 - as a process of its own would find it
    os.environ.update(environment)  # noqa: TID251
    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    sys.stdout = os.fdopen(1, "w", buffering=1, encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, encoding="utf-8", closefd=False)
    # Read only now, as a process that starts would.
    from bot.cli.main import main

    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main(words))
