"""Deliveries: accepted once whatever the sender repeats, handled once. Used through Transaction.inbox."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from bot.core.delivery import Delivery
from bot.store.sql import insert_into
from bot.store.tables.inbox import InboxRow


def add_deliveries(connection: Connection, deliveries: Sequence[Delivery]) -> frozenset[str]:
    """Stores those not known yet and returns their identities; identities must differ."""
    statement = (
        insert_into(connection, InboxRow)
        .on_conflict_do_nothing(index_elements=["identity"])
        .returning(col(InboxRow.identity))
    )
    rows = [
        {"identity": one.identity, "received_at": one.received_at, "body": one}
        for one in sorted(deliveries, key=lambda one: one.identity)
    ]
    return frozenset(connection.execute(statement, rows).scalars())


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
