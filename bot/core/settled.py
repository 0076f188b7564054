"""What is kept of a campaign that was settled: its estimate, and what its hours cost by which basis.

Made by settlement, read by cost_learning, the digests and the cards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import combinations, pairwise

from bot.core.fleet import BillingMode, WorkloadKey
from bot.core.money import ZERO, Money
from bot.core.windows import Window


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


@dataclass(frozen=True, slots=True)
class Total:
    """What several campaigns cost together; `shared` says that some had the same workload at the same time."""

    estimated: Money
    actual: Money
    shared: bool


def together(past: Sequence[Settled]) -> Total:
    """Their sum, in which the hours of a workload that campaigns shared count once.

    Those without parts or without an end count as they are: what they shared is not known.
    """
    estimated = sum((one.estimated for one in past), start=ZERO)
    actual = sum((one.actual for one in past), start=ZERO)
    known: dict[WorkloadKey, list[tuple[Window, SettledPart]]] = {}
    for one in past:
        if one.until is None or one.until <= one.at:
            continue
        hours = Window(one.at, one.until)
        for part in one.parts:
            known.setdefault(part.workload, []).append((hours, part))
    shared = False
    for found in known.values():
        if not any(one.overlaps(other) for (one, _), (other, _) in combinations(found, 2)):
            continue
        shared = True
        estimated -= _twice([(window, part.estimated) for window, part in found])
        actual -= _twice([(window, part.actual) for window, part in found])
    return Total(estimated, actual, shared)


def by_month(past: Sequence[Settled]) -> dict[str, tuple[Money, Money, int]]:
    """Estimated, actual and how many campaigns, by month, the newest first; shared hours count once."""
    months: dict[str, list[Settled]] = {}
    for one in sorted(past, key=lambda one: one.at, reverse=True):
        months.setdefault(one.month, []).append(one)
    totals = {month: together(found) for month, found in months.items()}
    return {
        month: (total.estimated, total.actual, len(months[month]))
        for month, total in totals.items()
    }


def _twice(spans: Sequence[tuple[Window, Money]]) -> Money:
    """What the sum over one workload's spans has more than once.

    The shortest spans tell best what their hours cost, of equal ones the dearest; a longer one adds what
    it cost beyond them, spread over its other hours.
    """
    edges = sorted({edge for window, _ in spans for edge in (window.start, window.end)})
    cells = [Window(start, end) for start, end in pairwise(edges)]
    counted: dict[Window, Decimal] = {}
    twice = ZERO
    for window, cost in sorted(spans, key=lambda one: (one[0].duration, -one[1].amount)):
        mine = [cell for cell in cells if cell.overlaps(window)]
        free = [cell for cell in mine if cell not in counted]
        known = sum((counted[cell] for cell in mine if cell in counted), start=Decimal(0))
        rest = max(Decimal(0), cost.amount - known) if free else Decimal(0)
        length = sum((cell.duration for cell in free), start=timedelta(0))
        counted |= {cell: rest * Decimal(cell.duration / length) for cell in free}
        twice += Money(cost.amount - rest, cost.currency)
    return twice
