"""What was last read from outside. Used through Transaction.snapshots."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from bot.core.advice.book import AdviceBook
from bot.core.bill import BillBook
from bot.core.budget_notices import BudgetNotice
from bot.core.inventory import Inventory
from bot.core.price_book import PriceBook
from bot.core.quota_book import QuotaBook
from bot.store.codec import decode, encode
from bot.store.sql import insert_into
from bot.store.tables.snapshots import SnapshotRow

_INVENTORY, _PRICES, _QUOTAS, _SPENDING = "inventory", "prices", "quotas", "spending"


class SnapshotRows:
    """See bot.ports.snapshots.Snapshots for every method."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def inventory(self) -> Inventory | None:
        """The newest inventory."""
        found: Inventory | None = await self._read(_INVENTORY, Inventory)
        return found

    async def keep_inventory(self, inventory: Inventory) -> None:
        """Replaces it."""
        await self._write(_INVENTORY, inventory.at, inventory)

    async def spending(self) -> tuple[BudgetNotice, ...]:
        """What billing budgets said last."""
        found: tuple[BudgetNotice, ...] | None = await self._read(
            _SPENDING, tuple[BudgetNotice, ...]
        )
        return found or ()

    async def keep_spending(self, spending: tuple[BudgetNotice, ...]) -> None:
        """Replaces it."""
        if spending:
            await self._write(_SPENDING, spending[-1].heard_at, spending)

    async def prices(self) -> PriceBook | None:
        """The newest price book."""
        found: PriceBook | None = await self._read(_PRICES, PriceBook)
        return found

    async def keep_prices(self, book: PriceBook) -> None:
        """Replaces it."""
        await self._write(_PRICES, book.asked_at, book)

    async def advice(self) -> AdviceBook | None:
        """The newest advice."""
        found: AdviceBook | None = await self._read("advice", AdviceBook)
        return found

    async def keep_advice(self, book: AdviceBook) -> None:
        """Replaces it."""
        await self._write("advice", book.at, book)

    async def quotas(self) -> QuotaBook | None:
        """The newest quotas."""
        found: QuotaBook | None = await self._read(_QUOTAS, QuotaBook)
        return found

    async def keep_quotas(self, book: QuotaBook) -> None:
        """Replaces them."""
        await self._write(_QUOTAS, book.asked_at, book)

    async def bill(self) -> BillBook | None:
        """The newest bill."""
        found: BillBook | None = await self._read("bill", BillBook)
        return found

    async def keep_bill(self, book: BillBook) -> None:
        """Replaces it."""
        await self._write("bill", book.asked_at, book)

    async def _read(self, name: str, kind: type[Any]) -> Any:
        body = await self._connection.scalar(
            select(col(SnapshotRow.body)).where(col(SnapshotRow.name) == name)
        )
        return None if body is None else decode(kind, body)

    async def _write(self, name: str, at: datetime, value: object) -> None:
        columns = {"at": at, "body": encode(value)}
        row = insert_into(self._connection, SnapshotRow).values(name=name, **columns)
        await self._connection.execute(
            row.on_conflict_do_update(index_elements=["name"], set_=columns)
        )
