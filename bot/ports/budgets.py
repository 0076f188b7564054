"""The books of the teams' monthly budgets as the flows see them; used through Transaction.budgets."""

from collections.abc import Sequence
from typing import Protocol

from bot.core.budgeting import BudgetEntry


class Budgets(Protocol):
    """One line a campaign."""

    async def put(self, entry: BudgetEntry) -> None:
        """The campaign's line is this from now on; the same line again changes nothing."""
        ...

    async def get(self, campaign_id: str) -> BudgetEntry | None: ...

    async def taken(self, team: str, month: str, *, without: str) -> Sequence[BudgetEntry]:
        """The lines, not released, of all campaigns but `without`.

        Until the transaction ends nobody else reads them: two approvals cannot both take the last of it.
        """
        ...
