"""How the commands find the sandbox that is running here: a small file that it writes while it lives."""

import json
from dataclasses import dataclass
from pathlib import Path

from bot.errors import AskedWrong
from bot.settings.environment import environment

_NOTE = "var/sandbox.json"


@dataclass(frozen=True, slots=True)
class RunningTown:
    """Where the running sandbox is, and the environment its bot was started with."""

    url: str
    bot_environment: dict[str, str]


def note_path() -> Path:
    """`HEADROOM_SANDBOX`, or `var/sandbox.json` below the present folder."""
    return Path(environment().get("HEADROOM_SANDBOX", _NOTE))


def running_town() -> RunningTown:
    """Raises AskedWrong when no sandbox is running."""
    try:
        note = json.loads(note_path().read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise AskedWrong(
            "No sandbox is running here. Start one with `headroom sandbox` or `make run`."
        ) from error
    return RunningTown(str(note["url"]), dict(note["environment"]))


def write_note(town: RunningTown) -> None:
    """Called by the sandbox once it can be talked to."""
    path = note_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"url": town.url, "environment": town.bot_environment}))


def remove_note() -> None:
    """Called by the sandbox when it ends."""
    note_path().unlink(missing_ok=True)
