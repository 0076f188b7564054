"""The digest's part about money: what the fleet cost, against earlier weeks and budgets, and what stands out."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from statistics import median

from bot.core.digest.capacity import by_group
from bot.core.digest.facts import DigestFacts
from bot.core.digest.section import OURS, Cadence, Evidence, Section
from bot.core.figure import Amount, Table
from bot.core.fleet_lines import names_of
from bot.core.fleet_status import say_silent
from bot.core.money import Money
from bot.core.sources import Fleet
from bot.core.spending import Spending, spent, spent_by
from bot.core.wording import say_list, say_money, say_month_of

_WEEKS = 3  # fewer earlier weeks are no trend
_UNUSUAL = 1.3  # times the dearest of the earlier weeks
_WORTH_NAMING = Decimal(1)
_MOST = 5


@dataclass(frozen=True, slots=True)
class _Trend:
    title: str
    now: Spending
    usual: Money | None


def cost(facts: DigestFacts, now: datetime) -> Section | None:
    """None where there is nothing that could cost."""
    if not facts.fleet.workloads:
        return None
    discount = facts.house.discount
    whole = _trend("", facts.fleet, facts, discount)
    groups = [_trend(title, part, facts, discount) for title, part in by_group(facts)]
    sentences = [_total(whole, facts), *_anomalies(facts, discount), *_budgets(facts)]
    silent = tuple(say_silent([facts.fleet, *facts.earlier]))
    return Section(
        title="Cost",
        sentences=tuple(sentences),
        table=_table(groups) if groups else None,
        evidence=Evidence(
            whole.now.measured, whole.now.wanted, facts.fleet.newest(), silent, "workloads' costs"
        ),
        audiences=OURS,
    )


def _trend(title: str, fleet: Fleet, facts: DigestFacts, discount: Decimal) -> _Trend:
    keys = [one.key for one in fleet.workloads]
    earlier = [spent(past.of(keys), discount).amount for past in facts.earlier]
    known = [one.amount for one in earlier if one is not None]
    usual = Money(median(known)) if len(known) >= _WEEKS else None
    return _Trend(title, spent(fleet, discount), usual)


def _total(whole: _Trend, facts: DigestFacts) -> str:
    if whole.now.amount is None:
        return "What the fleet cost is not known: too little of it was measured."
    what = "The day" if facts.cadence is Cadence.DAILY else "The week"
    said = f"{what} cost about {say_money(whole.now.amount)}"
    if whole.usual is None or whole.usual.amount <= 0:
        return f"{said}; there are too few earlier weeks to say what is usual."
    return f"{said}, {_change(whole.now.amount, whole.usual)} usual ({say_money(whole.usual)})."


def _change(now: Money, usual: Money) -> str:
    change = float(now.amount / usual.amount) - 1
    if abs(change) < 0.005:
        return "the same as"
    return f"{abs(change):.0%} {'more' if change > 0 else 'less'} than"


def _anomalies(facts: DigestFacts, discount: Decimal) -> list[str]:
    """Workloads that cost far more than in any of the earlier weeks."""
    found = []
    names = names_of(one.key for one in facts.fleet.workloads)
    for workload in facts.fleet.workloads:
        now = spent_by(facts.fleet, workload, discount)
        past = [spent_by(one, workload, discount) for one in facts.earlier]
        known = [one.amount for one in past if one is not None]
        if now is None or len(known) < _WEEKS:
            continue
        dearest = max(known)
        above = now.amount - dearest
        if above >= _WORTH_NAMING and now.amount >= dearest * Decimal(str(_UNUSUAL)):
            found.append((above, names[workload.key], now, Money(dearest)))
    found.sort(key=lambda one: (-one[0], one[1]))
    said = [
        f"Unusual: {name} cost {say_money(now)}, at most {say_money(before)} in earlier weeks."
        for _, name, now, before in found[:_MOST]
    ]
    if len(found) > _MOST:
        others = say_list([name for _, name, _, _ in found[_MOST : _MOST + 3]])
        said.append(f"{len(found) - _MOST:,} more were unusual, among them {others}.")
    return said


def _budgets(facts: DigestFacts) -> list[str]:
    said = []
    for one in facts.spends:
        taken = f"{one.team.title} has taken {say_money(one.taken)} for campaigns in {say_month_of(one.month)}"
        limit = one.team.month
        if limit is None or limit.amount <= 0:
            said.append(f"{taken}.")
        else:
            share = float(one.taken.amount / limit.amount)
            said.append(f"{taken}, {share:.0%} of its {say_money(limit)}.")
    return said


def _table(groups: list[_Trend]) -> Table:
    rows = []
    for one in groups:
        now, usual = one.now.amount, one.usual
        change = "?" if now is None or usual is None or usual.amount <= 0 else _signed(now, usual)
        rows.append((one.title, _amount(now), _amount(usual), change))
    return Table("Cost by group", ("Group", "Cost", "Usual", "Change"), tuple(rows))


def _signed(now: Money, usual: Money) -> Amount:
    change = float(now.amount / usual.amount) - 1
    return Amount(change, f"{change:+.0%}" if abs(change) >= 0.005 else "0%")


def _amount(money: Money | None) -> Amount | str:
    return "?" if money is None else Amount(float(money.amount), say_money(money))
