"""Advice that takes a deploy, so an engineer does it and Headroom only says how; used by advising."""

import math
from decimal import Decimal

from bot.core import price_table
from bot.core.advice.item import MONTH_HOURS, Advice, Kind, Risk
from bot.core.advice.usage import Usage
from bot.core.fleet import BillingMode, ScalingMode, Workload, WorkloadKind
from bot.core.house import House
from bot.core.money import Money
from bot.core.price_book import PriceBook
from bot.core.pricing import Tariff, price, requests_price, tariff

_SHARE = Decimal("0.2")  # a smaller difference is not worth a deploy
_HARDLY_USED = 0.3  # CPU in 95 of 100 spans
_NEAREST = {
    "europe-west3": "europe-west4",
    "europe-west2": "europe-west1",
    "europe-west6": "europe-west4",
    "europe-west10": "europe-west4",
    "europe-west12": "europe-west8",
    "europe-central2": "europe-west4",
    "us-west2": "us-west1",
    "us-west3": "us-west1",
    "us-west4": "us-west1",
    "asia-northeast3": "asia-northeast1",
    "asia-south2": "asia-south1",
}


def billing_mode(
    one: Workload, usage: Usage, house: House, book: PriceBook | None
) -> Advice | None:
    """The other mode, where the whole month's measured use would be much cheaper in it."""
    by_hand = one.scaling.mode is ScalingMode.MANUAL
    if one.key.kind is WorkloadKind.WORKER_POOL or by_hand or usage.requests is None:
        return None
    other = BillingMode.REQUEST if one.billing is BillingMode.INSTANCE else BillingMode.INSTANCE
    now, then = (
        _month(one, usage, house, tariff(one.key, one.billing, book=book), one.billing),
        None,
    )
    then = _month(one, usage, house, tariff(one.key, other, book=book), other)
    if now is None or then is None or not _worth(now, then, house):
        return None
    to_request = other is BillingMode.REQUEST
    flag = "--cpu-throttling" if to_request else "--no-cpu-throttling"
    return Advice(
        kind=Kind.BILLING,
        key=one.key,
        title=f"Use {other} billing",
        saving=now - then,
        risk=Risk.LOW if to_request else Risk.LESS,
        risk_said=(
            "Between requests it gets no CPU: work that goes on after an answer would stand still."
            if to_request
            else "It has CPU between requests too, so nothing gets slower."
        ),
        guardrail="Headroom never deploys; an engineer does, and can deploy the present mode again.",
        evidence=(
            f"The month's use costs about ${now.amount:,.0f} as {one.billing} and ${then.amount:,.0f} as"
            f" {other} ({usage.said})."
        ),
        how=f"gcloud run services update {one.key.name} --region {one.key.region} {flag}",
    )


def concurrency(one: Workload, usage: Usage, house: House, book: PriceBook | None) -> Advice | None:
    """Instances started by concurrency while their CPU is hardly used."""
    if one.scaling.mode is ScalingMode.MANUAL or one.key.kind is WorkloadKind.WORKER_POOL:
        return None
    if usage.cpu is None or usage.busy is None or not 0 < usage.cpu < _HARDLY_USED:
        return None
    above = usage.busy - one.scaling.floor
    factor = min(2.0, one.cpu_target / usage.cpu / 1.5)
    if above <= 0 or factor < 1.25 or one.concurrency >= 1000:
        return None
    wanted = min(1000, math.floor(one.concurrency * factor))
    fewer = above * (1 - one.concurrency / wanted)
    rates = tariff(one.key, one.billing, book=book)
    saving = price(
        Decimal(str(round(fewer * MONTH_HOURS, 3))), one.size, rates.active, house.discount
    )
    if saving.amount < house.advice.least_usd:
        return None
    return Advice(
        kind=Kind.CONCURRENCY,
        key=one.key,
        title=f"Let an instance take {wanted} instead of {one.concurrency} requests at once",
        saving=saving,
        risk=Risk.LOW,
        risk_said="More requests share one instance: watch its memory and p95 after the deploy.",
        guardrail="Headroom never deploys; look at p95 for a day and deploy the present value again if it rises.",
        evidence=(
            f"CPU was under {usage.cpu:.0%} in 95 of 100 spans, while {usage.busy:.1f} instances were busy on"
            f" average ({usage.said})."
        ),
        how=f"gcloud run services update {one.key.name} --region {one.key.region} --concurrency={wanted}",
    )


