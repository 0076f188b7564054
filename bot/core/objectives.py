"""What groups promise their customers, and how much of the error budget is left; pure, from Monitoring's series.

error budget = (1 - availability) of the requests of the last `days`; 5xx answers use it up.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.experience import Objective
from bot.core.readings import sound
from bot.core.series import Series

_ENOUGH = 0.8


@dataclass(frozen=True, slots=True)
class Kept:
    """One objective: `left` is the share of the error budget that is left (below 0: overdrawn, None: not known).

    `newest` is the end of the newest point. `fast` is the share of the steps whose p95 was as promised. `measured` of `wanted` points.
    """

    objective: Objective
    left: float | None
    fast: float | None
    measured: int
    wanted: int
    sentence: str
    advice: str = ""
    newest: datetime | None = None


def kept(
    objective: Objective,
    title: str,
    requests: Sequence[Series],
    errors: Sequence[Series],
    latencies: Sequence[Series],
) -> Kept:
    """From the series of all workloads of the group; no series of errors where there were requests means none."""
    known, wanted = _points(requests)
    asked, failed = _amount(requests), _amount(errors)
    enough = wanted > 0 and known >= _ENOUGH * wanted and asked > 0
    allowed = asked * (1 - objective.availability)
    left = 1 - failed / allowed if enough and allowed > 0 else None
    fast = _fast(objective, latencies)
    if left is None:
        how = (
            f"too little was measured ({known} of {wanted} points)"
            if wanted
            else "nothing was measured"
        )
        said = f"{title}: {how}, so nothing can be said about its promise."
        return Kept(objective, None, fast, known, wanted, said)
    promise = f"{objective.availability:.4%}".rstrip("0%").rstrip(".") + "%"
    seen = 1 - failed / asked
    said = (
        f"{title}: {_percent(seen)} of requests were answered without error in {_days(objective)}"
        f" (promised {promise}); {_left(left)} of the error budget is left."
    )
    if fast is not None and objective.p95 is not None:
        said += f" p95 was within {objective.p95.total_seconds():g} s in {fast:.0%} of the hours."
    advice = (
        f"{title}: the error budget is used up; hold back risky deploys until it recovers."
        if left <= 0
        else ""
    )
    ends = [last[0] + one.step for one in requests if (last := one.latest()) is not None]
    return Kept(objective, left, fast, known, wanted, said, advice, max(ends, default=None))


def _days(objective: Objective) -> str:
    return "a day" if objective.days == 1 else f"{objective.days} days"


def _points(many: Sequence[Series]) -> tuple[int, int]:
    values = [sound(value) for one in many for value in one.values]
    return sum(1 for value in values if not math.isnan(value)), len(values)


def _amount(many: Sequence[Series]) -> float:
    """Rates per second summed over their time."""
    return math.fsum(
        value * one.step.total_seconds()
        for one in many
        for value in map(sound, one.values)
        if not math.isnan(value)
    )


def _fast(objective: Objective, latencies: Sequence[Series]) -> float | None:
    if objective.p95 is None:
        return None
    values = [sound(value) for one in latencies for value in one.values]
    known = [value for value in values if not math.isnan(value)]
    within = sum(1 for value in known if value <= objective.p95.total_seconds())
    return within / len(known) if known else None


def _percent(share: float) -> str:
    """Never rounded up to a hundred: 99.9996 % is not all."""
    return f"{math.floor(share * 100_000) / 1000:g}%"


def _left(left: float) -> str:
    return f"{left:.0%}" if left > 0 else "nothing"
