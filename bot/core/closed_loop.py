"""While a campaign is live: is the demand as planned, and what follows when it is not. Pure; used by the loop flow.

Above the band the floor rises within the guardrails, else a person is asked. Clearly below it for long
the claim shrinks; how fast the floor follows is up to giving_back. No fresh metrics: hold.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.capacity import carries, need
from bot.core.claims import Claim
from bot.core.fleet import WorkloadKey
from bot.core.house import CapacityRules, LoopMode
from bot.core.plan import Sizing, WorkloadPlan
from bot.core.series import Series

_RISING = 2  # minutes above the band in a row
_CALM = 15  # minutes clearly below it in a row
_CLEARLY = 0.8  # of the band's low end
_SETTLED_AFTER = timedelta(minutes=30)  # the arrival may be late; before that nothing is given back
_ROOM = 1.2  # kept above the highest demand of the calm minutes
_WORTH_WHILE = 0.8  # a floor that would shrink by less than a fifth stays


class Turn(StrEnum):
    """What follows."""

    HOLD = "hold"
    RAISE = "raise"
    ASK = "ask"
    GIVE_BACK = "give back"


@dataclass(frozen=True, slots=True)
class Watched:
    """One workload of a live campaign: `floor` is what the claims promise now, `demand` the last minutes.

    `affordable` is the highest floor that costs no more than may be spent without asking.
    """

    plan: WorkloadPlan
    floor: int
    sizing: Sizing
    demand: Series | None
    affordable: int
    live_for: timedelta


@dataclass(frozen=True, slots=True)
class Adjustment:
    """`floor` is the new one (RAISE, GIVE_BACK), or the one that is asked for (ASK)."""

    key: WorkloadKey
    turn: Turn
    floor: int
    demand: float
    reason: str


def adjust(
    watched: Watched, rules: CapacityRules, *, now: datetime, stale_after: timedelta
) -> Adjustment:
    """What the demand of the last minutes means for the floor."""
    plan = watched.plan
    if watched.demand is None or not watched.demand.points():
        return _hold(watched, 0.0, "there are no metrics of its demand: held as it is")
    points = watched.demand.points()
    age = now - (points[-1][0] + watched.demand.step)
    if age > stale_after:
        return _hold(watched, points[-1][1], "the metrics of its demand are late: held as it is")
    recent = [value for _, value in points]
    rising = min(recent[-_RISING:])
    if len(recent) >= _RISING and rising > plan.expected.high:
        return _above(watched, rules, rising)
    calm = max(recent[-_CALM:])
    if len(recent) >= _CALM and calm < _CLEARLY * plan.expected.low:
        return _below(watched, rules, calm)
    return _hold(watched, recent[-1], "")


def adjusted(claims: Sequence[Claim], change: Adjustment, now: datetime) -> list[Claim]:
    """The claims of one campaign, those on the workload that are not over with the new floor."""
    return [
        _adjusted(claim, change) if claim.workload == change.key and claim.hold.end > now else claim
        for claim in claims
    ]


def _above(watched: Watched, rules: CapacityRules, demand: float) -> Adjustment:
    needed = need(demand, watched.sizing).instances
    said = f"{demand:,.0f} requests/s, planned were {watched.plan.expected.high:,.0f} at most"
    if needed <= watched.floor:
        return _hold(watched, demand, f"{said}; the floor carries it")
    ceiling = max(watched.plan.ceiling, watched.plan.ceiling_needed or 0)
    most = min(math.floor(rules.beyond_plan * watched.plan.floor), watched.affordable, ceiling)
    if rules.loop is LoopMode.AUTO and watched.floor < most:
        floor = min(needed, most)
        return Adjustment(watched.plan.key, Turn.RAISE, floor, demand, said)
    wanted = min(needed, ceiling)
    if wanted <= watched.floor:
        return _hold(watched, demand, f"{said}; its ceiling of {ceiling} is reached")
    return Adjustment(watched.plan.key, Turn.ASK, wanted, demand, said)


def _below(watched: Watched, rules: CapacityRules, demand: float) -> Adjustment:
    said = (
        f"{demand:,.0f} requests/s at most, planned were {watched.plan.expected.low:,.0f} or more"
    )
    floor = max(need(demand * _ROOM, watched.sizing).instances, watched.plan.baseline)
    early = watched.live_for < _SETTLED_AFTER
    if rules.loop is not LoopMode.AUTO or early or floor > watched.floor * _WORTH_WHILE:
        return _hold(watched, demand, "")
    return Adjustment(watched.plan.key, Turn.GIVE_BACK, floor, demand, said)


def _hold(watched: Watched, demand: float, reason: str) -> Adjustment:
    return Adjustment(watched.plan.key, Turn.HOLD, watched.floor, demand, reason)


def _adjusted(claim: Claim, change: Adjustment) -> Claim:
    """The demand goes with the floor, so that overlapping campaigns still add up."""
    carried = 0.0 if claim.sizing is None else carries(change.floor, claim.sizing)
    if change.turn is Turn.GIVE_BACK:
        floor = min(claim.floor, change.floor)
        added = min(claim.added_rps, max(0.0, carried - claim.usual_rps))
    else:
        floor = max(claim.floor, change.floor)
        added = max(claim.added_rps, min(carried, change.demand) - claim.usual_rps)
    return replace(claim, floor=floor, added_rps=added)
