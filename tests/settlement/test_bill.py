"""What of Google's bill is complete, whose it is, and how old it is."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.bill import BillBook, BilledHour, billed_in, of_month, span_to_read, unread_bill
from bot.core.money import ZERO, Money
from bot.core.windows import Window
from tests.conformance.google_stages import CHECKOUT, STOREFRONT

BERLIN = "Europe/Berlin"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOON = datetime(2025, 11, 20, 12, tzinfo=UTC)


def book(newest: datetime, read_at: datetime) -> BillBook:
    days = {"2025-10-31": Money(Decimal(3)), "2025-11-01": Money(Decimal(4))}
    return BillBook(read_at, read_at, days, newest)


def hour(start: datetime, dollars: str) -> BilledHour:
    key = STOREFRONT
    window = Window(start, start + HOUR)
    return BilledHour(key.project, key.region, key.name, window, Money(Decimal(dollars)))


@pytest.mark.parametrize(
    ("sentence", "newest", "read_at", "complete"),
    [
        ("two days later, with newer usage, it is", NOON + DAY, NOON + 2 * DAY, True),
        ("a day later it is not", NOON + DAY, NOON + DAY, False),
        ("an export that stands still tells nothing of it", NOON + HOUR, NOON + 9 * DAY, False),
    ],
)
def test_what_is_complete(
    sentence: str, newest: datetime, read_at: datetime, complete: bool
) -> None:
    assert book(newest, read_at).complete_until(NOON) is complete, sentence


def test_what_was_never_read_is_not_complete() -> None:
    assert not BillBook(NOON, trouble="no").complete_until(NOON - 30 * DAY)


def test_a_month_is_its_local_days_and_says_whether_they_are_all_there() -> None:
    early = datetime(2025, 11, 2, 22, tzinfo=UTC)
    late = datetime(2025, 11, 2, 23, tzinfo=UTC)  # two days after Berlin's 1 November began
    assert of_month(book(late, early), "2025-10", BERLIN) == (Money(Decimal(3)), False)
    assert of_month(book(late, late), "2025-10", BERLIN) == (Money(Decimal(3)), True)
    assert of_month(book(late, late), "2025-09", BERLIN) is None
    assert of_month(None, "2025-10", BERLIN) is None


@given(st.integers(0, 6 * 365 * 24))
def test_the_last_full_month_is_always_read_and_little_more(hours: int) -> None:
    span = span_to_read(datetime(2024, 1, 1, tzinfo=UTC) + hours * HOUR, BERLIN)
    assert 28 * DAY - HOUR <= span.duration <= 62 * DAY + HOUR
    assert span.start.astimezone(UTC).hour in {22, 23}


def test_a_workload_without_a_row_was_not_billed_rather_than_free() -> None:
    window = Window(NOON, NOON + HOUR)
    assert billed_in(window, CHECKOUT, [hour(NOON, "1")]) is None
    assert billed_in(window, STOREFRONT, [hour(NOON + HOUR, "1")]) is None


@given(st.integers(1, 239), st.lists(st.decimals(0, 100, places=4), min_size=4, max_size=4))
def test_the_parts_of_a_span_cost_what_the_whole_does(cut: int, costs: list[Decimal]) -> None:
    hours = [hour(NOON + number * HOUR, str(cost)) for number, cost in enumerate(costs)]
    middle = NOON + timedelta(minutes=cut)
    parts = [Window(NOON, middle), Window(middle, NOON + 4 * HOUR)]
    found = [billed_in(part, STOREFRONT, hours) or ZERO for part in parts]
    assert abs(sum((one.amount for one in found), Decimal(0)) - sum(costs)) < Decimal("0.0001")


def test_the_age_of_what_was_read_is_said_once_it_is_too_old() -> None:
    good = book(NOON, NOON)
    assert unread_bill(NOON + DAY, good) == ""
    assert unread_bill(NOON, None).startswith("Google's bill has not been read yet")
    lost = BillBook(NOON, NOON - 5 * DAY, good.days, NOON, "Google does not let Headroom read it")
    assert unread_bill(NOON, lost) == (
        "Google does not let Headroom read it; what is billed is as of 15 Nov 2025."
    )
