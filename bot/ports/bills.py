"""Google's bill; `NoBills` for where no billing export is configured."""

from collections.abc import Sequence
from typing import Protocol

from bot.core.bill import BillBook, BilledHour
from bot.core.fleet import WorkloadKey
from bot.core.windows import Window


class Bills(Protocol):
    """May raise TryAgain or GiveUp."""

    async def read(self, span: Window) -> BillBook | None:
        """What Cloud Run cost on each day of the span, as far as is known now; None where nobody is asked."""
        ...

    async def hours(self, window: Window, keys: Sequence[WorkloadKey]) -> Sequence[BilledHour]:
        """What those workloads cost in every hour that touches the window; none where the export names no workloads."""
        ...


class NoBills:
    """Asks nobody."""

    async def read(self, span: Window) -> BillBook | None:
        """None."""
        return None

    async def hours(self, window: Window, keys: Sequence[WorkloadKey]) -> Sequence[BilledHour]:
        """Nothing."""
        return ()
