"""The facts of one day at Cymbal Retail, as values; used by the digest tests and goldens."""

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from bot.core.alert import Severity
from bot.core.bill import BillBook, BillingTable
from bot.core.budgeting import TeamSpend
from bot.core.campaign import CampaignState
from bot.core.digest.facts import DigestFacts, Undertaking
from bot.core.digest.section import Cadence
from bot.core.fences import Fences, Team
from bot.core.limits import Dependency, Quota, Resource
from bot.core.local_days import days_span, step_for
from bot.core.money import Money
from bot.core.noise import Night, PastIncident, noise_of
from bot.core.series import Series
from bot.core.settled import Settled
from bot.core.sources import Fleet
from bot.core.windows import Window
from tests.cards.samples import CAMPAIGN, HOUSE, PLAN
from tests.core_digest.fleets import fleet, workload

ZONE = "Europe/Berlin"
NOW = datetime(2025, 11, 29, 7, 0, tzinfo=UTC)
DAY = days_span(date(2025, 11, 28), 1, ZONE)
SHOP, SEARCH = workload("shop-frontend", ceiling=60), workload("search-api")
CART = workload("cart-api", "checkout", floor=1, ceiling=40)
TEAM = Team("marketing", "Marketing money", month=Money(Decimal(300)))
FENCES = Fences(
    teams=(TEAM,),
    dependencies=(
        Dependency("db", "Orders database", ("checkout",), 200, per_instance=4, used=80),
    ),
    quotas=(Quota("cymbal-shop", "europe-west1", Resource.VCPU, 400, 0),),
)


def day_curve(low: float, high: float, span: Window = DAY) -> Series:
    """A day with its trough at night and its peak in the evening."""
    step = step_for(span)
    count = span.duration // step
    places = (2 * math.pi * (place * (step / timedelta(days=1)) - 0.3) for place in range(count))
    values = tuple(low + (high - low) * (0.5 - 0.5 * math.cos(at)) for at in places)
    return Series(span.start, step, values)


def of_day(
    span: Window = DAY, times: float = 1.0, silent: Mapping[str, str] | None = None
) -> Fleet:
    """Three services over a span; `times` the usual cost."""
    return fleet(
        SHOP,
        SEARCH,
        CART,
        span=span,
        step=step_for(span),
        silent=silent,
        requests={"shop-frontend": day_curve(40, 900, span), "cart-api": day_curve(5, 120, span)},
        instances={"shop-frontend": day_curve(4, 55, span), "cart-api": day_curve(1, 26, span)},
        errors={"cart-api": day_curve(0, 3, span), "search-api": 0.0},
        cpu={"shop-frontend": day_curve(0.2, 0.62, span)},
        billable={"shop-frontend": 40.0 * times, "cart-api": 12.0},
        active={"shop-frontend": 30.0 * times, "cart-api": 6.0},
    )


def earlier(span: Window = DAY) -> tuple[Fleet, ...]:
    """The same in the four weeks before, cheaper."""
    weeks = (span.shifted(-timedelta(weeks=back)) for back in (1, 2, 3, 4))
    return tuple(of_day(one, times=0.6 + 0.01 * number) for number, one in enumerate(weeks))


def incident(policy: str, number: int, *, acted: bool) -> PastIncident:
    """One that paged at night."""
    at = DAY.start + timedelta(hours=1, minutes=number)
    return PastIncident(
        id=f"{policy}-{number}",
        policy=policy,
        group_key=policy,
        severity=Severity.ERROR,
        opened_at=at,
        acknowledged_at=at + timedelta(minutes=4) if acted else None,
        resolved_at=None,
        acted=acted,
        pages=(at,),
        reopenings=1,
        spoke=True,
        snoozed=False,
    )


COMING = replace(
    CAMPAIGN,
    id="c-2",
    state=CampaignState.AWAITING_APPROVAL,
    announcement=replace(
        CAMPAIGN.announcement,
        name="Cyber Monday sale",
        window=CAMPAIGN.announcement.window.shifted(timedelta(days=2)),
        groups=("web", "pipeline"),
    ),
)
PAST = [incident("High latency", n, acted=False) for n in range(4)] + [
    incident("Errors at checkout", n, acted=True) for n in range(2)
]
FACTS = DigestFacts(
    house=replace(HOUSE, fences=FENCES),
    cadence=Cadence.DAILY,
    span=DAY,
    zone=ZONE,
    fleet=of_day(),
    earlier=earlier(),
    campaigns=(
        Undertaking(replace(CAMPAIGN, state=CampaignState.DONE), PLAN),
        Undertaking(COMING, None),
    ),
    noise=noise_of(PAST, DAY, Night(ZONE)),
    spends=(TeamSpend(TEAM, "2025-11", Money(Decimal(120)), 3),),
)
WEEK = days_span(date(2025, 11, 28), 7, ZONE)
SETTLED = Settled(
    CAMPAIGN.id,
    CAMPAIGN.announcement.name,
    "2025-11",
    CAMPAIGN.announcement.window.start,
    Money(Decimal(18)),
    Money(Decimal("16.2")),
)


def settled(number: int, name: str, estimated: int, time: int, bill: int | None) -> Settled:
    """A campaign of October, in dollars."""
    at = datetime(2025, 10, 2 + number, 16, tzinfo=UTC)
    amounts = (Money(Decimal(estimated)), Money(Decimal(time)))
    billed = None if bill is None else Money(Decimal(bill))
    return Settled(f"o-{number}", name, "2025-10", at, *amounts, billed=billed)


OCTOBER = (
    settled(1, "Autumn sale", 120, 150, 162),
    settled(2, "Newsletter", 20, 19, 19),
    settled(3, "Halloween drop", 60, 41, None),
)
BILL = BillBook(
    NOW - timedelta(hours=3),
    NOW - timedelta(hours=3),
    {"2025-10-31": Money(Decimal("4321.5")), "2025-11-27": Money(Decimal(140))},
    NOW - timedelta(hours=9),
)
WEEKLY = replace(
    FACTS, cadence=Cadence.WEEKLY, span=WEEK, fleet=of_day(WEEK), earlier=earlier(WEEK)
)
MONTHLY = replace(
    WEEKLY,
    house=replace(FACTS.house, billing=BillingTable("p.d.t", "p")),
    settled=(SETTLED, *OCTOBER),
    bill=BILL,
)
