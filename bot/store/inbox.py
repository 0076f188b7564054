"""Deliveries: accepted once whatever the sender repeats, handled once. Used through Transaction.inbox."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from bot.core.delivery import Delivery
from bot.ports.jobs import Job
from bot.store.codec import encode
from bot.store.sql import insert_into, known_identities, wall_time
from bot.store.tables.inbox import InboxRow

# All rows as one value: each step of SQLite's gives the interpreter away and must get it back.
_ADD = (
    "INSERT INTO inbox (identity, received_at, job, body) "
    "SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'), "
    "json_extract(value, '$[3]') FROM json_each(?)"
)


Arrival = tuple[Delivery, Job]


def add_deliveries(connection: Connection, arrivals: Sequence[Arrival]) -> frozenset[str]:
    """Stores those not known yet with their jobs and returns their identities; identities must differ."""
    if connection.dialect.name == "sqlite":
        return _add_to_sqlite(connection, arrivals)
    statement = (
        insert_into(connection, InboxRow)
        .on_conflict_do_nothing(index_elements=["identity"])
        .returning(col(InboxRow.identity))
    )
    rows = [
        {"identity": one.identity, "received_at": one.received_at, "job": job.name, "body": one}
        for one, job in sorted(arrivals, key=lambda arrival: arrival[0].identity)
    ]
    return frozenset(connection.execute(statement, rows).scalars())


def _add_to_sqlite(connection: Connection, arrivals: Sequence[Arrival]) -> frozenset[str]:
    rows = [
        (one.identity, wall_time(one.received_at), job.name, encode(one)) for one, job in arrivals
    ]
    try:
        connection.exec_driver_sql(_ADD, (json.dumps(rows),))
    except IntegrityError:
        # Seldom: one of them came before. SQLite has taken back the statement, and only that.
        known = known_identities(connection, InboxRow, [row[0] for row in rows])
        rows = [row for row in rows if row[0] not in known]
        connection.exec_driver_sql(_ADD, (json.dumps(rows),))
    return frozenset(row[0] for row in rows)


class InboxRows:
    """See bot.ports.store.Inbox for every method."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, identity: str) -> Delivery | None:
        """The delivery, or None."""
        return await self._connection.scalar(
            select(col(InboxRow.body)).where(col(InboxRow.identity) == identity)
        )

    async def handled(self, identity: str, now: datetime) -> bool:
        """True for the first caller only."""
        marked = await self._connection.execute(
            update(InboxRow)
            .where(col(InboxRow.identity) == identity, col(InboxRow.handled_at).is_(None))
            .values(handled_at=now)
        )
        return marked.rowcount == 1

    async def unhandled(self, since: datetime, until: datetime) -> Sequence[Job]:
        """In the order of arrival; those that know no job came with a version that handles them itself."""
        received_at, job = col(InboxRow.received_at), col(InboxRow.job)
        found = await self._connection.execute(
            select(col(InboxRow.identity), job)
            .where(
                col(InboxRow.handled_at).is_(None),
                received_at.between(since, until),
                job.is_not(None),
            )
            .order_by(received_at)
        )
        return [Job(str(row.job), row.identity) for row in found]
