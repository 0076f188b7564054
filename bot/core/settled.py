"""What is kept of a campaign that was settled: its estimate, and what its hours cost by which basis.

Made by settlement, read by cost_learning, the digests and the cards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.fleet import BillingMode, WorkloadKey
from bot.core.money import ZERO, Money


class Basis(StrEnum):
    """What a settled cost comes from."""

    TIME = "billable time"
    BILL = "Google's bill"


@dataclass(frozen=True, slots=True)
class SettledPart:
    """One workload of a settled campaign, as in Settled; `factor` is what the plan's prices were corrected by."""

    workload: WorkloadKey
    billing: BillingMode
    estimated: Money
    settled: Money
    billed: Money | None = None
    factor: float = 1.0

    @property
    def actual(self) -> Money:
        """By the bill where it is known."""
        return self.settled if self.billed is None else self.billed


@dataclass(frozen=True, slots=True)
class Settled:
    """One campaign's own hours (its window): all that its workloads cost then, traffic included.

    `settled` comes from billable instance time, `billed` from Google's bill (None: not known, or not yet).
    `parts` are its workloads (empty: kept before they were, or by a plan without inputs).
    """

    campaign_id: str
    name: str
    month: str
    at: datetime
    estimated: Money
    settled: Money
    until: datetime | None = None
    billed: Money | None = None
    parts: tuple[SettledPart, ...] = ()

    @property
    def actual(self) -> Money:
        """By the bill where it is known."""
        return self.settled if self.billed is None else self.billed

    @property
    def basis(self) -> Basis:
        """Where `actual` comes from."""
        return Basis.TIME if self.billed is None else Basis.BILL

    @property
    def ratio(self) -> float:
        """Actual over estimated; 1 where nothing was estimated."""
        if self.estimated.amount <= 0:
            return 1.0
        return float(self.actual.amount / self.estimated.amount)


def by_month(past: Sequence[Settled]) -> dict[str, tuple[Money, Money, int]]:
    """Estimated, actual and how many campaigns, by month, the newest first."""
    months: dict[str, tuple[Money, Money, int]] = {}
    for one in sorted(past, key=lambda one: one.at, reverse=True):
        estimated, settled, count = months.get(one.month, (ZERO, ZERO, 0))
        months[one.month] = (estimated + one.estimated, settled + one.actual, count + 1)
    return months
