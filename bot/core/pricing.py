"""What capacity costs, in exact decimals from the dated price table; used by planner and report.

The free tier is left out on purpose: everything on the billing account shares it.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from bot.core import price_table
from bot.core.fleet import BillingMode, InstanceSize, WorkloadKey, WorkloadKind
from bot.core.money import Money
from bot.core.price_table import Rates
from bot.core.windows import Window
from bot.core.wording import say_date, say_number

STALE_AFTER = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Tariff:
    """What one workload pays: `idle` for a warm instance without work, `active` for a busy one.

    `per_request` is USD; `note` says what is not certain about the rates ("" when nothing).
    """

    idle: Rates
    active: Rates
    per_request: Decimal
    note: str = ""


def tariff(key: WorkloadKey, billing: BillingMode, *, manual: bool = False) -> Tariff:
    """The list rates of a workload in its region.

    Under request-based billing only a minimum instance without work has the idle rate. Manually
    scaled and instance-based instances and worker pools are billed as active whatever they do.
    """
    if key.kind is WorkloadKind.WORKER_POOL:
        return _flat(price_table.WORKER_POOL, key.region)
    if billing is BillingMode.INSTANCE:
        return _flat(price_table.INSTANCE, key.region)
    tier, note = _tier(key.region)
    active = price_table.REQUEST_ACTIVE[tier]
    idle = active if manual else price_table.REQUEST_IDLE[tier]
    return Tariff(idle, active, price_table.PER_REQUEST, note)


def price(instance_hours: Decimal, size: InstanceSize, rates: Rates, discount: Decimal) -> Money:
    """USD for that many instance-hours: hours · 3600 · (vCPU · cpu rate + GiB · memory rate).

    `discount` is a share (0.17 = 17 % off); the result is exact, not rounded to cents.
    """
    second = _exact(size.vcpu) * rates.cpu + _exact(size.memory_gib) * rates.memory
    return Money(instance_hours * 3600 * second * _paid(discount))


def requests_price(requests: float, tariff: Tariff, discount: Decimal) -> Money:
    """USD for that many requests (nothing where the tariff does not charge for them)."""
    return Money(_exact(max(0.0, requests)) * tariff.per_request * _paid(discount))


def instance_hours(instances: int, window: Window) -> Decimal:
    """Exact instance-hours of that many instances (none if negative) through the window."""
    microseconds = window.duration // timedelta(microseconds=1)
    return max(0, instances) * Decimal(microseconds) / Decimal(3_600_000_000)


def priced_on(discount: Decimal) -> str:
    """What the prices are, in words: whose list of what day, and what is taken off or left out."""
    less = f" less {say_number(float(1 - _paid(discount)) * 100)}%" if discount > 0 else ""
    return f"Google's list of {_dated()}{less}, before free tier and tax"


def stale_prices(today: date) -> str:
    """A sentence for people when the price list is older than 90 days, else ""."""
    if today - price_table.DATED <= STALE_AFTER:
        return ""
    return f"Costs use the list prices of {_dated()}, which are more than 90 days old."


def _dated() -> str:
    return f"{say_date(price_table.DATED)} {price_table.DATED.year}"


def _flat(by_tier: dict[int, Rates], region: str) -> Tariff:
    """One rate for idle and busy; verified for Tier 1 only, so elsewhere that is said."""
    rates = by_tier[1]
    if region in price_table.TIER_1:
        return Tariff(rates, rates, Decimal(0))
    note = f"The rate for {region} is not verified; priced as in Tier 1 regions, it may cost more."
    return Tariff(rates, rates, Decimal(0), note)


def _tier(region: str) -> tuple[int, str]:
    if region in price_table.TIER_1:
        return 1, ""
    if region in price_table.TIER_2:
        return 2, ""
    return 2, f"The price tier of {region} is not known; priced as Tier 2, the dearer one."


def _paid(discount: Decimal) -> Decimal:
    return 1 - min(max(discount, Decimal(0)), Decimal(1))


def _exact(number: float) -> Decimal:
    return Decimal(str(number))
