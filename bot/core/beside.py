"""Campaigns that are live on one workload at the same time: whose demand is whose, and what all hold; used by loop and steer."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.campaign import Campaign
from bot.core.claiming import claims_on, wanted
from bot.core.claims import Claim
from bot.core.closed_loop import Adjustment, adjusted
from bot.core.plan import Plan, WorkloadPlan
from bot.core.series import Series


@dataclass(frozen=True, slots=True)
class Neighbouring:
    """Another campaign that holds the workload: what was planned for it, and its claims on it now."""

    campaign: Campaign
    plan: Plan
    workload: WorkloadPlan
    claims: tuple[Claim, ...]

    @property
    def holds(self) -> tuple[str, int, tuple[Claim, ...]]:
        """What a decision beside it rests on: whose it is, which plan is in force, and its claims."""
        return self.campaign.id, self.plan.version, self.claims

    def brings(self, at: datetime, now: datetime) -> float:
        """Its own demand at that minute in requests/s, by its forecast and what the loop has made of its claim."""
        if not self.plan.window.contains(at):
            return 0.0
        planned = claims_on(self.workload, self.campaign, give_back_at=self.plan.give_back_at)
        promised = {claim.id: claim.added_rps for claim in planned}
        learnt = sum(
            claim.added_rps - promised.get(claim.id, claim.added_rps)
            for claim in self.claims
            if claim.hold.contains(now)
        )
        return max(0.0, _forecast(self.workload, self.plan.window.start, at) + learnt)


@dataclass(frozen=True, slots=True)
class Beside:
    """A campaign's own plan and claims on a workload, and the claims of the others on it."""

    plan: WorkloadPlan
    own: tuple[Claim, ...]
    others: tuple[Claim, ...]
    now: datetime

    @property
    def alone(self) -> bool:
        """Whether no other campaign holds it now."""
        return not any(claim.hold.contains(self.now) for claim in self.others)

    @property
    def ceiling(self) -> int:
        """The highest maximum that somebody allowed: the workload's own, or what a campaign was lent."""
        lent = [c.ceiling or 0 for c in self.others if c.hold.contains(self.now)]
        return max(self.plan.ceiling, self.plan.ceiling_needed or 0, *lent)

    @property
    def held(self) -> int:
        """What all of them hold now."""
        return self._together(self.own)

    def _together(self, own: Sequence[Claim]) -> int:
        found = wanted(
            [*own, *self.others],
            baseline=self.plan.baseline,
            baseline_ceiling=None,
            ux_floor=0,
            now=self.now,
        )
        return found.floor

    def within(self, change: Adjustment, most: int) -> Adjustment | None:
        """The raise with the highest floor of its own that makes all hold at most `most`; None where none does."""
        before = max((c.floor for c in self.own if c.hold.contains(self.now)), default=0)
        for floor in range(change.floor, before, -1):
            tried = replace(change, floor=floor)
            total = self._together(adjusted(self.own, tried, self.now))
            if total <= most:
                return replace(tried, together=total)
        return None


def own_demand(measured: Series, others: Sequence[Neighbouring], now: datetime) -> Series:
    """The measured demand without what the other campaigns bring; gaps stay gaps."""
    left = [
        value - sum(one.brings(measured.start + place * measured.step, now) for one in others)
        for place, value in enumerate(measured.values)
    ]
    return replace(
        measured, values=tuple(one if math.isnan(one) else max(0.0, one) for one in left)
    )


def _forecast(workload: WorkloadPlan, start: datetime, at: datetime) -> float:
    """What the campaign adds to the usual demand at that minute; at its peak where no curve was kept."""
    curve = workload.inputs.curve if workload.inputs is not None else None
    place = 0 if curve is None else (at - start) // curve.step
    if curve is None or place >= len(curve.expected):
        return max(0.0, workload.expected.expected - workload.usual.expected)
    return max(0.0, curve.expected[place] - curve.usual[place])
