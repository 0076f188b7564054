"""Estimates against billable time. Used through Transaction.settlements."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from bot.core.settled import Settled
from bot.store.sql import insert_into
from bot.store.tables.settlements import SettlementRow


class SettlementRows:
    """See bot.ports.settlements.Settlements for every method."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def put(self, settled: Settled) -> None:
        """Inserts or replaces."""
        columns = {"at": settled.at, "body": settled}
        row = insert_into(self._connection, SettlementRow).values(
            campaign_id=settled.campaign_id, **columns
        )
        changed = row.on_conflict_do_update(index_elements=["campaign_id"], set_=columns)
        await self._connection.execute(changed)

    async def newest(self, limit: int) -> Sequence[Settled]:
        """By the index of time."""
        rows = await self._connection.scalars(
            select(col(SettlementRow.body))
            .order_by(col(SettlementRow.at).desc(), col(SettlementRow.campaign_id))
            .limit(limit)
        )
        return rows.all()
