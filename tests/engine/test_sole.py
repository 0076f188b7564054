"""Only one process works on a SQLite file."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot.engine.sole import may_work, sole_process
from bot.errors import GiveUp

_HOLD = """
import sys
from pathlib import Path
from bot.engine.sole import sole_process
with sole_process(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def holder(database: Path) -> subprocess.Popen[str]:
    """Another process that holds the lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_process_is_told_what_to_do(tmp_path: Path) -> None:
    with holder(tmp_path / "headroom.db") as other:
        with pytest.raises(GiveUp, match=r"stop it first, or set DATABASE_URL to a postgresql://"):
            with sole_process(tmp_path / "headroom.db"):
                pytest.fail("two processes at once")
        other.kill()


def test_the_lock_is_free_when_the_other_process_was_killed(tmp_path: Path) -> None:
    with holder(tmp_path / "headroom.db") as other:
        other.kill()
    with sole_process(tmp_path / "headroom.db"):
        pass


def test_processes_on_different_files_do_not_mind_each_other(tmp_path: Path) -> None:
    with sole_process(tmp_path / "one.db"), sole_process(tmp_path / "new" / "two.db"):
        pass


def test_a_worker_alone_is_refused_on_sqlite_and_told_what_to_start(tmp_path: Path) -> None:
    with pytest.raises(GiveUp, match=r"start only `headroom serve`.*postgresql://"):
        with may_work(tmp_path / "headroom.db", distributed=False, alone=True):
            pytest.fail("a worker beside a web process")


def test_any_number_of_processes_may_work_on_postgresql() -> None:
    with may_work(None, distributed=True, alone=True):
        with may_work(None, distributed=True, alone=True):
            pass
