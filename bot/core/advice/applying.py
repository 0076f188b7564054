"""A changed baseline as a holding: then the reconciler writes it, in its own steps and with its own care.

What is above the new baseline is Headroom's to give back; what is below it is Headroom's to raise.
"""

from dataclasses import replace
from datetime import datetime

from bot.core.advice.item import Target
from bot.core.drift import begin_anew
from bot.core.fleet import Workload
from bot.core.holding import Holding


def rebased(before: Holding | None, seen: Workload, target: Target, now: datetime) -> Holding:
    """The holding with `target` as the baseline from now on; `before` must not hold anything.

    The values that are seen count as written, so nobody takes them for somebody else's wish.
    """
    fresh = begin_anew(seen.key, seen, before)
    floor, ceiling = seen.scaling.floor, seen.scaling.ceiling
    return replace(
        fresh,
        baseline=target.floor,
        baseline_ceiling=target.ceiling,
        written=None if floor == target.floor else floor,
        written_ceiling=None if ceiling == target.ceiling else ceiling or 0,
        wanted=target.floor,
        observed=floor,
        observed_at=now,
    )