def cheaper_region(
    one: Workload, usage: Usage, house: House, book: PriceBook | None
) -> Advice | None:
    """The nearest region of the cheaper tier, for what is in the dearer one."""
    near = _NEAREST.get(one.key.region, "")
    if one.key.region not in price_table.TIER_2 or not near or one.billing is BillingMode.INSTANCE:
        return None
    manual = one.scaling.mode is ScalingMode.MANUAL
    if manual or one.key.kind is WorkloadKind.WORKER_POOL:
        return None
    here = tariff(one.key, one.billing, book=book)
    there = tariff(
        type(one.key)(one.key.kind, one.key.project, near, one.key.name), one.billing, book=book
    )
    now = _month(one, usage, house, here, one.billing)
    then = _month(one, usage, house, there, one.billing)
    if now is None or then is None or not _worth(now, then, house):
        return None
    return Advice(
        kind=Kind.REGION,
        key=one.key,
        title=f"Run it in {near} (price tier 1)",
        saving=now - then,
        risk=Risk.LOW,
        risk_said="Every request travels further, and data may have to stay where they are: measure first.",
        guardrail="Headroom never moves anything; run both beside each other and compare p95.",
        evidence=f"{one.key.region} is price tier 2; the same use costs ${now.amount:,.0f} against ${then.amount:,.0f} ({usage.said}).",
        how=f"gcloud run deploy {one.key.name} --region {near} (beside the present one)",
    )


def committed_use(
    rows: list[tuple[Workload, Usage]], house: House, book: PriceBook | None
) -> Advice | None:
    """A commitment for what always runs, where none is configured."""
    known = [(one, use) for one, use in rows if use.enough and use.least]
    always = sum((_always(one, use, book) for one, use in known), Decimal(0))
    saving = Money(always * MONTH_HOURS * house.advice.commitment)
    if house.discount > 0 or saving.amount < house.advice.least_usd or not known:
        return None
    share = house.advice.commitment
    return Advice(
        kind=Kind.COMMITMENT,
        key=None,
        title=f"Commit to ${always:,.2f} an hour",
        saving=saving,
        risk=Risk.NONE,
        risk_said="Nothing changes for customers; the money is due whether it is used or not.",
        guardrail="Only what ran in every single span is counted, nothing that campaigns add.",
        evidence=(
            f"{len(known)} of {len(rows)} workloads never went to nothing; a flexible commitment for one year"
            f" is counted with {share:.0%} (`advice.commitment_percent`)."
        ),
        how="Buy it under Billing → Commitments, then set committed_use_discount in headroom.yaml.",
    )


def _always(one: Workload, usage: Usage, book: PriceBook | None) -> Decimal:
    """USD an hour for the instances that ran in every span: busy or kept, at what is sure to be paid."""
    rates = tariff(one.key, one.billing, manual=one.scaling.mode is ScalingMode.MANUAL, book=book)
    least = Decimal(math.floor(usage.least or 0))
    return price(least, one.size, rates.idle, Decimal(0)).amount


def _month(
    one: Workload, usage: Usage, house: House, rates: Tariff, mode: BillingMode
) -> Money | None:
    """USD of a month like the measured span: busy instances, kept ones, requests."""
    if usage.busy is None or usage.instances is None or usage.requests is None:
        return None
    if mode is BillingMode.INSTANCE:
        active, idle = max(usage.instances, usage.busy), 0.0
    else:
        active, idle = usage.busy, max(0.0, one.scaling.floor - usage.busy)
    months = MONTH_HOURS * 3600 / usage.span.duration.total_seconds()
    return (
        price(_hours(active), one.size, rates.active, house.discount)
        + price(_hours(idle), one.size, rates.idle, house.discount)
        + requests_price(usage.requests * months, rates, house.discount)
    )


def _hours(instances: float) -> Decimal:
    return Decimal(str(round(instances * MONTH_HOURS, 3)))


def _worth(now: Money, then: Money, house: House) -> bool:
    saved = (now - then).amount
    return saved >= house.advice.least_usd and saved >= now.amount * _SHARE
