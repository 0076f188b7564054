"""Every reader of Google's bill says the same of the same bill: the fake, and the adapter over REST."""

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.core.bill import billed_in, of_month, span_to_read
from bot.core.money import ZERO
from bot.core.windows import Window
from bot.errors import NotAllowed, TryAgain
from bot.ports.bills import NoBills
from tests.conformance.bill_stages import BillStage, fake_bills, last_week, sandbox_bills
from tests.conformance.google_stages import NOWHERE, STOREFRONT

HOUR = timedelta(hours=1)


@pytest.fixture(params=[fake_bills, sandbox_bills], ids=["fake", "sandbox"])
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[BillStage]:
    async with request.param() as made:
        yield made


async def test_every_day_of_the_span_has_its_sum(stage: BillStage) -> None:
    span = last_week(stage.clock)
    book = await stage.bills.read(span)
    assert book is not None
    assert len(book.days) == 7
    assert all(ZERO < cost for cost in book.days.values())
    assert book.newest == span.end
    assert book.read_at == stage.clock.now()


async def test_the_newest_hours_are_not_in_it_yet(stage: BillStage) -> None:
    now = stage.clock.now()
    book = await stage.bills.read(Window(now - timedelta(days=2), now))
    assert book is not None and book.newest is not None
    assert now - 30 * HOUR < book.newest <= now - 4 * HOUR
    assert not book.complete_until(now)


async def test_a_month_that_is_over_long_ago_is_complete(stage: BillStage) -> None:
    now = stage.clock.now()
    book = await stage.bills.read(span_to_read(now, "Europe/Berlin"))
    last, this = (of_month(book, month, "Europe/Berlin") for month in ("2025-10", "2025-11"))
    assert last is not None and last[1]
    assert this is not None and not this[1]


async def test_the_hours_of_a_workload_add_up_to_a_part_of_the_day(stage: BillStage) -> None:
    span = last_week(stage.clock)
    day = Window(span.start, span.start + 24 * HOUR)
    hours = await stage.bills.hours(day, [STOREFRONT])
    assert len(hours) == 24
    assert {(one.region, one.name) for one in hours} == {(STOREFRONT.region, STOREFRONT.name)}
    cost, book = billed_in(day, STOREFRONT, hours), await stage.bills.read(day)
    assert cost is not None and book is not None
    assert ZERO < cost <= sum(book.days.values(), start=ZERO)


async def test_half_an_hour_costs_half_of_its_hour(stage: BillStage) -> None:
    start = last_week(stage.clock).start
    half = Window(start, start + HOUR / 2)
    (hour,) = await stage.bills.hours(half, [STOREFRONT])
    cost = billed_in(half, STOREFRONT, [hour])
    assert cost is not None
    assert cost.amount == hour.cost.amount * Decimal("0.5")


async def test_a_workload_that_the_bill_does_not_name_has_no_hours(stage: BillStage) -> None:
    assert not await stage.bills.hours(last_week(stage.clock), [NOWHERE])
    assert not await stage.bills.hours(last_week(stage.clock), [])


async def test_an_export_without_services_knows_days_only(stage: BillStage) -> None:
    span = last_week(stage.clock)
    assert not await stage.standard.hours(span, [STOREFRONT])
    book = await stage.standard.read(span)
    assert book is not None and len(book.days) == 7


async def test_a_lost_permission_is_said_as_one(stage: BillStage) -> None:
    stage.lose_permission()
    with pytest.raises(NotAllowed, match="roles/bigquery.jobUser"):
        await stage.bills.read(last_week(stage.clock))


async def test_what_is_down_is_asked_again_later(stage: BillStage) -> None:
    stage.go_down()
    with pytest.raises(TryAgain):
        await stage.bills.hours(last_week(stage.clock), [STOREFRONT])


async def test_nobody_is_asked_where_no_export_is_configured(stage: BillStage) -> None:
    span = last_week(stage.clock)
    assert await NoBills().read(span) is None
    assert not await NoBills().hours(span, [STOREFRONT])
