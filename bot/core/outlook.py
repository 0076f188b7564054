"""What the plan of a live campaign expects of one workload minute by minute, then and from now on; used by closed_loop.

The forecast is kept in steps of some minutes or hours, so what is known of a minute is the lowest and the
highest of its step.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.plan import WorkloadPlan
from bot.core.series import Series


@dataclass(frozen=True, slots=True)
class Outlook:
    """The expected demand in requests/s: at `least` and at `most` in each step, held for until `end`.

    `low` is the band's low end as a share of what is expected.
    """

    least: Series
    most: Series
    low: float
    end: datetime

    def low_end(self, at: datetime) -> float:
        """The low end of what was planned for that minute; NaN where that is not known."""
        return self.low * self.least.at(at)

    def rises(self, then: Sequence[datetime], since: datetime) -> float:
        """How many times what was expected `then` is still expected after `since`; infinite if not known."""
        last = self.most.start + len(self.most.values) * self.most.step
        ahead = [value for at, value in self.most.points() if at + self.most.step > since]
        behind = min((self.least.at(at) for at in then), default=math.nan)
        if self.end > last or not ahead or not behind > 0:
            return math.inf
        return max(ahead) / behind


def outlook(plan: WorkloadPlan, start: datetime) -> Outlook | None:
    """`start` is the window's. None where the plan does not say it: no requests, or from an older version."""
    curve = plan.inputs.curve if plan.inputs is not None else None
    if curve is None or not curve.least or plan.expected.expected <= 0 or not plan.steps:
        return None
    return Outlook(
        least=Series(start, curve.step, curve.least),
        most=Series(start, curve.step, curve.expected),
        low=plan.expected.low / plan.expected.expected,
        end=plan.steps[-1].window.end,
    )
