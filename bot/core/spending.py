"""What the fleet cost over a span, worked out from billable instance time; for status and digests.

An estimate before free tier and tax: Google's bill decides.
"""

from dataclasses import dataclass
from decimal import Decimal

from bot.core.fleet import Workload
from bot.core.money import ZERO, Money
from bot.core.pricing import price, tariff
from bot.core.series import Metric
from bot.core.sources import ENOUGH, Fleet, total_of

_HOUR = Decimal(3600)


@dataclass(frozen=True, slots=True)
class Spending:
    """`amount` of `measured` of `wanted` workloads; None where they are too few to say a number."""

    amount: Money | None
    measured: int
    wanted: int

    @property
    def whole(self) -> bool:
        """Whether every workload's cost is in it."""
        return self.amount is not None and self.measured == self.wanted


def spent_by(fleet: Fleet, workload: Workload, discount: Decimal) -> Money | None:
    """USD for one workload over the fleet's span, without requests; None where it was not measured.

    Busy instances at the active rate and the rest of the billable time at the idle one; where busy
    instances were not measured, all of it at the active rate.
    """
    if fleet.quiet(workload):
        return ZERO
    billed = total_of(fleet.series(Metric.BILLABLE, workload.key)).value
    if billed is None:
        return None
    busy = total_of(fleet.series(Metric.ACTIVE, workload.key)).value
    active = billed if busy is None else min(billed, busy)
    rates = tariff(workload.key, workload.billing)
    worked, idle = _hours(active), _hours(billed - active)
    return price(worked, workload.size, rates.active, discount) + price(
        idle, workload.size, rates.idle, discount
    )


def spent(fleet: Fleet, discount: Decimal) -> Spending:
    """All workloads of the fleet together."""
    known = [spent_by(fleet, one, discount) for one in fleet.workloads]
    amounts = [amount for amount in known if amount is not None]
    enough = bool(amounts) and len(amounts) >= ENOUGH * len(known)
    return Spending(sum(amounts, start=ZERO) if enough else None, len(amounts), len(known))


def _hours(seconds: float) -> Decimal:
    return Decimal(str(round(max(0.0, seconds), 3))) / _HOUR
