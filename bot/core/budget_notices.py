"""What Cloud Billing's budgets said of spending, so that a spend cap is not judged by what a file once said.

Told by the alerts flow, joined to the configured caps for the guardrail.
Source: Cloud Billing, "programmatic notifications" (budgetDisplayName, costAmount, budgetAmount, currencyCode,
costIntervalStart; attribute budgetId). A threshold once passed is heard once, so a reading is a least.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation

from bot.core import alert_fields as fields
from bot.core.alert import Notification
from bot.core.limits import Heard, SpendCap
from bot.core.money import Money

_MOST = 200  # budgets; the ones heard last stay


@dataclass(frozen=True, slots=True)
class BudgetNotice:
    """The newest word of one budget: `spent` since `since`, when its period began."""

    budget: str
    title: str
    spent: Money
    since: datetime
    heard_at: datetime


def spending_of(notification: Notification) -> BudgetNotice | None:
    """What a budget's notification says; None for any other, and for one without amount or period."""
    document = fields.document(notification.raw)
    if not isinstance(document, dict) or "costAmount" not in document:
        return None
    since = fields.instant(document.get("costIntervalStart"))
    currency = fields.text(document.get("currencyCode"), 10) or "USD"
    try:
        amount = Decimal(fields.text(document.get("costAmount")))
    except InvalidOperation:
        return None
    if since is None or not amount.is_finite() or amount < 0:
        return None
    return BudgetNotice(
        budget=fields.text(notification.attributes.get("budgetId")),
        title=fields.text(document.get("budgetDisplayName")),
        spent=Money(amount, currency),
        since=since,
        heard_at=notification.received_at,
    )


def newest(
    before: Iterable[BudgetNotice], heard: Iterable[BudgetNotice]
) -> tuple[BudgetNotice, ...]:
    """One word a budget: of the latest period, and in it the largest amount, for they may come in any order."""
    known: dict[str, BudgetNotice] = {}
    for one in (*before, *heard):
        name = one.budget or one.title
        other = known.get(name)
        if other is None or _worth(one) >= _worth(other):
            known[name] = one
    return tuple(sorted(known.values(), key=lambda one: one.heard_at)[-_MOST:])


def with_spending(caps: Sequence[SpendCap], heard: Sequence[BudgetNotice]) -> tuple[SpendCap, ...]:
    """The caps with what their budgets have said; a cap that names no budget stays as configured."""
    return tuple(_with_spending(cap, heard) for cap in caps)


def _with_spending(cap: SpendCap, heard: Sequence[BudgetNotice]) -> SpendCap:
    mine = [one for one in heard if cap.budget and cap.budget in {one.budget, one.title}]
    if not mine:
        return cap
    last = max(mine, key=_worth)
    if last.spent.currency != cap.limit.currency:
        return replace(cap, spent=None)
    return replace(cap, spent=last.spent, heard=Heard(last.heard_at, last.since))


def _worth(one: BudgetNotice) -> tuple[datetime, Decimal]:
    return one.since, one.spent.amount
