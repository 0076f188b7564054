"""`headroom ledger` and `headroom restore`: what was done to a workload, and giving it back by its marks."""

import argparse
import json
from collections.abc import Mapping
from typing import Any

from pydantic_core import to_jsonable_python

from bot import app
from bot.cards.ledger import WorkloadStory, story_text, story_values
from bot.cli.recording import CLI, put_on_record
from bot.cli.running import running_town
from bot.core.fleet import WorkloadKey
from bot.core.trail import WRITES, AuditRow
from bot.errors import AskedWrong, HeadroomError
from bot.flows.restore import Wish, restore
from bot.ports.store import Transaction
from bot.settings.environment import database_url, environment, house_rules
from bot.store.database import Database

_DEPTH = 10_000


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of one of the two."""
    if command == "ledger":
        parser.add_argument("workload", help="its name, or kind/project/region/name")
        parser.add_argument("--json", action="store_true", help="print it as JSON")
        return
    parser.add_argument("workload", nargs="*", help="names or keys (default: all that are marked)")
    parser.add_argument("--dry-run", action="store_true", help="only show what would be done")
    parser.add_argument("--drained", action="store_true", help="worker pools have no work left")
    parser.add_argument("--force", action="store_true", help="also what is held until later")


async def run(arguments: argparse.Namespace) -> int:
    """Runs the named command."""
    environ = _environment()
    if arguments.command == "ledger":
        return await _ledger(arguments, environ)
    return await _restore(arguments, environ)


async def _ledger(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    house = house_rules(environ)
    database = Database(database_url(environ), on_wake=lambda: None)
    try:
        async with database.begin() as tx:
            keys = await _known(tx, arguments.workload)
            stories = [await _story(tx, key) for key in keys]
    finally:
        await database.close()
    if arguments.json:
        values: Any = to_jsonable_python([story_values(story) for story in stories])
        print(json.dumps(values, indent=2, ensure_ascii=False))
    else:
        print("\n\n".join(story_text(story, house.zone) for story in stories))
    return 0


async def _known(tx: Transaction, name: str) -> list[WorkloadKey]:
    """Every workload of that name that Headroom has touched or will; AskedWrong if there is none."""
    keys = {holding.key for holding in await tx.capacity.holdings()}
    for campaign in await tx.campaigns.open():
        keys |= {claim.workload for claim in await tx.capacity.claims_of(campaign.id)}
    found = sorted(key for key in keys if name in {str(key), key.name})
    if not found:
        known = ", ".join(sorted({key.name for key in keys})) or "none yet"
        raise AskedWrong(f"Headroom has no record of {name!r}. It has of: {known}.")
    return found


async def _story(tx: Transaction, key: WorkloadKey) -> WorkloadStory:
    return WorkloadStory(
        key,
        await tx.capacity.holding(key),
        await tx.capacity.claims_on(key),
        await tx.capacity.ledger(key, _DEPTH),
        [row for row in await tx.audit.about(f"workload/{key}") if row.act not in WRITES],
    )


async def _restore(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    house = house_rules(environ)
    endpoint = environ.get("HEADROOM_GOOGLE_ENDPOINT", "")
    held = await _held(environ)
    wish = Wish(
        tuple(arguments.workload), arguments.dry_run, arguments.force, held, arguments.drained
    )
    left, found, rows = 0, 0, list[AuditRow]()
    async with app.restoring_parts(
        house, endpoint, environ.get("HEADROOM_CLOCK", "system")
    ) as doors:
        async for deed in restore(doors, wish):
            found += 1
            left += not deed.done
            print(f"{'ok  ' if deed.done else 'left'}  {deed.workload.key}: {deed.words}")
            if deed.written:
                at, about = doors.clock.now(), f"workload/{deed.workload.key}"
                rows.append(AuditRow(at, CLI, "restored by hand", about, deed.words, via=CLI))
    await put_on_record(environ, rows)
    verb = "would be looked at" if arguments.dry_run else "looked at"
    print(f"{found} marked workloads {verb}, {left} with something left to give back.")
    return 0 if left == 0 else 1


async def _held(environ: Mapping[str, str]) -> frozenset[WorkloadKey]:
    """What the database says is held now; nothing where there is no (usable) database."""
    database = Database(database_url(environ), on_wake=lambda: None)
    try:
        async with database.begin() as tx:
            holdings = await tx.capacity.holdings()
    except HeadroomError as error:
        print(f"Going by the marks alone: {error}")
        return frozenset()
    finally:
        await database.close()
    return frozenset(holding.key for holding in holdings if holding.restored_at is None)


def _environment() -> Mapping[str, str]:
    """What is set here, completed by the running sandbox when Slack is not configured at all."""
    here = environment()
    if here.get("SLACK_BOT_TOKEN") or here.get("HEADROOM_CONFIG"):
        return here
    try:
        return {**here, **running_town().bot_environment}
    except AskedWrong:
        return here
