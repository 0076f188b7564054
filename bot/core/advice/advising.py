"""Every advice on one workload and on the whole fleet; called by the advise flow with what was measured.

Nothing is advised from too few points, and nothing that would go under the UX floor or under what was
needed at the busiest moment: `keeps_experience` is asked of each, whoever made it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from bot.core.advice.deploying import billing_mode, cheaper_region, concurrency
from bot.core.advice.item import MONTH_HOURS, Advice, Kind, Risk, Target
from bot.core.advice.usage import Usage
from bot.core.capacity import round_up
from bot.core.claiming import ux_floor_of
from bot.core.fleet import BillingMode, ScalingMode, Workload, WorkloadKind
from bot.core.house import House
from bot.core.money import Money
from bot.core.price_book import PriceBook
from bot.core.pricing import price, tariff

_CLOSE = 0.8  # of the ceiling: growth or a campaign would reach it
_ROOMY = 0.7  # of the ceiling: where the busiest moment should be
_RUNAWAY = 10  # times the busiest moment: such a ceiling stops nothing
_WAITED_DAYS = 2
_GUARDED = (
    "Lowered in steps, only with fresh metrics, never under the UX floor ({floor}) or what is busy, and not"
    " while a page is slow; put back with one press."
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A workload with how it was used, and what is needed to price and guard it."""

    workload: Workload
    usage: Usage
    house: House
    book: PriceBook | None = None

    @property
    def ux_floor(self) -> int:
        """What the house wants in any case; a fixed number never goes to nothing."""
        fixed = 1 if self.workload.scaling.mode is ScalingMode.MANUAL else 0
        return max(ux_floor_of(self.workload, self.house), fixed)

    def month(self, instances: int, *, idle: bool) -> Money:
        """USD a month for that many instances all the time."""
        one = self.workload
        manual = one.scaling.mode is ScalingMode.MANUAL
        rates = tariff(one.key, one.billing, manual=manual, book=self.book)
        hours = Decimal(instances * MONTH_HOURS)
        return price(hours, one.size, rates.idle if idle else rates.active, self.house.discount)


def advise(seen: Seen) -> tuple[Advice, ...]:
    """All advice on one workload, the largest saving first; none where too little was measured."""
    if not seen.usage.enough:
        return ()
    one, usage, house = seen.workload, seen.usage, seen.house
    deploys = [
        billing_mode(one, usage, house, seen.book),
        concurrency(one, usage, house, seen.book),
        cheaper_region(one, usage, house, seen.book),
    ]
    made = [_idle_floor(seen), _low_floor(seen), _ceiling(seen), *deploys]
    kept = [
        replace(advice, groups=one.groups)
        for advice in made
        if advice is not None and keeps_experience(advice, seen)
    ]
    return tuple(sorted(kept, key=lambda advice: -advice.saving.amount))


def keeps_experience(advice: Advice, seen: Seen) -> bool:
    """Whether customers keep what they need: UX floor, busiest moment, room for campaigns."""
    if advice.was is None or advice.target is None:
        return True
    needed, target = seen.usage.needed or 0, advice.target
    if target.floor < advice.was.floor and target.floor < max(seen.ux_floor, needed):
        return False
    ceiling = target.ceiling
    return ceiling is None or ceiling >= max(needed, target.floor, seen.ux_floor)


def nothing_known(seen: Sequence[Seen]) -> tuple[str, ...]:
    """A sentence for each workload of which too little was measured to advise anything."""
    return tuple(
        f"{one.workload.key.name} ({one.workload.key.region}): no advice from {one.usage.said}."
        for one in seen
        if not one.usage.enough
    )


def _idle_floor(seen: Seen) -> Advice | None:
    """A floor that not even the busiest moment reached."""
    one, usage = seen.workload, seen.usage
    scaling, needed = one.scaling, usage.needed or 0
    least = 1 if usage.requests is None or usage.requests > 0 else 0
    floor = max(round_up(needed * (1 + seen.house.spare)), seen.ux_floor, least)
    saving = seen.month(scaling.floor - floor, idle=True)
    if floor >= scaling.floor or saving.amount < seen.house.advice.least_usd:
        return None
    by_hand = scaling.mode is ScalingMode.MANUAL
    pool = one.key.kind is WorkloadKind.WORKER_POOL
    said = (
        "Nobody scales a fixed number up again: what is kept was twice what the busiest moment needed."
        if by_hand
        else "The autoscaler goes above the floor by itself; the busiest moment fits under the new one."
    )
    return Advice(
        kind=Kind.IDLE_FLOOR,
        key=one.key,
        title=f"Keep {floor} instead of {scaling.floor} instances",
        saving=saving,
        risk=Risk.LOW if by_hand else Risk.NONE,
        risk_said=f"{said} A pool's instances go only when idle." if pool else said,
        guardrail=_GUARDED.format(floor=seen.ux_floor),
        evidence=f"At most {needed} were needed at any moment ({usage.said}).",
        was=Target(scaling.floor, scaling.ceiling),
        target=Target(floor, scaling.ceiling),
    )


