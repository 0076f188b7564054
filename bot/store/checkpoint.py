"""Copies SQLite's write-ahead log into the file beside the work; called by Connections after commits.

Left to a commit, the copy stops every request that waits for it. A passive checkpoint waits for nobody
and holds up no writer (sqlite.org/pragma.html#pragma_wal_checkpoint).
"""

import asyncio
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

_EVERY_SECONDS = 5.0  # at 4,000 commands a second that is some 50 MB


class Checkpointer:
    """One copy at a time, in a thread of its own."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._next = 0.0
        self._copying: asyncio.Future[None] | None = None

    def committed(self) -> None:
        """Begins a copy if one is due; returns at once."""
        loop = asyncio.get_running_loop()
        if loop.time() < self._next or (self._copying is not None and not self._copying.done()):
            return
        self._next = loop.time() + _EVERY_SECONDS
        self._copying = loop.run_in_executor(None, _copy, self._file)

    async def close(self) -> None:
        """Waits for a copy that has begun."""
        if self._copying is not None:
            await self._copying


def _copy(file: Path) -> None:
    # What is not copied now is copied later: by the next turn, or by SQLite itself.
    with suppress(sqlite3.Error), closing(sqlite3.connect(file, timeout=0)) as connection:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
