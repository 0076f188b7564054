"""What was last read from outside, as the flows see it; used through Transaction.snapshots."""

from typing import Protocol

from bot.core.advice.book import AdviceBook
from bot.core.bill import BillBook
from bot.core.budget_notices import BudgetNotice
from bot.core.inventory import Inventory
from bot.core.price_book import PriceBook
from bot.core.quota_book import QuotaBook


class Snapshots(Protocol):
    """The newest of each; None before the first."""

    async def inventory(self) -> Inventory | None: ...

    async def keep_inventory(self, inventory: Inventory) -> None: ...

    async def spending(self) -> tuple[BudgetNotice, ...]:
        """What billing budgets said last; empty before the first."""
        ...

    async def keep_spending(self, spending: tuple[BudgetNotice, ...]) -> None: ...

    async def prices(self) -> PriceBook | None: ...

    async def keep_prices(self, book: PriceBook) -> None: ...

    async def advice(self) -> AdviceBook | None: ...

    async def keep_advice(self, book: AdviceBook) -> None: ...

    async def quotas(self) -> QuotaBook | None: ...

    async def keep_quotas(self, book: QuotaBook) -> None: ...

    async def bill(self) -> BillBook | None: ...

    async def keep_bill(self, book: BillBook) -> None: ...
