"""Keeps a second worker off a SQLite file. Used by bot.app when the database is SQLite."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import GiveUp


@contextmanager
def sole_worker(database: Path) -> Iterator[None]:
    """Holds a lock beside the file `database`; GiveUp, saying what to do, if another worker has it.

    The operating system ends the lock with the process, however it dies.
    """
    database.parent.mkdir(parents=True, exist_ok=True)
    with database.with_name(f"{database.name}.worker-lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise GiveUp(
                f"another headroom worker already runs on {database}: stop it first,"
                " or set a postgresql:// database to run several"
            ) from error
        yield
