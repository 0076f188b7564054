"""Keeps with a plan what its numbers were made from; called by planner."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from statistics import fmean

from bot.core.billing_advice import advice
from bot.core.capacity import at_target, need
from bot.core.floors import Basis, FloorChoice
from bot.core.forecast import Forecast
from bot.core.inputs import Bill, Curve, Inputs
from bot.core.money import ZERO, Money
from bot.core.pricing import Tariff, instance_hours, price, requests_price
from bot.core.windows import Window

POINTS = 48
_MILLION = 1_000_000.0


@dataclass(frozen=True, slots=True)
class Paid:
    """What the campaign's `window` is paid by: the workload's rates and the share taken off.

    `other` are the rates under the other billing mode (None: there is none, or it is not known).
    """

    rates: Tariff
    discount: Decimal
    window: Window
    other: Tariff | None = None


def record(basis: Basis, choice: FloorChoice, bill: Bill) -> Inputs:
    """The inputs of one workload's plan; the curve only where requests were counted."""
    usual, learned = basis.usual, basis.learned
    return Inputs(
        startup=learned.startup,
        startup_measured=learned.startup_measured,
        reaction=basis.supply.reaction,
        present=basis.present,
        already=choice.already,
        sudden=choice.sudden.high,
        seen_instances=learned.seen_instances,
        ux_floor=basis.ux_floor,
        low=usual.low,
        high=usual.high,
        left_out=len(usual.left_out),
        growth_per_week=usual.growth_per_week,
        curve=curve_of(basis.ahead) if choice.by_request else None,
        bill=bill,
        to_peak=basis.to_peak,
        shapes=basis.arrival.learned_from,
        loose=basis.arrival.loose,
        scales=basis.supply.scales,
    )


def curve_of(ahead: Forecast) -> Curve:
    """The forecast in at most `POINTS` spans, each with its highest value (usual: its mean), to four digits.

    The low end keeps the ratio that it has at the peak.
    """
    per_point = math.ceil(len(ahead.expected) / POINTS)
    peak = ahead.peak
    share = peak.low / peak.expected if peak.expected > 0 else 1.0

    def parts(values: Sequence[float]) -> list[Sequence[float]]:
        return [values[at : at + per_point] for at in range(0, len(values), per_point)]

    def highest(values: Sequence[float]) -> tuple[float, ...]:
        return tuple(_short(max(part)) for part in parts(values))

    return Curve(
        step=per_point * ahead.slot,
        usual=tuple(_short(fmean(part)) for part in parts(ahead.usual)),
        low=highest(tuple(value * share for value in ahead.expected)),
        expected=highest(ahead.expected),
        high=highest(ahead.high),
        least=tuple(_short(min(part)) for part in parts(ahead.expected)),
    )


def _short(value: float) -> float:
    return float(f"{value:.4g}")


def bill_of(basis: Basis, choice: FloorChoice, extra: Decimal, paid: Paid) -> Bill:
    """What costs are worked out from; where no request was counted, the traffic's cost is not known: none."""
    size, rates, discount = basis.workload.size, paid.rates, paid.discount
    mean = basis.ahead.mean if choice.by_request else 0.0
    busy = need(mean, at_target(basis.learned.sizing)).instances
    bill = Bill(
        extra_hours=extra,
        busy_hours=instance_hours(busy, paid.window),
        idle_hour=price(Decimal(1), size, rates.idle, discount),
        active_hour=price(Decimal(1), size, rates.active, discount),
        requests=mean * paid.window.duration.total_seconds(),
        per_million=requests_price(_MILLION, rates, discount),
    )
    if paid.other is None or extra <= 0:
        return bill
    return replace(bill, advice=advice(bill, size, paid.other, basis.workload.billing, discount))


def traffic_cost(bill: Bill) -> Money:
    """What the forecast traffic costs with or without Headroom: busy instances at its mean, and requests."""
    if bill.requests <= 0:
        return ZERO
    busy = bill.busy_hours * bill.active_hour.amount
    millions = Decimal(str(bill.requests)) / Decimal(1_000_000)
    return Money(busy + millions * bill.per_million.amount, bill.active_hour.currency)
