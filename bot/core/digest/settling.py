"""The digest's part about the last full month for finance: what its campaigns were estimated to cost, and what they cost."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core.bill import of_month, silent_bill
from bot.core.campaign import CampaignState
from bot.core.digest.facts import DigestFacts
from bot.core.digest.section import Audience, Cadence, Evidence, Section
from bot.core.figure import Amount, Table
from bot.core.money import Money
from bot.core.settled import Basis, Settled, together
from bot.core.wording import say_money, say_month

TITLE = "Settlement"
_MOST = 5
# A daily digest tells it once: two days after its end the bill of a month is complete.
_DAY = 3


def settlement(facts: DigestFacts, now: datetime) -> Section | None:
    """Every week, and in the daily digest about the third of a month; None where nothing is known of the month."""
    last = (facts.span.end - timedelta(seconds=1)).astimezone(ZoneInfo(facts.zone)).date()
    if facts.cadence is Cadence.DAILY and last.day != _DAY:
        return None
    before = last.replace(day=1) - timedelta(days=1)
    month, name = f"{before:%Y-%m}", f"{say_month(before.month)} {before.year}"
    settled = [one for one in facts.settled if one.month == month]
    whole = of_month(facts.bill, month, facts.house.zone)
    over = _over(facts, month)
    if not settled and whole is None and not over:
        return None
    silent = silent_bill(now, facts.bill) if facts.house.billing else ""
    return Section(
        title=TITLE,
        sentences=(*_campaigns(settled, name), *_whole(whole, name)),
        table=_table(settled, name) if settled else None,
        evidence=Evidence(
            measured=len(settled),
            wanted=max(over, len(settled)),
            newest=facts.bill.newest if facts.bill else None,
            silent=(silent,) if silent else (),
            what="campaigns",
        ),
        audiences=frozenset({Audience.FINANCE}),
    )


def _over(facts: DigestFacts, month: str) -> int:
    """How many campaigns of the month came to their end."""
    zone = ZoneInfo(facts.house.zone)
    ended = [one.campaign for one in facts.campaigns if one.campaign.state is CampaignState.DONE]
    starts = [one.announcement.window.start.astimezone(zone) for one in ended]
    return sum(f"{start:%Y-%m}" == month for start in starts)


def _campaigns(settled: Sequence[Settled], name: str) -> list[str]:
    if not settled:
        return [f"No campaign of {name} is settled."]
    total = together(settled)
    estimated, actual = total.estimated, total.actual
    count = "One campaign" if len(settled) == 1 else f"{len(settled):,} campaigns"
    said = f"{count} of {name} cost {say_money(actual)}, {say_money(estimated)} estimated"
    if estimated.amount > 0:
        said += f" ({_off(actual, estimated)})"
    bills = sum(one.basis is Basis.BILL for one in settled)
    basis = f"{bills} by {Basis.BILL}, {len(settled) - bills} by {Basis.TIME}"
    if bills in {0, len(settled)}:
        basis = f"by {settled[0].basis}"
    shared = "; hours that they shared are counted once" if total.shared else ""
    return [f"{said}, {basis}{shared}."]


def _whole(whole: tuple[Money, bool] | None, name: str) -> list[str]:
    if whole is None:
        return []
    amount, complete = whole
    rest = "" if complete else " so far"
    return [f"All of Cloud Run in {name}: {say_money(amount)}{rest} by {Basis.BILL}."]


def _table(settled: Sequence[Settled], name: str) -> Table:
    """Those that were furthest off, in money."""
    order = sorted(
        settled, key=lambda one: (-abs(one.actual.amount - one.estimated.amount), one.campaign_id)
    )
    rows = [
        (
            one.name,
            _amount(one.estimated),
            _amount(one.actual),
            _off(one.actual, one.estimated) if one.estimated.amount > 0 else "?",
            str(one.basis),
        )
        for one in order[:_MOST]
    ]
    columns = ("Campaign", "Estimated", "Actual", "Difference", "Basis")
    return Table(f"Largest differences in {name}", columns, tuple(rows))


def _off(actual: Money, estimated: Money) -> str:
    return f"{float(actual.amount / estimated.amount) - 1:+.0%}"


def _amount(money: Money) -> Amount:
    return Amount(float(money.amount), say_money(money))
