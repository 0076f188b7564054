"""What a command has written to Google, put on record where the database answers. Used by the commands."""

import sys
from collections.abc import Mapping, Sequence

from bot.core.trail import AuditRow
from bot.errors import HeadroomError
from bot.settings.environment import database_url
from bot.store.database import Database

CLI = "cli"
"""The actor and the way of what somebody did at the command line; the shell knows who."""


async def put_on_record(environ: Mapping[str, str], rows: Sequence[AuditRow]) -> None:
    """Says so where it cannot: these commands must work without a database."""
    if not rows:
        return
    database = Database(database_url(environ), on_wake=lambda: None)
    try:
        async with database.begin() as tx:
            for row in rows:
                await tx.audit.add(row)
    except HeadroomError as error:
        print(f"This is not on the record of who did what: {error}", file=sys.stderr)
    finally:
        await database.close()
