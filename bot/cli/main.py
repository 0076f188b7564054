"""Parses the command line and calls one command; failures end here, in words for a person."""

import argparse
import asyncio
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from typing import Protocol, cast

from bot.errors import AskedWrong, HeadroomError

# name, module in bot.cli (imported only when it is asked for: vendors take a second), help
COMMANDS = (
    ("serve", "operate", "migrate, serve Slack and work, in one process"),
    ("web", "operate", "serve Slack's requests (with a worker beside it)"),
    ("worker", "operate", "do the work (with a web process beside it)"),
    ("migrate", "operate", "bring the database to the newest schema"),
    (
        "check",
        "operate",
        "prove the configuration, the tokens and the permissions; nothing is changed",
    ),
    ("manifest", "manifest", "print the Slack app's manifest with just the scopes that are needed"),
    ("plan", "plan", "print the plan for an announcement, without announcing it"),
    ("advice", "advice", "say what could be cheaper or safer, from weeks of measurements"),
    ("costs", "costs", "what campaigns were estimated to cost, and what was billed"),
    ("inventory", "inventory", "list all workloads by group, and what has changed"),
    ("backtest", "backtest", "replay series with their events, and score the plans"),
    ("audit", "audit", "print the record of who did what, and verify it"),
    ("policy", "policy", "check, test, explain and try out the guardrails and your own rules"),
    ("ledger", "capacity", "print the story of one workload: claims, writes, drifts, proofs"),
    ("restore", "capacity", "give capacity back by the marks on the workloads, without a database"),
    ("alerts", "alerts", "keep alert policies and notification channels as code"),
    ("digest", "digest", "print what a digest would say now; nothing is posted"),
    ("story", "town", "start sandbox and bot, and play a story"),
    ("stories", "town", "list the stories"),
    ("sandbox", "town", "start sandbox and bot, and leave the talking to you"),
    ("clock", "town", "read or steer the running sandbox's clock"),
    ("say", "talk", "say something in the running sandbox as one of its people"),
    ("shortcut", "talk", "choose a shortcut in the running sandbox"),
    ("click", "talk", "press a button in the running sandbox"),
    ("fill", "talk", "fill in and send the open form in the running sandbox"),
    ("sees", "talk", "print what a person of the running sandbox sees"),
)
# These live long and answer people.
_SERVING = frozenset({"serve", "web", "worker"})

_SIGPIPE_STATUS = 141  # 128 + SIGPIPE, as a shell says it of commands that end by it


class Family(Protocol):
    """A module of commands."""

    def add_arguments(self, command: str, parser: argparse.ArgumentParser) -> None:
        """Adds the arguments of one command."""
        ...

    async def run(self, arguments: argparse.Namespace) -> int:
        """Does it; returns the exit status."""
        ...


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit status (2: asked wrongly, 1: failed)."""
    words = list(sys.argv[1:] if argv is None else argv)
    chosen = next((row for row in COMMANDS if words and row[0] == words[0]), None)
    family = _family(chosen[1]) if chosen else None
    arguments = _parser(family).parse_args(words)
    if family is None:
        return 2
    try:
        with asyncio.Runner(loop_factory=_loop_for(words[0])) as runner:
            status = runner.run(family.run(arguments))
        sys.stdout.flush()  # whether anybody still reads shows here at the latest
    except AskedWrong as wrong:
        print(wrong, file=sys.stderr)
        return 2
    except HeadroomError as error:
        print(f"Failed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        if words[0] in _SERVING:
            raise  # they print nothing: this was another pipe
        return _unread()
    return status


def _unread() -> int:
    """Whoever read what we print has gone, as `head` does: no failure of ours."""
    # What is still to be written would fail once more at the interpreter's end.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return _SIGPIPE_STATUS


def _loop_for(command: str) -> Callable[[], asyncio.AbstractEventLoop] | None:
    """None is asyncio's own."""
    if command not in _SERVING:
        return None
    import uvloop

    return uvloop.new_event_loop


def _family(name: str) -> Family:
    return cast("Family", importlib.import_module(f"bot.cli.{name}"))


def _parser(family: Family | None) -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="headroom", description="Self-service scaling on Google Cloud, from Slack."
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, module, text in COMMANDS:
        parser = commands.add_parser(name, help=text, description=f"{text[:1].upper()}{text[1:]}.")
        if family is not None and family.__name__.endswith(f".{module}"):  # type: ignore[attr-defined]
            family.add_arguments(name, parser)
    return top
