"""`headroom inventory`: every workload by group, what is unusual, and what has changed since the last look."""

import argparse
import json
from typing import Any

from pydantic import TypeAdapter

from bot import app
from bot.cli.plan import surrounding_environment
from bot.core.inventory import Inventory, as_text, oddities
from bot.flows.inventory import take_inventory
from bot.settings.environment import read_settings


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """Adds how to print it."""
    parser.add_argument("--json", action="store_true", help="print it as JSON")


async def run(arguments: argparse.Namespace) -> int:
    """Looks at the configured places, or at the sandbox that is running here."""
    settings = read_settings(surrounding_environment())
    async with app.parts(settings) as parts:
        seen = await take_inventory(parts.kit)
    print(
        json.dumps(inventory_json(seen), indent=2, ensure_ascii=False)
        if arguments.json
        else as_text(seen, settings.house)
    )
    return 0


def inventory_json(seen: Inventory) -> dict[str, Any]:
    """All that is known, with the sentences about what is unusual."""
    body: dict[str, Any] = TypeAdapter(Inventory).dump_python(seen, mode="json")
    for one, row in zip(seen.workloads, body["workloads"], strict=True):
        row["key"] = str(one.key)
        row["oddities"] = list(oddities(one))
    return body
