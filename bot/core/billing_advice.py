"""Whether the other billing mode would be much cheaper for a campaign; said in the explanation of a plan."""

from decimal import Decimal

from bot.core.fleet import BillingMode, InstanceSize
from bot.core.inputs import Bill
from bot.core.money import Money
from bot.core.pricing import Tariff, price, requests_price
from bot.core.wording import say_money

# A difference below both is not worth a change that an engineer must deploy.
_SHARE = Decimal("0.2")
_AMOUNT = Decimal(5)
_MILLION = Decimal(1_000_000)


def advice(
    bill: Bill, size: InstanceSize, other: Tariff, mode: BillingMode, discount: Decimal
) -> str:
    """A sentence where the other mode than `mode`, at the rates `other`, saves enough; else "".

    Held instances that are busy cost the full rate and the others the idle one; under
    instance-based billing both cost the same and requests nothing.
    """
    busy = bill.busy_hours
    idle = max(bill.extra_hours - busy, Decimal(0))
    now = (
        busy * bill.active_hour.amount
        + idle * bill.idle_hour.amount
        + Decimal(str(bill.requests)) / _MILLION * bill.per_million.amount
    )
    then = (
        price(busy, size, other.active, discount)
        + price(idle, size, other.idle, discount)
        + requests_price(bill.requests, other, discount)
    )
    saved = now - then.amount
    if saved < _AMOUNT or saved < now * _SHARE:
        return ""
    name = BillingMode.REQUEST if mode is BillingMode.INSTANCE else BillingMode.INSTANCE
    return (
        f"With {name} billing this campaign's instances and requests would cost about"
        f" {say_money(then)} instead of {say_money(Money(now))}; whether that pays all month is for an"
        " engineer to see, as it takes a deploy."
    )
