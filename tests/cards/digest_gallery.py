"""Digests for every reader and in every condition; part of the gallery."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, time, timedelta

from bot.cards.digest import DigestView, digest_card, state_card, subscribed_card, withheld_card
from bot.core.digest.composing import compose
from bot.core.digest.facts import DigestFacts
from bot.core.digest.schedule import Mute, Subscription, last_due
from bot.core.digest.section import Audience, Cadence
from bot.core.message import Message, View
from bot.core.series import Metric
from tests.core_digest.digests import BILL, FACTS, MONTHLY, NOW, WEEKLY
from tests.core_digest.fleets import fleet, without

DAILY = Subscription("C0OPS", Cadence.DAILY, Audience.ENGINEERS, "Europe/Berlin", by="U0ERIK")
MONDAY = replace(DAILY, cadence=Cadence.WEEKLY, clock=time(9, 30), weekday=0, by="")
SATURDAY = replace(MONDAY, weekday=5, clock=time(8))
VENDORS = replace(DAILY, audience=Audience.VENDORS, groups=("checkout",))


def _digest(
    one: Subscription,
    facts: DigestFacts = FACTS,
    *,
    late: timedelta | None = None,
    missed: tuple[date, ...] = (),
    preview: bool = False,
) -> Message:
    sections = compose(facts, NOW, one.audience, groups=one.groups)
    view = DigestView(one, last_due(one, NOW), sections, late, missed, preview)
    return digest_card(view, house=facts.house, now=NOW)


_SILENT = replace(FACTS, fleet=without(FACTS.fleet, Metric.ERRORS, Metric.BILLABLE))
_NOTHING = replace(FACTS, fleet=fleet(), campaigns=(), earlier=(), spends=(), noise=None)
_MONEY = replace(SATURDAY, audience=Audience.FINANCE)
_OLD_BILL = replace(
    BILL,
    read_at=NOW - timedelta(days=6),
    trouble="Google does not let Headroom read the billing export p.d.t: it needs roles/bigquery.jobUser",
)

DIGESTS: Mapping[str, Callable[[], Message | View]] = {
    "digest_daily_engineers": lambda: _digest(DAILY),
    "digest_weekly_engineers": lambda: _digest(SATURDAY, WEEKLY),
    "digest_daily_finance": lambda: _digest(replace(DAILY, audience=Audience.FINANCE)),
    "digest_weekly_finance": lambda: _digest(_MONEY, MONTHLY),
    "digest_weekly_finance_old_bill": lambda: _digest(_MONEY, replace(MONTHLY, bill=_OLD_BILL)),
    "digest_daily_business": lambda: _digest(replace(DAILY, audience=Audience.BUSINESS)),
    "digest_daily_vendors": lambda: _digest(VENDORS),
    "digest_late": lambda: _digest(
        DAILY, late=timedelta(hours=3), missed=(date(2025, 11, 26), date(2025, 11, 27))
    ),
    "digest_partly_measured": lambda: _digest(DAILY, _SILENT),
    "digest_nothing": lambda: _digest(DAILY, _NOTHING),
    "digest_preview": lambda: _digest(DAILY, preview=True),
    "digest_subscribed": lambda: subscribed_card(DAILY, now=NOW),
    "digest_withheld": lambda: withheld_card(MONDAY),
    "digest_state": lambda: state_card(
        [DAILY, MONDAY], Mute("C0OPS", "U0ADA", NOW), zone="Europe/Berlin", now=NOW
    ),
    "digest_state_none": lambda: state_card([], None, zone="Europe/Berlin", now=NOW),
}
