"""The sandbox leaves nothing running behind."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT], ids=lambda how: how.name)
async def test_the_bot_ends_with_the_sandbox(how: signal.Signals, tmp_path: Path) -> None:
    town = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "sandbox", "--port", "0"),
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert town.stdout is not None
    async with asyncio.timeout(120):
        said = await town.stdout.readuntil(b"Ctrl-C ends it.")
    assert b"Traceback" not in said
    children = _children(town.pid)
    assert children
    town.send_signal(how)
    async with asyncio.timeout(60):
        rest = await town.stdout.read()
        status = await town.wait()
    assert (status != 0, b"Traceback" in rest) == (True, False)
    assert not any(map(_lives, children))


def _children(process: int) -> list[str]:
    return Path(f"/proc/{process}/task/{process}/children").read_text().split()


def _lives(process: str) -> bool:
    return Path("/proc", process).exists()
