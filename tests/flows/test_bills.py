"""Google's bill is read once a day where it is configured; a source that is lost is named with its age."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from bot.core.bill import unread_bill
from bot.core.money import Money
from bot.core.windows import Window
from bot.errors import NotAllowed
from bot.flows.daily import AFTER_TROUBLE, EVERY, bill
from bot.flows.sweep import sweep
from tests.conformance.bill_stages import EXPORT
from tests.fakes import FakeBills
from tests.flows.town import SHOP, Town

HOUR = timedelta(hours=1)


def billed(town: Town) -> FakeBills:
    """An export with one hour of yesterday."""
    bills = FakeBills(town.clock)
    start = town.clock.now().replace(minute=0) - timedelta(days=1)
    bills.put(SHOP.key, Window(start, start + HOUR), Money(Decimal("1.5")))
    town.kit = replace(town.kit, bills=bills)
    town.house(billing=EXPORT)
    return bills


async def test_the_bill_is_asked_once_a_day_and_kept(town: Town) -> None:
    bills, now = billed(town), town.clock.now()
    assert await bill("all", town.kit) == now + EVERY
    town.clock.set(now + timedelta(hours=23))
    await bill("all", town.kit)
    assert bills.asked == 1
    async with town.database.begin() as tx:
        book = await tx.snapshots.bill()
    assert book is not None
    assert sum(cost.amount for cost in book.days.values()) == Decimal("1.5")


async def test_a_lost_permission_leaves_what_was_read_with_its_day(town: Town) -> None:
    bills, now = billed(town), town.clock.now()
    await bill("all", town.kit)
    bills.faults.add("read", NotAllowed("Google does not let Headroom read the bill"), times=9)
    town.clock.set(now + 3 * EVERY)
    assert await bill("all", town.kit) == town.clock.now() + AFTER_TROUBLE
    async with town.database.begin() as tx:
        book = await tx.snapshots.bill()
    assert book is not None
    assert book.days
    said = unread_bill(town.clock.now(), book)
    assert said.startswith("Google does not let Headroom read the bill; what is billed is as of")


async def test_the_sweep_wakes_the_reading_where_it_is_configured(town: Town) -> None:
    bills = billed(town)
    await sweep("all", town.kit)
    await town.run()
    assert bills.asked == 1
