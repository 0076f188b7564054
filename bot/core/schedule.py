"""What must be warm when, as few steps that only go down; used by floors.

Only demand that arrives faster than the autoscaler and the start-up can follow must be warm. Once it is
there, the autoscaler knows it, and the floor follows the forecast down: never above what the forecast
needs, never below what it still needs later, and never up inside the window, where a raise could fail.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from bot.core.autoscaler_model import Model, play
from bot.core.capacity import at_full, at_target, need, per_rps, round_up
from bot.core.forecast import Forecast
from bot.core.plan import Band, Sizing

STEPS_AT_MOST = 4
_SLOT = timedelta(minutes=5)
_SETTLED = timedelta(minutes=10)
# A step is worth a write and a proof if it saves this share of the whole.
_WORTH_A_STEP = 0.11
_TICK = timedelta(seconds=10)
_MINUTE = timedelta(minutes=1)
_NOTHING_LOST = 1e-6
# Slower than a request in 20 s, an autoscaled service may have no instance at all.
AWAKE = 0.05


@dataclass(frozen=True, slots=True)
class Supply:
    """What serves without Headroom: `present` instances that always stand, an autoscaler if it `scales`,
    which takes `reaction` from a rise to a serving instance.
    """

    sizing: Sizing
    present: int
    scales: bool
    reaction: timedelta


@dataclass(frozen=True, slots=True)
class Sudden:
    """The demand that outruns the autoscaler: its highest band, and the slots where it does."""

    demand: Band
    slots: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """From `since` (after the window's start) on, at least `floor` instances."""

    since: timedelta
    floor: int


def sudden(ahead: Forecast, supply: Supply) -> Sudden:
    """Where demand comes faster than the autoscaler can follow, or all of it where nothing scales.

    The autoscaler runs at its target, so what it runs carries full/target times the demand that it
    knows; it knows what was there one reaction earlier. The usual level is the same in both, so only
    the rise counts, at its high end.
    """
    if not supply.scales:
        return Sudden(ahead.peak, tuple(range(len(ahead.expected))))
    lag = max(1, round_up(supply.reaction / ahead.slot))
    per_instance = 1 / per_rps(at_full(supply.sizing))
    stretch = per_rps(at_target(supply.sizing)) * per_instance
    awake = per_instance if ahead.before >= AWAKE else 0.0
    known = [ahead.before] * lag + list(ahead.worst_rise)
    slots = tuple(
        at
        for at, coming in enumerate(ahead.worst_rise)
        if coming > max(known[at] * stretch, awake) * (1 + 1e-9)
        and ahead.high[at] > supply.present * per_instance * (1 + 1e-9)
    )
    shown = max(slots or (min(lag, len(ahead.high)) - 1,), key=ahead.high.__getitem__)
    return Sudden(Band(known[shown], ahead.expected[shown], ahead.high[shown]), slots)


def keeps_up(ahead: Forecast, supply: Supply, until: timedelta) -> bool:
    """Whether the autoscaler alone loses nothing while a slow rise at its high end arrives, by its model.

    Without on-demand starts and a minute later than the model says, to be careful.
    """
    model = Model(
        full=1 / per_rps(at_full(supply.sizing)),
        target=1 / per_rps(at_target(supply.sizing)),
        startup=max(0.0, (supply.reaction - _MINUTE).total_seconds()),
        on_demand=False,
    )
    slots = ahead.worst_rise[: round_up(until / ahead.slot) + 1]
    ticks = max(1, round(ahead.slot / _TICK))
    demand = [ahead.before] * round(_MINUTE / _TICK)
    demand += [rate for rate in slots for _ in range(ticks)]
    run = play(demand, [supply.present] * len(demand), model, tick=_TICK.total_seconds())
    return run.share <= _NOTHING_LOST


def instances(expected: float, high: float, sizing: Sizing) -> int:
    """Instances for a forecast: the expected demand at the autoscaler's own target and with spare, and
    the high one without anybody queueing; the larger.
    """
    return max(need(expected, sizing).instances, need(high, at_full(sizing)).instances)


def levels(ahead: Forecast, found: Sudden, supply: Supply, *, least: int) -> tuple[Level, ...]:
    """The floors over the window, going down; empty where nothing outruns the autoscaler.

    `least` is kept in any case (the UX floor).
    """
    if not found.slots:
        return ()
    per_slot = max(1, round_up(_SLOT / ahead.slot))
    expected, high = _highest(ahead.expected, per_slot), _highest(ahead.high, per_slot)
    wanted = [instances(*pair, supply.sizing) for pair in zip(expected, high, strict=True)]
    most = instances(
        max(ahead.expected[at] for at in found.slots),
        max(ahead.high[at] for at in found.slots),
        supply.sizing,
    )
    if ahead.learned and supply.scales:
        # Once the autoscaler knows the demand it keeps its own target; the floor only backs it up.
        known = -(-(found.slots[-1] + round_up(_SETTLED / ahead.slot)) // per_slot)
        backup = [need(one, at_full(supply.sizing)).instances for one in high[known:]]
        wanted[known:] = map(min, wanted[known:], backup)
    falling = [max(least, floor) for floor in _falling([min(most, one) for one in wanted])]
    return tuple(Level(place * per_slot * ahead.slot, floor) for place, floor in few_steps(falling))


def _highest(values: Sequence[float], group: int) -> list[float]:
    """The highest of each `group` of values."""
    return [max(values[at : at + group]) for at in range(0, len(values), group)]


def few_steps(falling: Sequence[int]) -> list[tuple[int, int]]:
    """A falling series as (place, value) steps that are never below it.

    Steps are merged, the one that costs the least first, until there are few and each is worth it.
    """
    steps = [(0, falling[0])]
    steps += [(at, now) for at, (last, now) in enumerate(pairwise(falling), 1) if now < last]
    block = max(1, falling[0] * len(falling))
    while len(steps) > 1:
        ends = [*(at for at, _ in steps[1:]), len(falling)]
        saved = [
            (steps[k - 1][1] - steps[k][1]) * (ends[k] - steps[k][0]) for k in range(1, len(steps))
        ]
        least = min(saved)
        if len(steps) <= STEPS_AT_MOST and least >= _WORTH_A_STEP * block:
            break
        del steps[saved.index(least) + 1]
    return steps


def _falling(values: Sequence[int]) -> list[int]:
    """At each place the highest value from there on."""
    result, top = [], 0
    for value in reversed(values):
        top = max(top, value)
        result.append(top)
    return result[::-1]
