"""Only one worker process works on a SQLite file."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot.engine.sole import sole_worker
from bot.errors import GiveUp

_HOLD = """
import sys
from pathlib import Path
from bot.engine.sole import sole_worker
with sole_worker(Path(sys.argv[1])):
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


def test_a_second_worker_is_told_what_to_do(tmp_path: Path) -> None:
    with holder(tmp_path / "headroom.db") as other:
        with pytest.raises(GiveUp, match=r"stop it first, or set a postgresql://"):
            with sole_worker(tmp_path / "headroom.db"):
                pytest.fail("two workers at once")
        other.kill()


def test_the_lock_is_free_when_the_other_worker_was_killed(tmp_path: Path) -> None:
    with holder(tmp_path / "headroom.db") as other:
        other.kill()
    with sole_worker(tmp_path / "headroom.db"):
        pass


def test_workers_of_different_files_do_not_mind_each_other(tmp_path: Path) -> None:
    with sole_worker(tmp_path / "one.db"), sole_worker(tmp_path / "new" / "two.db"):
        pass
