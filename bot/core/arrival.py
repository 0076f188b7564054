"""How suddenly an audience arrives: learnt from earlier campaigns of the kind, else by default; used by planner and report.

The default times are to be corrected by finished campaigns, not facts (reference §D, burst shapes).
"""

import math
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from types import MappingProxyType

from bot.core.campaign import CampaignKind
from bot.core.evidence import PastCampaign
from bot.core.series import Series
from bot.core.windows import Window

SHAPE_STEP = timedelta(minutes=5)
# Cloud Run averages over a minute before it acts, and acts within about another (reference §A.5, §D).
AUTOSCALER_DELAY = timedelta(seconds=120)

# From the start until the peak. What is unknown counts as sudden: too warm costs cents, too cold customers.
_RAMPS = MappingProxyType(
    {
        CampaignKind.PUSH: timedelta(minutes=2),
        CampaignKind.EMAIL: timedelta(minutes=15),
        CampaignKind.TV: timedelta(0),
        CampaignKind.PAID_SOCIAL: timedelta(minutes=60),
        CampaignKind.SALE: timedelta(minutes=1),
        CampaignKind.DROP: timedelta(0),
        CampaignKind.OTHER: timedelta(0),
    }
)
# A learnt shape is trusted to come this many slots earlier or later, more where its examples disagree.
_LOOSE = 1
_LOOSE_AT_MOST = 3
# So many campaigns on the same groups say more than all of the kind.
_ENOUGH_NEAR = 2
# With less of its window known, a campaign teaches nothing.
_ENOUGH = 0.5


@dataclass(frozen=True, slots=True)
class Arrival:
    """The share of a campaign's rise over time. `shape` holds learnt shares of each `SHAPE_STEP` (empty:
    the default of the kind), trusted to come `loose` earlier or later.
    """

    kind: CampaignKind
    shape: tuple[float, ...] = ()
    learned_from: int = 0
    loose: timedelta = timedelta(0)

    def risen(self, since_start: timedelta) -> float:
        """The share (0..1) that has arrived `since_start`; none before the start."""
        if not self.shape or since_start < timedelta(0):
            return risen_share(self.kind, since_start)
        return self.shape[min(since_start // SHAPE_STEP, len(self.shape) - 1)]

    def peak_time(self) -> timedelta:
        """From the start until the highest share."""
        if not self.shape:
            return ramp_of(self.kind)
        return SHAPE_STEP * self.shape.index(max(self.shape))


def learn_arrival(
    kind: CampaignKind, past: Sequence[PastCampaign], groups: Collection[str] = ()
) -> Arrival:
    """The shape of finished campaigns of the kind: the median of each slot, brought back to a highest
    share of 1, and loose on both sides: by a slot, or by as many as their peaks lie apart, up to three.
    The median keeps single noisy slots from looking sudden.

    Where enough of them ran on these `groups`, only those count.
    """
    known = [one for one in past if one.kind is kind and any(one.shape)]
    near = [one for one in known if set(one.groups) & set(groups)]
    shapes = [one.shape for one in (near if len(near) >= _ENOUGH_NEAR else known)]
    if not shapes:
        return Arrival(kind)
    middle = [
        median(shape[at] for shape in shapes if at < len(shape))
        for at in range(max(map(len, shapes)))
    ]
    top = max(middle) or 1.0
    slots = _loose(shapes)
    loose = (max(middle[max(0, at - slots) : at + slots + 1]) / top for at in range(len(middle)))
    shape = tuple(min(1.0, max(0.0, share)) for share in loose)
    return Arrival(kind, shape, len(shapes), slots * SHAPE_STEP)


def _loose(shapes: Sequence[Sequence[float]]) -> int:
    """How many slots a peak may come earlier or later: half of them came within the median distance."""
    peaks = [shape.index(max(shape)) for shape in shapes]
    middle = median(peaks)
    apart = median(abs(peak - middle) for peak in peaks)
    return max(_LOOSE, min(_LOOSE_AT_MOST, math.ceil(apart)))


def ramp_of(kind: CampaignKind) -> timedelta:
    """How long the demand takes from the usual to the campaign's peak; zero is at once."""
    return _RAMPS[kind]


def reaction_time(startup: timedelta) -> timedelta:
    """How long the autoscaler takes from a rise to a serving instance, given the start-up p95."""
    return AUTOSCALER_DELAY + max(startup, timedelta(0))


def sudden_share(kind: CampaignKind, reaction: timedelta) -> float:
    """The share (0..1) of the rise that arrives before the autoscaler has reacted to any of it."""
    ramp = ramp_of(kind)
    return 1.0 if ramp <= reaction else reaction / ramp


def risen_share(kind: CampaignKind, since_start: timedelta) -> float:
    """The share (0..1) of the rise that has arrived `since_start`; none before the start."""
    if since_start < timedelta(0):
        return 0.0
    ramp = ramp_of(kind)
    return 1.0 if since_start >= ramp else since_start / ramp


def shape_of(
    actual: Series, usual: Series, window: Window, meanwhile: Sequence[Window] = ()
) -> tuple[float, tuple[float, ...]]:
    """What a finished campaign teaches: times the usual demand at its height, and its shape.

    Both series in requests/s; each `SHAPE_STEP` of the window counts with the means of its minutes, unless
    another campaign ran then (`meanwhile`). The shape is the share of the highest rise (empty where nothing
    rose), the slots that do not count in line with their neighbours; NaN times where fewer than half count.
    """
    count = math.ceil(window.duration / SHAPE_STEP)
    rises = [_rise(actual, usual, window.start + at * SHAPE_STEP, meanwhile) for at in range(count)]
    known = [at for at, rise in enumerate(rises) if not math.isnan(rise)]
    if not known or len(known) < _ENOUGH * count:
        return math.nan, ()
    top = max(rises[at] for at in known)
    if top <= 0:
        return 1 + top, ()
    return 1 + top, tuple(max(0.0, rise) / top for rise in _bridged(rises, known))


def _bridged(rises: Sequence[float], known: Sequence[int]) -> Iterator[float]:
    """Each rise; an unknown one on the line between those beside it, at the ends the nearest."""
    for at, rise in enumerate(rises):
        after = bisect_left(known, at)
        if not math.isnan(rise) or after in {0, len(known)}:
            yield rises[known[min(after, len(known) - 1)]]
            continue
        left, right = known[after - 1], known[after]
        share = (at - left) / (right - left)
        yield rises[left] * (1 - share) + rises[right] * share


def _rise(actual: Series, usual: Series, start: datetime, meanwhile: Sequence[Window]) -> float:
    slot = Window(start, start + SHAPE_STEP)
    if any(slot.overlaps(other) for other in meanwhile):
        return math.nan
    minutes = [
        start + at * timedelta(minutes=1) for at in range(SHAPE_STEP // timedelta(minutes=1))
    ]
    pairs = [(actual.at(minute), usual.at(minute)) for minute in minutes]
    known = [(came, base) for came, base in pairs if not (math.isnan(came) or math.isnan(base))]
    base = sum(usual for _, usual in known)
    return sum(came for came, _ in known) / base - 1 if base > 0 else math.nan
