"""What settled campaigns teach about prices: a bounded factor for a workload, else for its billing mode.

Pure; learnt by the flow that proposes, applied by planner. Why it never lowers a price: decision 0019.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from statistics import median

from bot.core.fleet import BillingMode, WorkloadKey
from bot.core.money import ZERO, Money
from bot.core.settled import Settled, SettledPart
from bot.core.wording import say_learnt

MOST = 1.5
"""No factor is larger, whatever campaigns came to: beyond that something else is wrong."""
FEW = 3
"""Fewer campaigns teach nothing."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """The `factor` of prices, from the middle ratio (actual over the uncorrected estimate) of `count` campaigns.

    `alone` tells whether they were this workload's own, or all of its billing mode.
    """

    factor: float
    ratio: float
    count: int
    alone: bool = False


NO_LESSON = Lesson(1.0, 1.0, 0)


@dataclass(frozen=True, slots=True)
class CostLessons:
    """All of them."""

    workloads: Mapping[WorkloadKey, Lesson] = field(default_factory=dict)
    modes: Mapping[BillingMode, Lesson] = field(default_factory=dict)

    def of(self, key: WorkloadKey, billing: BillingMode) -> Lesson:
        """The workload's own if there are enough campaigns of it, else its billing mode's, else none."""
        return self.workloads.get(key) or self.modes.get(billing) or NO_LESSON


def learn_costs(past: Sequence[Settled]) -> CostLessons:
    """From each campaign's workloads; what was estimated at nothing teaches nothing."""
    keys: dict[WorkloadKey, list[float]] = defaultdict(list)
    modes: dict[BillingMode, list[float]] = defaultdict(list)
    for one in past:
        for part in one.parts:
            keys[part.workload] += _ratio([part])
        for mode in BillingMode:
            modes[mode] += _ratio([part for part in one.parts if part.billing is mode])
    return CostLessons(
        {key: _lesson(ratios, alone=True) for key, ratios in keys.items() if len(ratios) >= FEW},
        {mode: _lesson(ratios) for mode, ratios in modes.items() if len(ratios) >= FEW},
    )


def learnt_prices(listed: str, lessons: Collection[Lesson]) -> str:
    """Whose prices they are, in words, with what was learnt: of single workloads only the range."""
    most = max(lessons, key=lambda one: (one.factor, one.count), default=NO_LESSON)
    least = min((one.factor for one in lessons), default=most.factor)
    if most.factor <= 1:
        return listed
    if least == most.factor:
        return f"{listed}, {say_learnt(most.factor, most.count)}"
    return f"{listed}, × {least:.2f} to × {most.factor:.2f} learnt from earlier campaigns"


def beyond_bound(lessons: Collection[Lesson]) -> str:
    """A sentence for people where campaigns came to more than a price is ever corrected by, else ""."""
    worst = max((one.ratio for one in lessons), default=1.0)
    if worst <= MOST:
        return ""
    return (
        f"Earlier campaigns cost {worst:.1f} times what the price list says; prices are corrected by"
        f" × {MOST:.2f} at most, so this may cost more. An engineer should look why."
    )


def _ratio(parts: Sequence[SettledPart]) -> list[float]:
    """Actual over what the list alone would have said; none where that was nothing."""
    actual = sum((part.actual for part in parts), start=ZERO)
    listed = sum((_uncorrected(part) for part in parts), start=ZERO)
    return [float(actual.amount / listed.amount)] if listed.amount > 0 else []


def _uncorrected(part: SettledPart) -> Money:
    factor = Decimal(str(max(part.factor, 1.0)))
    return Money(part.estimated.amount / factor, part.estimated.currency)


def _lesson(ratios: Sequence[float], *, alone: bool = False) -> Lesson:
    middle = median(ratios)
    return Lesson(round(min(max(middle, 1.0), MOST), 2), middle, len(ratios), alone)
