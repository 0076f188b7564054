"""Google's write quota as a shared budget: who goes first, how long many writes take. Used by the
reconcile flow (a bid for each write that waits) and the planner (time for a fleet-wide raise).

Cloud Run counts write requests per minute, project and region (reference §A.6: 30 in new projects).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.fleet import WorkloadKey

# Google counts a write when it arrives, a moment after it was taken from the budget here.
SPAN = timedelta(seconds=61)
_MOST = 10**8 - 1
_LAST = 10**12 - 1
_FOR_RAISES = 4  # every fourth write is kept for raises; giving back can wait


@dataclass(frozen=True, slots=True)
class Bid:
    """A write that wants to go: the smaller `rank`, the sooner. All digits, so every database sorts alike."""

    key: WorkloadKey
    rank: str


def raise_bid(key: WorkloadKey, *, start: datetime, gap: int) -> Bid:
    """Earliest start first, then the largest gap (instances missing)."""
    return Bid(key, f"{int(start.timestamp()):012d}{_MOST - min(max(gap, 0), _MOST):08d}")


def lower_bid(key: WorkloadKey, *, gap: int) -> Bid:
    """After every raise, the largest surplus first."""
    return Bid(key, f"{_LAST:012d}{_MOST - min(max(gap, 0), _MOST):08d}")


def lane_of(key: WorkloadKey) -> str:
    """The quota that a write of this workload counts against."""
    return f"{key.project}/{key.region}"


def for_lowering(per_minute: int) -> int:
    """How much of the budget giving back may use; at least one, or nothing would ever go back."""
    return max(min(1, per_minute), per_minute - per_minute // _FOR_RAISES)


def counting(taken: Sequence[datetime], now: datetime) -> tuple[datetime, ...]:
    """The writes that still count at `now`, oldest first.

    One of the future was made before the clock was set back: it counts as made now, or nobody could
    write until that time has come again.
    """
    return tuple(sorted(min(at, now) for at in taken if at > now - SPAN))


def turn(taken: Sequence[datetime], ahead: int, per_minute: int, now: datetime) -> datetime:
    """When a write with `ahead` others before it may go: `now`, or later.

    `taken` are the writes already made; each frees its place SPAN later.
    """
    if per_minute <= 0:
        return now + SPAN
    recent = counting(taken, now)[-per_minute:]
    free = per_minute - len(recent)
    if ahead < free:
        return now
    places = [*recent, *([now] * free)]
    round_, place = divmod(ahead - free, per_minute)
    return places[place] + SPAN * (round_ + 1)


def writing_time(keys: Iterable[WorkloadKey], per_minute: int) -> timedelta:
    """How long the budget needs for one write to each: the first minute's worth goes at once."""
    busiest = max(Counter(lane_of(key) for key in keys).values(), default=0)
    return SPAN * max(0, -(-busiest // max(1, per_minute)) - 1)
