"""Keeps a second process off a SQLite database. Used by bot.app."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import GiveUp

_INSTEAD = "set DATABASE_URL to a postgresql:// database to run several processes"


@contextmanager
def may_work(file: Path | None, *, distributed: bool, alone: bool) -> Iterator[None]:
    """The right to run; GiveUp, saying what to do, if the database has no room for this process.

    `file` is that of a SQLite database (None: in memory); `alone` says that the process would only work,
    beside others that serve.
    """
    if distributed:
        yield
        return
    if alone:
        raise GiveUp(
            "a SQLite database has room for one process, and `headroom web` does the work too:"
            f" start only `headroom serve` (or `headroom web`), or {_INSTEAD}"
        )
    if file is None:
        yield
        return
    with sole_process(file):
        yield


@contextmanager
def sole_process(database: Path) -> Iterator[None]:
    """Holds a lock beside the file `database`; GiveUp, saying what to do, if another process has it.

    The operating system ends the lock with the process, however it dies.
    """
    database.parent.mkdir(parents=True, exist_ok=True)
    with database.with_name(f"{database.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise GiveUp(
                f"another headroom process already runs on {database}, and SQLite has room for one:"
                f" stop it first, or {_INSTEAD}"
            ) from error
        yield
