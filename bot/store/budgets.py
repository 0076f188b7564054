"""What teams have taken of their months' money. Used through Transaction.budgets."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from bot.core.budgeting import Booking, BudgetEntry
from bot.store.sql import insert_into, kept
from bot.store.tables.budgets import BudgetRow


class BudgetRows:
    """See bot.ports.budgets.Budgets for every method."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def put(self, entry: BudgetEntry) -> None:
        """Inserts or replaces the campaign's line."""
        column = (col(BudgetRow.campaign_id), col(BudgetRow.body))
        columns = {
            "team": entry.team,
            "month": entry.month,
            "booking": entry.booking.value,
            "body": await kept(self._connection, column, entry, entry.campaign_id),
        }
        row = insert_into(self._connection, BudgetRow)
        row = row.values(campaign_id=entry.campaign_id, **columns)
        changed = row.on_conflict_do_update(index_elements=["campaign_id"], set_=columns)
        await self._connection.execute(changed)

    async def get(self, campaign_id: str) -> BudgetEntry | None:
        """The line as stored, or None."""
        return await self._connection.scalar(
            select(col(BudgetRow.body)).where(col(BudgetRow.campaign_id) == campaign_id)
        )

    async def taken(self, team: str, month: str, *, without: str) -> Sequence[BudgetEntry]:
        """Reserved and settled lines; on PostgreSQL under a lock, on SQLite writers are alone anyway."""
        if self._connection.dialect.name == "postgresql":
            month_lock = func.hashtext(f"budget/{team}/{month}")
            await self._connection.execute(select(func.pg_advisory_xact_lock(month_lock)))
        rows = await self._connection.scalars(
            select(col(BudgetRow.body))
            .where(
                col(BudgetRow.team) == team,
                col(BudgetRow.month) == month,
                col(BudgetRow.booking) != Booking.RELEASED.value,
                col(BudgetRow.campaign_id) != without,
            )
            .order_by(col(BudgetRow.campaign_id))
        )
        return rows.all()
