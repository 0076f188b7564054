"""SQLite has room for one process: a second one, or a worker alone, is refused with a way out."""

from pathlib import Path

import pytest

from bot.sandbox.bot_process import BotProcess
from bot.sandbox.town import SCENARIOS, free_port
from tests.warm_start import started_warm

# What the refused ones look at before they stop: nothing of it is reached.
_NOWHERE = {
    "HEADROOM_CONFIG": str(SCENARIOS / "headroom.yaml"),
    "SLACK_BOT_TOKEN": "xoxb-nowhere",
    "SLACK_SIGNING_SECRET": "a signing secret",
    "SLACK_API_URL": "http://127.0.0.1:9/api/",
    "HEADROOM_SECRET": "x" * 32,
    "HEADROOM_GOOGLE_ENDPOINT": "http://127.0.0.1:9",
    "HEADROOM_HOST": "127.0.0.1",
}


def process(folder: Path, command: str) -> BotProcess:
    """A command on the SQLite file in `folder`."""
    own = {"DATABASE_URL": f"sqlite:///{folder / 'headroom.db'}", "PORT": str(free_port())}
    return BotProcess({**_NOWHERE, **own}, folder / f"{command}.log", command, started_warm)


async def test_a_worker_alone_is_refused_and_told_what_to_start(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"start only `headroom serve`.*postgresql://"):
        await process(tmp_path, "worker").run()


async def test_a_second_process_is_refused_while_the_first_one_lives(tmp_path: Path) -> None:
    first = process(tmp_path, "serve")
    await first.start()
    try:
        with pytest.raises(RuntimeError, match="another headroom process already runs"):
            await process(tmp_path, "web").run()
        assert first.alive
    finally:
        await first.stop()


async def test_a_process_on_an_unprepared_database_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="run `headroom migrate`"):
        await process(tmp_path, "web").run()
