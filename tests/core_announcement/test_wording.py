"""Numbers, money, times and lists in plain words."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from bot.core.money import Money
from bot.core.wording import (
    say_clock,
    say_day,
    say_duration,
    say_list,
    say_money,
    say_number,
)

SAID = [
    ("money with a sign", say_money(Money(Decimal("1234.5"))), "$1,234.50"),
    ("money without a sign", say_money(Money(Decimal(7), "CHF")), "7.00 CHF"),
    ("half a cent is rounded up", say_money(Money(Decimal("0.005"), "EUR")), "€0.01"),
    ("a whole number", say_number(3.0), "3"),
    ("a fraction", say_number(2.5), "2.5"),
    ("a long fraction", say_number(1 / 3), "0.333"),
    ("a day", say_day(date(2025, 11, 28)), "Fri 28 Nov"),
    ("a day with its year", say_day(date(2025, 11, 28), year=True), "Fri 28 Nov 2025"),
    ("a clock elsewhere", say_clock(datetime(2025, 11, 28, 17, tzinfo=UTC), "Europe/Berlin"), "18:00"),
    ("hours and minutes", say_duration(timedelta(hours=4, minutes=30)), "4 h 30 min"),
    ("one day", say_duration(timedelta(days=1)), "1 day"),
    ("days, at most two parts", say_duration(timedelta(days=2, hours=3, minutes=4)), "2 days 3 h"),
    ("seconds", say_duration(timedelta(seconds=59)), "0 min"),
    ("the past", say_duration(timedelta(minutes=-5)), "0 min"),
    ("nothing", say_list([]), ""),
    ("one thing", say_list(["a"]), "a"),
    ("two things", say_list(["a", "b"]), "a and b"),
    ("three things", say_list(["a", "b", "c"], last="or"), "a, b or c"),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "said", "words"), SAID, ids=[row[0] for row in SAID])
def test_people_read(sentence: str, said: str, words: str) -> None:
    assert said == words
