"""Campaigns that need the same workloads at the same time: who else, how much of it, and who goes first.

Called by policies.judge. What was settled first keeps what it was promised; a later plan has to fit
into what is left, so the arbitration is the order in which campaigns were settled.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.case import Case, OtherCampaign
from bot.core.limits import share_of
from bot.core.plan import WorkloadPlan
from bot.core.verdict import Effect, Finding, Role
from bot.core.windows import Window
from bot.core.wording import say_list


@dataclass(frozen=True, slots=True)
class _Shared:
    """One workload that others hold too: their extra instances, and the demand they add."""

    workload: WorkloadPlan
    others: int
    others_rps: float

    @property
    def total(self) -> int:
        """All of them together: as the planner summed it, else in proportion to the added demand."""
        workload, expected = self.workload, self.workload.expected.expected
        if workload.joint_floor:
            return max(workload.joint_floor, workload.floor)
        if workload.sizing is None or expected <= 0:
            return workload.floor + self.others
        return math.ceil(workload.floor * (1 + self.others_rps / expected))

    @property
    def share(self) -> float:
        ceiling = max(self.workload.ceiling, self.workload.ceiling_needed or 0)
        return share_of(self.total, ceiling)

    @property
    def numbers(self) -> str:
        extra = max(0, self.workload.floor - self.workload.baseline)
        ours = round(100 * extra / max(1, extra + self.others))
        ceiling = max(self.workload.ceiling, self.workload.ceiling_needed or 0)
        name = f"{self.workload.key.name} ({self.workload.key.region})"
        return f"{name} {self.total} of at most {ceiling} instances, {ours} % of the extra ones for this campaign"


def check(case: Case) -> Finding:
    """Allows what fits beside the others, asks engineers when it gets tight, refuses a collision."""
    plan = case.plan
    hold = Window(min(plan.raise_at, plan.window.start), max(plan.give_back_at, plan.window.end))
    others = [other for other in case.facts.others if other.hold.overlaps(hold)]
    shared = _shared(plan.workloads, others)
    if not shared:
        return _fine("No other campaign needs the same workloads then.", "None overlaps.", True)
    meant = {one.workload.key for one in shared}
    who = [other for other in others if any(claim.key in meant for claim in other.claims)]
    names = say_list([f"“{other.name}”" for other in who[:5]])
    tightest = max(shared, key=lambda one: one.share)
    evidence = f"{say_list([one.numbers for one in shared[:5]])}."
    if tightest.share > 1:
        return Finding(
            policy="overlap",
            effect=Effect.REFUSE,
            reason=f"{names} was scheduled first and keeps its place; both together do not fit.",
            evidence=evidence,
            way_out="Take another time, make it smaller, or agree with the other campaign's owner.",
        )
    if tightest.share > case.house.fences.shared_share:
        return Finding(
            policy="overlap",
            effect=Effect.NEEDS_APPROVAL,
            reason=f"Together with {names} this takes nearly all the instances there may be.",
            evidence=evidence,
            way_out="Take another time, or make it smaller.",
            approvers=(Role.ENGINEER,),
        )
    return _fine(f"It fits beside {names}.", evidence, False)


def _shared(workloads: Sequence[WorkloadPlan], others: Sequence[OtherCampaign]) -> list[_Shared]:
    claims = [claim for other in others for claim in other.claims]
    held = {claim.key for claim in claims}
    return [
        _Shared(
            workload,
            sum(claim.extra for claim in claims if claim.key == workload.key),
            sum(claim.added_rps for claim in claims if claim.key == workload.key),
        )
        for workload in workloads
        if workload.steps and workload.key in held
    ]


def _fine(reason: str, evidence: str, quiet: bool) -> Finding:
    return Finding(
        policy="overlap", effect=Effect.ALLOW, reason=reason, evidence=evidence, quiet=quiet
    )
