"""How much of one workload must be warm before a campaign starts, and whether anything must at all.

The decision behind each step of a plan; used by planner, explained by grounds.
"""

from dataclasses import dataclass, replace

from bot.core.arrival import reaction_time, sudden_share
from bot.core.campaign import CampaignKind
from bot.core.capacity import at_full, at_target, need, round_up, usable
from bot.core.demand import Usual
from bot.core.fleet import ScalingMode, Workload, WorkloadKind
from bot.core.learning import Learned
from bot.core.plan import Band, Driver, Need

# A peak nearer to the ceiling than this leaves no room for a forecast that is a little wrong.
CEILING_ROOM = 0.9
# Slower than a request in 20 s, an autoscaled service may have no instance at all.
_AWAKE = 0.05


@dataclass(frozen=True, slots=True)
class Situation:
    """What the decision is made from. `present` is the floor that stands without Headroom:
    the larger of the baseline and the revision's own; `ux_floor` the least the house wants.
    """

    workload: Workload
    kind: CampaignKind
    multiplier: float
    usual: Usual
    expected: Band
    learned: Learned
    present: int
    ux_floor: int = 0


@dataclass(frozen=True, slots=True)
class Warmth:
    """`floor` is what to hold; `needed` whether that takes a step.

    `sudden` is the demand that is there before the autoscaler has reacted, `least` the instances that
    carry it, `already` those that are warm without Headroom. `peak` is the need of the expected peak.
    `by_request` is false where the size is in proportion because no request was measured.
    """

    floor: int
    needed: bool
    sudden: Band
    least: int
    already: int
    peak: Need
    by_request: bool
    ceiling_needed: int | None = None
    warnings: tuple[str, ...] = ()


def decide(situation: Situation) -> Warmth:
    """What must be warm; a floor above what is warm anyway only where demand outruns the autoscaler."""
    workload = situation.workload
    if workload.key.kind is WorkloadKind.WORKER_POOL:
        return _worker_pool(situation)
    if situation.usual.peak.high <= 0 and situation.usual.covered > 0:
        return _idle(situation)
    if not usable(situation.learned.sizing) or situation.usual.peak.high <= 0:
        return _limited(_in_proportion(situation), situation)
    return _limited(_by_request(situation), situation)


def _by_request(situation: Situation) -> Warmth:
    sizing, expected = situation.learned.sizing, situation.expected
    sudden = _sudden(situation)
    floor = max(_instances(situation, sudden), situation.ux_floor)
    least = need(sudden.high, at_full(sizing)).instances
    already = max(situation.present, _kept_by_autoscaler(situation))
    copes = least <= already and situation.ux_floor <= situation.present and _scales(situation)
    needed = floor > situation.present and not copes
    return Warmth(
        floor=floor if needed else situation.present,
        needed=needed,
        sudden=sudden,
        least=least,
        already=already,
        peak=replace(need(expected.expected, sizing), instances=_instances(situation, expected)),
        by_request=True,
    )


def _instances(situation: Situation, demand: Band) -> int:
    """Instances for a forecast: the expected demand with spare, or the high one where that is more."""
    sizing = situation.learned.sizing
    return max(
        need(demand.expected, sizing).instances, need(demand.high, at_target(sizing)).instances
    )


def _sudden(situation: Situation) -> Band:
    """warm(t) = n(λ(t + reaction)): the opening demand and the share of the rise that outruns the autoscaler."""
    share = sudden_share(situation.kind, reaction_time(situation.learned.startup))
    if not _scales(situation):
        share = 1.0
    opening, peak = situation.usual.opening, situation.expected
    low, expected, high = (
        start + max(0.0, end - start) * share
        for start, end in (
            (opening.low, peak.low),
            (opening.expected, peak.expected),
            (opening.high, peak.high),
        )
    )
    return Band(low, expected, high)


def _kept_by_autoscaler(situation: Situation) -> int:
    """Instances that run anyway for the usual demand at the opening, taken on the careful side."""
    low = situation.usual.opening.low
    if not _scales(situation) or low < _AWAKE:
        return 0
    return need(low, replace(at_target(situation.learned.sizing), instances_per_rps=0.0)).instances


def _scales(situation: Situation) -> bool:
    return situation.workload.scaling.mode is ScalingMode.AUTOMATIC


def _idle(situation: Situation) -> Warmth:
    """No requests in these hours: any multiple of nothing is nothing."""
    warmth = _proportional(situation, max(situation.present, situation.ux_floor))
    return replace(warmth, peak=Need(0, Driver.NOTHING, 0, 0))


def _in_proportion(situation: Situation) -> Warmth:
    """Without request numbers: the instances of the last day times the multiplier, or nothing."""
    seen, spare = situation.learned.seen_instances, situation.learned.sizing.spare
    asked = round_up(seen * max(1.0, situation.multiplier) * (1 + spare)) if seen else 0
    floor = max(asked, situation.ux_floor, situation.present)
    said = (
        f"It cannot be sized by requests; the {seen} instances seen in the last day are multiplied."
        if seen
        else "It cannot be sized at all, so only its present floor is kept; an engineer should look."
    )
    return _proportional(situation, floor, said)


def _worker_pool(situation: Situation) -> Warmth:
    """A pool has no request metric and a fixed count: the count is multiplied."""
    present = situation.present
    if _scales(situation):
        said = "This worker pool scales by itself, so Headroom leaves its count alone."
        return replace(_proportional(situation, present, said), already=present)
    if present == 0:
        said = "This worker pool is switched off (0 instances), so there is nothing to multiply."
        return _proportional(situation, max(present, situation.ux_floor), said)
    floor = max(present, situation.ux_floor, round_up(present * situation.multiplier))
    return _proportional(situation, floor)


def _proportional(situation: Situation, floor: int, *warnings: str) -> Warmth:
    return Warmth(
        floor=floor,
        needed=floor > situation.present,
        sudden=Band(0.0, 0.0, 0.0),
        least=floor,
        already=situation.present,
        peak=Need(floor, Driver.PROPORTION, 0, 0),
        by_request=False,
        warnings=warnings,
    )


def _limited(warmth: Warmth, situation: Situation) -> Warmth:
    """Asks for a higher ceiling where the peak comes near it, and never for a floor above what is allowed.

    Only the service-level ceiling can be raised; a manually scaled service has none.
    """
    scaling = situation.workload.scaling
    present, peak = scaling.effective_ceiling, max(warmth.peak.instances, warmth.floor)
    if not _scales(situation) or peak <= present * CEILING_ROOM:
        return warmth
    roomy = round_up(peak / CEILING_ROOM)
    raised = min(roomy, scaling.revision_ceiling)
    ceiling = raised if raised > present else None
    floor = max(min(warmth.floor, ceiling or present), situation.present)
    warnings = warmth.warnings
    if roomy > scaling.revision_ceiling:
        said = (
            f"The peak may need {peak} instances, but its revision allows at most"
            f" {scaling.revision_ceiling}: an engineer must deploy a higher maximum."
        )
        warnings = (*warnings, said)
    return replace(
        warmth,
        floor=floor,
        needed=floor > situation.present,
        ceiling_needed=ceiling,
        warnings=warnings,
    )
