"""While a campaign is live: is the demand as planned, and what follows when it is not. Pure; used by the loop flow.

Above the band the floor rises within the guardrails, else a person is asked. Clearly below what was planned
for these minutes for long, and no more forecast than for them, the claim shrinks; how fast the floor follows
is up to giving_back. What was promised comes back as soon as the demand does. No fresh metrics: hold.
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
from bot.core.outlook import Outlook, outlook
from bot.core.plan import Sizing, WorkloadPlan
from bot.core.series import Series

_RISING = 2  # minutes above the band in a row
_CALM = 15  # minutes clearly below it in a row
_CLEARLY = 0.8  # of the low end of what was planned for them
# What is planned may be late: before that nothing is given back.
_SETTLED_AFTER = timedelta(minutes=30)
_ROOM = 1.2  # kept above the highest demand of the calm minutes; forecasts differ by less
_WORTH_WHILE = 0.8  # a floor that would shrink by less than a fifth stays

Point = tuple[datetime, float]


class Turn(StrEnum):
    """What follows."""

    HOLD = "hold"
    RAISE = "raise"
    ASK = "ask"
    BRING_BACK = "bring back"
    GIVE_BACK = "give back"


@dataclass(frozen=True, slots=True)
class Watched:
    """One workload of a live campaign: `floor` is what the claims promise now, `demand` the last minutes.

    `affordable` is the highest floor that costs no more than may be spent without asking. Where it is
    `shared` with other campaigns, all of that is without theirs.
    """

    plan: WorkloadPlan
    floor: int
    sizing: Sizing
    demand: Series | None
    affordable: int
    live_for: timedelta
    shared: bool = False

    def ahead(self, now: datetime) -> Outlook | None:
        """What the plan expects minute by minute; None where it was not kept."""
        return outlook(self.plan, now - self.live_for)

    @property
    def scales(self) -> bool:
        """Whether an autoscaler helps where the floor is too low; not if that is unknown."""
        return self.plan.inputs is not None and self.plan.inputs.scales


@dataclass(frozen=True, slots=True)
class Adjustment:
    """`floor` is the new one (RAISE, BRING_BACK, GIVE_BACK), or the one that is asked for (ASK).

    `together` is what it makes with other campaigns on the workload; 0 where there is none.
    """

    key: WorkloadKey
    turn: Turn
    floor: int
    demand: float
    reason: str
    together: int = 0

    @property
    def instances(self) -> int:
        """How many the workload has then."""
        return self.together or self.floor


def adjust(
    watched: Watched, rules: CapacityRules, *, now: datetime, stale_after: timedelta
) -> Adjustment:
    """What the demand of the last minutes means for the floor."""
    if watched.demand is None or not watched.demand.points():
        return _hold(watched, 0.0, "there are no metrics of its demand: held as it is")
    points = watched.demand.points()
    age = now - (points[-1][0] + watched.demand.step)
    if age > stale_after:
        return _hold(watched, points[-1][1], "the metrics of its demand are late: held as it is")
    latest = points[-_RISING:]
    if len(latest) >= _RISING:
        returned = _returned(watched, latest, now)
        if returned is not None:
            return returned
        rising = min(value for _, value in latest)
        if rising > watched.plan.expected.high:
            return _above(watched, rules, rising)
    return _below(watched, rules, points[-_CALM:], now)


def adjusted(
    claims: Sequence[Claim], change: Adjustment, now: datetime, planned: Sequence[Claim] = ()
) -> list[Claim]:
    """The claims of one campaign, those on the workload that are not over with the new floor.

    `planned` are the same claims as the plan promised them: what is brought back is no more than that.
    """
    promised = {claim.id: claim for claim in planned}
    return [
        _adjusted(claim, change, promised.get(claim.id, claim))
        if claim.workload == change.key and claim.hold.end > now
        else claim
        for claim in claims
    ]


def brought_back(watched: Watched, floor: int, demand: float, reason: str) -> Adjustment:
    """What was given back early is held again; nobody is asked, because it was promised."""
    return Adjustment(watched.plan.key, Turn.BRING_BACK, floor, demand, reason)


def _above(watched: Watched, rules: CapacityRules, demand: float) -> Adjustment:
    needed = need(demand, watched.sizing).instances
    said = f"{_rate(watched, demand)}, planned were {watched.plan.expected.high:,.0f} at most"
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


def _returned(watched: Watched, latest: Sequence[Point], now: datetime) -> Adjustment | None:
    """The demand that was missed comes after all: all of the promise once it is as planned again, or where
    nothing else helps; room above it while it is still below.
    """
    promised, demand = watched.plan.held_at(now), min(value for _, value in latest)
    if watched.floor >= promised:
        return None
    ahead = watched.ahead(now)
    as_planned = all(value >= _low_end(watched, ahead, at) for at, value in latest)
    if not as_planned and need(demand, watched.sizing).instances <= watched.floor:
        return None
    roomy = need(demand * _ROOM, watched.sizing).instances
    floor = promised if as_planned or not watched.scales else min(promised, roomy)
    said = f"{_rate(watched, demand)} come now, {promised:,} instances were promised"
    return brought_back(watched, floor, demand, said)


def _low_end(watched: Watched, ahead: Outlook | None, at: datetime) -> float:
    """Of what was planned for that minute; where that is not known, of the peak."""
    low = math.nan if ahead is None else ahead.low_end(at)
    return watched.plan.expected.low if math.isnan(low) else low


def _below(
    watched: Watched, rules: CapacityRules, calm: Sequence[Point], now: datetime
) -> Adjustment:
    """Less than planned for these very minutes says nothing of higher ones that are still to come, and
    where nothing scales by itself a floor that is too low stays so: both are held.
    """
    ahead, demand = watched.ahead(now), max(value for _, value in calm)
    held = _hold(watched, calm[-1][1], "")
    early = watched.live_for < _SETTLED_AFTER
    if rules.loop is not LoopMode.AUTO or early or not watched.scales or ahead is None:
        return held
    lows = [ahead.low_end(at) for at, _ in calm]
    below = [value < _CLEARLY * low for (_, value), low in zip(calm, lows, strict=True)]
    if len(calm) < _CALM or not all(below):
        return held
    rises = ahead.rises([at for at, _ in calm], now - _SETTLED_AFTER)
    if rises > _ROOM:
        return held
    roomy = need(demand * _ROOM * max(1.0, rises), watched.sizing).instances
    floor = max(roomy, watched.plan.baseline)
    if floor > watched.floor * _WORTH_WHILE:
        return held
    said = (
        f"{_rate(watched, demand)} at most in the last {len(calm)} minutes,"
        f" planned for them were {min(lows):,.0f} or more"
    )
    return Adjustment(watched.plan.key, Turn.GIVE_BACK, floor, demand, said)


def _rate(watched: Watched, demand: float) -> str:
    beside = " besides what the others bring" if watched.shared else ""
    return f"{demand:,.0f} requests/s{beside}"


def _hold(watched: Watched, demand: float, reason: str) -> Adjustment:
    return Adjustment(watched.plan.key, Turn.HOLD, watched.floor, demand, reason)


def _adjusted(claim: Claim, change: Adjustment, promised: Claim) -> Claim:
    """The demand goes with the floor, so that overlapping campaigns still add up."""
    at_most = promised.floor if change.turn is Turn.BRING_BACK else change.floor
    floor = min(change.floor, at_most)
    carried = 0.0 if claim.sizing is None else carries(floor, claim.sizing)
    match change.turn:
        case Turn.GIVE_BACK:
            floor = min(claim.floor, floor)
            added = min(claim.added_rps, max(0.0, carried - claim.usual_rps))
        case Turn.BRING_BACK:
            floor = max(claim.floor, floor)
            added = max(claim.added_rps, min(promised.added_rps, carried - claim.usual_rps))
        case _:
            floor = max(claim.floor, floor)
            added = max(claim.added_rps, min(carried, change.demand) - claim.usual_rps)
    return replace(claim, floor=floor, added_rps=added)