def _low_floor(seen: Seen) -> Advice | None:
    """Requests waited for instances on several days."""
    one, usage = seen.workload, seen.usage
    scaling = one.scaling
    floor = min(round_up(usage.wanted_then), scaling.effective_ceiling)
    automatic = scaling.mode is ScalingMode.AUTOMATIC
    if not automatic or usage.waiting_days < _WAITED_DAYS or floor <= scaling.floor:
        return None
    idle = one.billing is BillingMode.REQUEST
    cost = seen.month(floor - scaling.floor, idle=idle)
    return Advice(
        kind=Kind.LOW_FLOOR,
        key=one.key,
        title=f"Keep {floor} instead of {scaling.floor} instances",
        saving=Money(-cost.amount, cost.currency),
        risk=Risk.LESS,
        risk_said="Customers wait less often for an instance to start.",
        guardrail="Never above the ceiling; what it costs more is approved like a campaign's cost.",
        evidence=(
            f"Requests waited for an instance in {usage.waiting} spans on {usage.waiting_days} days;"
            f" {floor} would have been there for half of them ({usage.said})."
        ),
        was=Target(scaling.floor, scaling.ceiling),
        target=Target(floor, scaling.ceiling),
    )


def _ceiling(seen: Seen) -> Advice | None:
    """A ceiling that growth will reach, or one that would not stop a runaway."""
    one, usage = seen.workload, seen.usage
    scaling, needed = one.scaling, usage.needed or 0
    if scaling.mode is ScalingMode.MANUAL or needed == 0:
        return None
    ceiling = scaling.effective_ceiling
    if needed >= _CLOSE * ceiling:
        return _raised(seen, math.ceil(needed / _ROOMY))
    room = max(math.ceil(needed * seen.house.guardrails.auto_multiplier), scaling.floor, 10)
    if ceiling <= max(_RUNAWAY * needed, room):
        return None
    hour = seen.month(ceiling - room, idle=False).amount / MONTH_HOURS
    return Advice(
        kind=Kind.HIGH_CEILING,
        key=one.key,
        title=f"Allow {room} instead of {ceiling} instances",
        saving=Money(Decimal(0)),
        risk=Risk.NONE,
        risk_said=f"There is room for {seen.house.guardrails.auto_multiplier:g} times the busiest moment.",
        guardrail="A campaign that needs more raises the ceiling for its time.",
        evidence=(
            f"At most {needed} were needed at any moment ({usage.said}); a runaway could cost"
            f" ${hour:,.2f} an hour more than with the new one."
        ),
        was=Target(scaling.floor, scaling.ceiling),
        target=Target(scaling.floor, room),
    )


def _raised(seen: Seen, wanted: int) -> Advice | None:
    one, usage = seen.workload, seen.usage
    scaling, most = one.scaling, one.scaling.revision_ceiling
    ceiling = min(wanted, most)
    writable = ceiling > scaling.effective_ceiling
    title = f"Allow {wanted} instead of {scaling.effective_ceiling} instances"
    update = f"gcloud run services update {one.key.name} --region {one.key.region}"
    return Advice(
        kind=Kind.LOW_CEILING,
        key=one.key,
        title=title if not writable else title.replace(str(wanted), str(ceiling), 1),
        saving=Money(Decimal(0)),
        risk=Risk.LESS,
        risk_said="At the ceiling requests wait and are refused.",
        guardrail="More instances take more of quotas and databases: the limits of headroom.yaml are asked.",
        evidence=f"{usage.needed} of {scaling.effective_ceiling} were needed at the busiest moment ({usage.said}).",
        was=Target(scaling.floor, scaling.ceiling) if writable else None,
        target=Target(scaling.floor, ceiling) if writable else None,
        how="" if writable else f"{update} --max-instances={wanted}",
    )
