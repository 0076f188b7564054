"""The command line as a whole: what a shell sees of it."""

import os
import subprocess
import sys

import pytest

from bot.cli.main import main


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


def test_the_help_of_a_command_keeps_the_names_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["manifest", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert "Print the Slack app's manifest with just the scopes that are needed." in said
