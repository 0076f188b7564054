"""What capacity costs, in exact decimals from the dated price table; used by planner and report.

The free tier is left out on purpose: everything on the billing account shares it.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from bot.core import price_table
from bot.core.fleet import BillingMode, InstanceSize, WorkloadKey, WorkloadKind
from bot.core.money import Money
from bot.core.price_book import Item, PriceBook
from bot.core.price_table import Rates
from bot.core.windows import Window
from bot.core.wording import say_date, say_number

STALE_AFTER = timedelta(days=90)
_UNREAD_AFTER = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Tariff:
    """What one workload pays: `idle` for a warm instance without work, `active` for a busy one.

    `per_request` is USD; `note` says what is not certain about the rates ("" when nothing).
    """

    idle: Rates
    active: Rates
    per_request: Decimal
    note: str = ""


def tariff(
    key: WorkloadKey, billing: BillingMode, *, manual: bool = False, book: PriceBook | None = None
) -> Tariff:
    """The rates of a workload in its region: from `book` where it has them, else the shipped list's.

    Under request-based billing only a minimum instance without work has the idle rate. Manually
    scaled and instance-based instances and worker pools are billed as active whatever they do.
    """
    if book is None or book.read_at is None:
        return _listed(key, billing, manual=manual)
    read = _from_book(book, key, billing, manual=manual)
    if read is not None:
        return read
    lacking = f"Google's catalogue of {_dated(book.read_at.date())} had no rate for it; the shipped list's is used."
    listed = _listed(key, billing, manual=manual)
    return replace(listed, note=f"{lacking} {listed.note}".strip())


def _listed(key: WorkloadKey, billing: BillingMode, *, manual: bool) -> Tariff:
    if key.kind is WorkloadKind.WORKER_POOL:
        return _flat(price_table.WORKER_POOL, key.region)
    if billing is BillingMode.INSTANCE:
        return _flat(price_table.INSTANCE, key.region)
    tier, note = _tier(key.region)
    active = price_table.REQUEST_ACTIVE[tier]
    idle = active if manual else price_table.REQUEST_IDLE[tier]
    return Tariff(idle, active, price_table.PER_REQUEST, note)


def _from_book(
    book: PriceBook, key: WorkloadKey, billing: BillingMode, *, manual: bool
) -> Tariff | None:
    """None unless the catalogue had everything that this workload pays."""
    if key.kind is WorkloadKind.WORKER_POOL or billing is BillingMode.INSTANCE:
        pool = key.kind is WorkloadKind.WORKER_POOL
        flat = book.rate(Item.WORKER_POOL if pool else Item.INSTANCE, key.region)
        return None if flat is None else Tariff(flat, flat, Decimal(0))
    active = book.rate(Item.REQUEST_ACTIVE, key.region)
    idle = active if manual else book.rate(Item.REQUEST_IDLE, key.region)
    if active is None or idle is None:
        return None
    per_request = book.per_request if book.per_request is not None else price_table.PER_REQUEST
    return Tariff(idle, active, per_request)


def corrected(tariff: Tariff, factor: float) -> Tariff:
    """Every rate of the tariff times `factor`."""
    times = Decimal(str(factor))
    return replace(
        tariff,
        idle=_times(tariff.idle, times),
        active=_times(tariff.active, times),
        per_request=tariff.per_request * times,
    )


def price(instance_hours: Decimal, size: InstanceSize, rates: Rates, discount: Decimal) -> Money:
    """USD for that many instance-hours: hours · 3600 · (vCPU · cpu rate + GiB · memory rate + gpu rate).

    `discount` is a share (0.17 = 17 % off); the result is exact, not rounded to cents.
    """
    second = _exact(size.vcpu) * rates.cpu + _exact(size.memory_gib) * rates.memory + rates.gpu
    return Money(instance_hours * 3600 * second * _paid(discount))


def requests_price(requests: float, tariff: Tariff, discount: Decimal) -> Money:
    """USD for that many requests (nothing where the tariff does not charge for them)."""
    return Money(_exact(max(0.0, requests)) * tariff.per_request * _paid(discount))


def instance_hours(instances: int, window: Window) -> Decimal:
    """Exact instance-hours of that many instances (none if negative) through the window."""
    microseconds = window.duration // timedelta(microseconds=1)
    return max(0, instances) * Decimal(microseconds) / Decimal(3_600_000_000)


def priced_on(discount: Decimal, book: PriceBook | None = None) -> str:
    """What the prices are, in words: whose list of what day, and what is taken off or left out."""
    less = f" less {say_number(float(1 - _paid(discount)) * 100)}%" if discount > 0 else ""
    listed = f"list of {_dated(price_table.DATED)}"
    if book is not None and book.read_at is not None:
        listed = f"catalogue of {_dated(book.read_at.date())}"
    return f"Google's {listed}{less}, before free tier and tax"


def stale_prices(today: date, book: PriceBook | None = None) -> str:
    """A sentence for people when the prices are older than 90 days, else ""."""
    day = (
        book.read_at.date() if book is not None and book.read_at is not None else price_table.DATED
    )
    if today - day <= STALE_AFTER:
        return ""
    return f"Costs use the list prices of {_dated(day)}, which are more than 90 days old."


def unread_catalogue(now: datetime, book: PriceBook | None) -> str:
    """A sentence for people when Google's catalogue, asked once a day, has not answered lately, else ""."""
    read_at = book.read_at if book is not None else None
    if read_at is not None and now - read_at <= _UNREAD_AFTER:
        return ""
    why = "Google's price catalogue has not been read yet"
    if book is not None and book.trouble:
        why = f"{book.trouble[0].upper()}{book.trouble[1:]}"
    listed = f"the shipped list of {_dated(price_table.DATED)}"
    return f"{why}; costs use {listed if read_at is None else f'its prices of {_dated(read_at.date())}'}."


def _dated(day: date) -> str:
    return f"{say_date(day)} {day.year}"


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


def _times(rates: Rates, factor: Decimal) -> Rates:
    return Rates(rates.cpu * factor, rates.memory * factor, rates.gpu * factor)


def _paid(discount: Decimal) -> Decimal:
    return 1 - min(max(discount, Decimal(0)), Decimal(1))


def _exact(number: float) -> Decimal:
    return Decimal(str(number))
