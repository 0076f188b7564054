"""How much of one workload must be warm before a campaign starts, and whether anything must at all.

The decision behind each step of a plan; used by planner, explained by grounds.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from bot.core.arrival import Arrival, reaction_time
from bot.core.campaign import CampaignKind
from bot.core.capacity import at_full, at_target, need, round_up, usable
from bot.core.demand import Usual
from bot.core.fleet import ScalingMode, Workload, WorkloadKind
from bot.core.forecast import Forecast
from bot.core.learning import Learned
from bot.core.plan import Band, Driver, Need
from bot.core.schedule import AWAKE, Level, Supply, instances, keeps_up, levels, sudden

# A peak nearer to the ceiling than this leaves no room for a forecast that is a little wrong.
CEILING_ROOM = 0.9


@dataclass(frozen=True, slots=True)
class Basis:
    """What the decision is made from. `present` is the floor that stands without Headroom:
    the larger of the baseline and the revision's own; `ux_floor` the least the house wants; `arrival` how
    the rise comes.
    """

    workload: Workload
    kind: CampaignKind
    multiplier: float
    usual: Usual
    ahead: Forecast
    learned: Learned
    present: int
    arrival: Arrival
    ux_floor: int = 0

    @property
    def to_peak(self) -> timedelta:
        """How long the rise takes."""
        return self.arrival.peak_time()

    @property
    def expected(self) -> Band:
        """The forecast at its peak."""
        return self.ahead.peak

    @property
    def supply(self) -> Supply:
        """What serves without Headroom."""
        return Supply(
            sizing=self.learned.sizing,
            present=self.present,
            scales=self.workload.scaling.mode is ScalingMode.AUTOMATIC,
            reaction=reaction_time(self.learned.startup),
        )


@dataclass(frozen=True, slots=True)
class FloorChoice:
    """`floor` is what to hold; `needed` whether that takes a step: a higher floor, or a ceiling to raise.

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
    levels: tuple[Level, ...] = ()


def decide(basis: Basis) -> FloorChoice:
    """What must be warm; a floor above what is warm anyway only where demand outruns the autoscaler."""
    workload = basis.workload
    if workload.key.kind is WorkloadKind.WORKER_POOL:
        return _worker_pool(basis)
    if basis.usual.peak.high <= 0 and basis.usual.weeks > 0:
        return _idle(basis)
    if not usable(basis.learned.sizing) or basis.usual.peak.high <= 0:
        return _limited(_in_proportion(basis), basis)
    return _limited(_by_request(basis), basis)


def _by_request(basis: Basis) -> FloorChoice:
    sizing, expected, supply = basis.learned.sizing, basis.expected, basis.supply
    outrun = sudden(basis.ahead, supply)
    slow = basis.to_peak > supply.reaction and supply.scales
    if slow and outrun.slots and keeps_up(basis.ahead, supply, basis.to_peak):
        outrun = replace(outrun, slots=())
    steps = levels(basis.ahead, outrun, supply, least=max(basis.ux_floor, basis.present))
    if not steps and basis.ux_floor > basis.present:
        steps = (Level(timedelta(0), basis.ux_floor),)
    floor = max((level.floor for level in steps), default=basis.present)
    needed = floor > basis.present
    peak = need(expected.expected, sizing)
    return FloorChoice(
        floor=floor,
        needed=needed,
        sudden=outrun.demand,
        least=need(outrun.demand.high, at_full(sizing)).instances,
        already=max(basis.present, _kept_by_autoscaler(basis)),
        peak=replace(peak, instances=instances(expected.expected, expected.high, sizing)),
        by_request=True,
        levels=steps if needed else (),
    )


def _kept_by_autoscaler(basis: Basis) -> int:
    """Instances that run anyway for the usual demand at the opening."""
    usual = basis.usual.opening.expected
    if not _scales(basis) or usual < AWAKE:
        return 0
    return need(usual, replace(at_target(basis.learned.sizing), instances_per_rps=0.0)).instances


def _scales(basis: Basis) -> bool:
    return basis.workload.scaling.mode is ScalingMode.AUTOMATIC


def _idle(basis: Basis) -> FloorChoice:
    """No requests in these hours: any multiple of nothing is nothing."""
    choice = _proportional(basis, max(basis.present, basis.ux_floor))
    return replace(choice, peak=Need(0, Driver.NOTHING, 0, 0))


def _in_proportion(basis: Basis) -> FloorChoice:
    """Without request numbers: the instances of the last day times the multiplier, or nothing."""
    seen, spare = basis.learned.seen_instances, basis.learned.sizing.spare
    asked = round_up(seen * max(1.0, basis.multiplier) * (1 + spare)) if seen else 0
    floor = max(asked, basis.ux_floor, basis.present)
    said = (
        "It cannot be sized by requests; what was seen in the last day is multiplied."
        if seen
        else "It cannot be sized at all, so only its present floor is kept; an engineer should look."
    )
    return _proportional(basis, floor, said)


def _worker_pool(basis: Basis) -> FloorChoice:
    """A pool has no request metric and a fixed count: the count is multiplied."""
    present = basis.present
    if _scales(basis):
        said = "This worker pool scales by itself, so Headroom leaves its count alone."
        return replace(_proportional(basis, present, said), already=present)
    if present == 0:
        said = "This worker pool is switched off (0 instances), so there is nothing to multiply."
        return _proportional(basis, max(present, basis.ux_floor), said)
    floor = max(present, basis.ux_floor, round_up(present * basis.multiplier))
    return _proportional(basis, floor)


def _proportional(basis: Basis, floor: int, *warnings: str) -> FloorChoice:
    return FloorChoice(
        floor=floor,
        needed=floor > basis.present,
        sudden=Band(0.0, 0.0, 0.0),
        least=floor,
        already=basis.present,
        peak=Need(floor, Driver.PROPORTION, 0, 0),
        by_request=False,
        warnings=warnings,
        levels=(Level(timedelta(0), floor),) if floor > basis.present else (),
    )


def _limited(choice: FloorChoice, basis: Basis) -> FloorChoice:
    """Asks for a higher ceiling where the peak comes near it, and never for a floor above what is allowed.

    Only the service-level ceiling can be raised; a manually scaled service has none.
    """
    scaling = basis.workload.scaling
    present, peak = scaling.effective_ceiling, max(choice.peak.instances, choice.floor)
    if not _scales(basis) or peak <= present * CEILING_ROOM:
        return choice
    roomy = round_up(peak / CEILING_ROOM)
    raised = min(roomy, scaling.revision_ceiling)
    ceiling = raised if raised > present else None
    most = max(ceiling or present, basis.present)
    steps = tuple(replace(level, floor=min(level.floor, most)) for level in choice.levels)
    if ceiling is not None and not steps:
        steps = (Level(timedelta(0), basis.present),)
    floor = max(min(choice.floor, most), basis.present)
    warnings = choice.warnings
    if roomy > scaling.revision_ceiling:
        short = f"but its revision allows at most {scaling.revision_ceiling}"
        if peak <= scaling.revision_ceiling:
            short = f"of the {scaling.revision_ceiling} that its revision allows, which is too near"
        said = f"The peak may need {peak} instances, {short}: an engineer must deploy a higher maximum."
        warnings = (*warnings, said)
    return replace(
        choice,
        floor=floor,
        needed=floor > basis.present or ceiling is not None,
        ceiling_needed=ceiling,
        warnings=warnings,
        levels=steps,
    )
