"""The command line as a whole: what a shell sees of it."""

import os
import subprocess
import sys


def test_a_reader_that_goes_away_is_no_failure() -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "bot", "stories"],
            stdout=write,
            stderr=subprocess.PIPE,
            check=False,
            text=True,
        )
    finally:
        os.close(write)
    assert (ended.returncode, ended.stderr) == (141, "")
