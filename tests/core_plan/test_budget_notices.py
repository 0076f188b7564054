"""What a billing budget says of spending, and the spend cap it is joined to."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.alert import Notification, Via
from bot.core.budget_notices import BudgetNotice, newest, spending_of, with_spending
from bot.core.limits import SpendCap
from bot.core.money import Money

NOW = datetime(2025, 11, 20, 12, 0, tzinfo=UTC)
NOVEMBER = datetime(2025, 11, 1, 8, 0, tzinfo=UTC)
SAID = {
    "budgetDisplayName": "Shop",
    "costAmount": 612.5,
    "costIntervalStart": "2025-11-01T08:00:00Z",
    "budgetAmount": 1000.0,
    "currencyCode": "USD",
}


def heard(content: Any, budget: str = "b-1", at: datetime = NOW) -> BudgetNotice | None:
    raw = content if isinstance(content, str) else json.dumps(content)
    return spending_of(Notification("n", Via.PUBSUB, at, raw, {"budgetId": budget}))


def word(spent: float, since: datetime = NOVEMBER, currency: str = "USD") -> BudgetNotice:
    return BudgetNotice("b-1", "Shop", Money(Decimal(str(spent)), currency), since, NOW)


CAP = SpendCap("cymbal-shop", Money(Decimal(1000)), budget="b-1")


def test_a_budget_says_what_is_spent_since_when() -> None:
    assert heard(SAID) == word(612.5)


@pytest.mark.parametrize(
    "content",
    [
        "no JSON",
        [1],
        {"incident": {"state": "open"}},
        SAID | {"costAmount": "a lot"},
        SAID | {"costAmount": None},
        SAID | {"costAmount": float("nan")},
        SAID | {"costAmount": -1},
        SAID | {"costIntervalStart": "soon"},
    ],
)
def test_what_says_no_amount_or_no_period_says_nothing(content: Any) -> None:
    assert heard(content) is None


@given(st.permutations([word(100), word(300), word(50, NOVEMBER + timedelta(days=30))]))
def test_the_newest_word_of_a_budget_counts_in_whatever_order_they_come(
    words: list[BudgetNotice],
) -> None:
    (kept,) = newest((), words)
    assert (kept.since.month, kept.spent.amount) == (12, Decimal(50))
    known: tuple[BudgetNotice, ...] = ()
    for one in words:
        known = newest(known, [one])
    assert known == (kept,)


@pytest.mark.parametrize("name", ["b-1", "Shop"])
def test_a_cap_follows_the_budget_that_it_names_by_id_or_name(name: str) -> None:
    named = SpendCap("cymbal-shop", Money(Decimal(1000)), budget=name)
    (cap,) = with_spending([named], [word(612.5)])
    assert cap.spent == Money(Decimal("612.5"))
    assert cap.heard is not None and cap.heard.since == NOVEMBER


def test_a_cap_that_names_no_budget_or_another_one_stays_as_it_was() -> None:
    by_hand = SpendCap("cymbal-shop", Money(Decimal(1000)), Money(Decimal(5)))
    other = SpendCap("cymbal-shop", Money(Decimal(1000)), budget="Other")
    assert with_spending([by_hand, other], [word(900)]) == (by_hand, other)


def test_an_amount_in_another_currency_is_not_known() -> None:
    (cap,) = with_spending([CAP], [word(612.5, currency="EUR")])
    assert cap.spent is None
