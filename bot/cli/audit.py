"""`headroom audit`: the record of who did what, filtered, as text or JSON; and whether its chain is whole."""

import argparse
import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.adapters.clock import FileClock, SystemClock
from bot.cli.plan import surrounding_environment
from bot.core.trail import Link, Query, first_broken
from bot.errors import AskedWrong
from bot.settings.environment import database_url, environment
from bot.store.database import Database

_AGO = re.compile(r"^(\d{1,5})([dhm])$")
_UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """Adds the filters and the ways to print."""
    parser.add_argument(
        "--subject", default="", help="e.g. campaign/c-1a2b3c4d5e, workload/…, policy"
    )
    parser.add_argument("--actor", default="", help="a Slack user id, or headroom")
    parser.add_argument(
        "--since", default="", help="a day (2025-11-01), an instant, or 7d, 12h, 30m ago"
    )
    parser.add_argument("--limit", type=int, default=200, help="the newest so many (default 200)")
    parser.add_argument("--json", action="store_true", help="one JSON object a row")
    parser.add_argument("--verify", action="store_true", help="is the chain of hashes whole?")
    parser.add_argument(
        "--known", default="", help="with --verify: a hash noted earlier, which must be in it"
    )


async def run(arguments: argparse.Namespace) -> int:
    """Prints the rows; with --verify 0 if nothing was changed, else 1 and the first row that does not fit."""
    environ = _environment()
    since = _since(arguments.since, _now(environ)) if arguments.since else None
    query = Query(arguments.subject, arguments.actor, since, max(arguments.limit, 1))
    async with _records(database_url(environ)) as database, database.begin() as tx:
        links = await (tx.audit.chain() if arguments.verify else tx.audit.search(query))
    if arguments.verify:
        return _verify(links, arguments.known)
    for link in links:
        print(_as_json(link) if arguments.json else _as_text(link))
    return 0


@asynccontextmanager
async def _records(url: str) -> AsyncIterator[Database]:
    """The database alone: the record can be read wherever nothing else is configured."""
    database = Database(url, on_wake=lambda: None)
    try:
        await database.check_schema()
        yield database
    finally:
        await database.close()


def _now(environ: Mapping[str, str]) -> datetime:
    clock = environ.get("HEADROOM_CLOCK") or "system"
    return (SystemClock() if clock == "system" else FileClock(Path(clock))).now()


def _verify(links: Sequence[Link], known: str) -> int:
    broken = first_broken(links)
    if broken is not None:
        print(f"broken at row {broken.id}: {broken.why}")
        return 1
    if known and known not in {link.hash for link in links}:
        print(f"broken: no row has the hash {known} any more")
        return 1
    chained = [link.hash for link in links if link.hash]
    print(f"ok: {len(links)} rows" + (f", the last hash is {chained[-1]}" if chained else ""))
    return 0


def _environment() -> Mapping[str, str]:
    """What is set here, else what the running sandbox was started with, else the defaults."""
    here = environment()
    if here.get("DATABASE_URL"):
        return here
    try:
        return surrounding_environment()
    except AskedWrong:
        return here


def _since(text: str, now: datetime) -> datetime:
    ago = _AGO.match(text)
    if ago is not None:
        return now - int(ago[1]) * _UNITS[ago[2]]
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise AskedWrong(
            f"I don't understand --since {text}: write 2025-11-01, an ISO instant, or 7d."
        ) from error
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _as_json(link: Link) -> str:
    row = asdict(link.row) | {"at": link.row.at.isoformat(), "id": link.id, "hash": link.hash}
    return json.dumps(row, ensure_ascii=False)


def _as_text(link: Link) -> str:
    row = link.row
    version = f" (version {row.version})" if row.version else ""
    place = f" via {row.via}" if row.via else ""
    detail = f": {row.detail}" if row.detail else ""
    return (
        f"{row.at:%Y-%m-%d %H:%M:%S}Z {row.actor} {row.act} {row.subject}{version}{place}{detail}"
    )
