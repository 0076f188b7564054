"""`headroom advice`: what could be cheaper or safer, from weeks of measurements."""

import argparse
import json
from typing import Any

from pydantic import TypeAdapter

from bot import app
from bot.cli.plan import surrounding_environment
from bot.core.advice.book import AdviceBook
from bot.core.advice.telling import as_text
from bot.errors import AskedWrong
from bot.flows.reviewing import take_review
from bot.settings.environment import read_settings


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """Adds the group, and how to print it."""
    parser.add_argument("group", nargs="?", default="", help="only this group")
    parser.add_argument("--json", action="store_true", help="print it as JSON")


async def run(arguments: argparse.Namespace) -> int:
    """Looks at the configured places, or at the sandbox that is running here; changes nothing."""
    settings = read_settings(surrounding_environment())
    group = settings.house.group(arguments.group) if arguments.group else None
    if arguments.group and group is None:
        known = ", ".join(one.name for one in settings.house.groups)
        raise AskedWrong(f"There is no group {arguments.group!r}; there are {known}.")
    async with app.parts(settings) as parts:
        book = await take_review(parts.kit)
    name = group.name if group else ""
    print(
        json.dumps(advice_json(book, name), indent=2, ensure_ascii=False)
        if arguments.json
        else as_text(book, name)
    )
    return 0


def advice_json(book: AdviceBook, group: str) -> dict[str, Any]:
    """All of it, each advice with its id."""
    body: dict[str, Any] = TypeAdapter(AdviceBook).dump_python(book, mode="json")
    body["advice"] = [
        {"id": one.id, **TypeAdapter(type(one)).dump_python(one, mode="json")}
        for one in book.of(group)
    ]
    return body
