"""The write-ahead log is copied beside the work."""

import asyncio
import sqlite3
from pathlib import Path

from bot.store.checkpoint import Checkpointer


async def test_the_log_is_copied_after_a_commit_and_a_missing_file_is_no_trouble(
    tmp_path: Path,
) -> None:
    file = tmp_path / "h.db"
    writer = sqlite3.connect(file)
    writer.executescript("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; CREATE TABLE t (n)")
    before = file.stat().st_size
    checkpointer = Checkpointer(file)
    checkpointer.committed()
    await checkpointer.close()
    assert file.stat().st_size > before
    writer.close()
    elsewhere = Checkpointer(tmp_path / "missing" / "h.db")
    elsewhere.committed()
    await asyncio.wait_for(elsewhere.close(), 5)
