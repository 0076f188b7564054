"""A plan as something to draw: demand with its band above, warm instances under the maximum below; for cards and charts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.inputs import Curve
from bot.core.plan import Plan, WorkloadPlan
from bot.core.windows import Window


@dataclass(frozen=True, slots=True)
class Edge:
    """From `at` on, `instances`."""

    at: datetime
    instances: int


@dataclass(frozen=True, slots=True)
class Picture:
    """`demand` is of all workloads together, from the window's start; `warm` and `ceiling` of those that
    are raised (`workloads` of them), and `baseline` what they have without Headroom.
    """

    title: str
    zone: str
    window: Window
    raise_at: datetime
    give_back_at: datetime
    demand: Curve
    warm: tuple[Edge, ...]
    baseline: int
    ceiling: int
    workloads: int

    def warm_at(self, instant: datetime) -> int:
        """How many instances are held at an instant; before and after them the baseline."""
        held = [edge.instances for edge in self.warm if edge.at <= instant]
        return held[-1] if held else self.baseline

    def instants(self) -> list[datetime]:
        """The start of each span of the demand."""
        return [self.window.start + at * self.demand.step for at in range(len(self.demand.usual))]


def picture_of(plan: Plan, title: str, zone: str) -> Picture | None:
    """None where nothing is raised, or where no demand was counted to draw."""
    raised = [workload for workload in plan.workloads if workload.steps]
    curves = [w.inputs.curve for w in plan.workloads if w.inputs and w.inputs.curve]
    if not raised or not curves:
        return None
    return Picture(
        title=title,
        zone=zone,
        window=plan.window,
        raise_at=min(step.window.start for workload in raised for step in workload.steps),
        give_back_at=plan.give_back_at,
        demand=_together(curves),
        warm=_edges(raised, plan.give_back_at),
        baseline=sum(workload.baseline for workload in raised),
        ceiling=sum(workload.ceiling_needed or workload.ceiling for workload in raised),
        workloads=len(raised),
    )


def _together(curves: Sequence[Curve]) -> Curve:
    """All demand added up; the ends of the bands too, as one cause moves all of them."""
    step: timedelta = curves[0].step

    def total(lines: list[tuple[float, ...]]) -> tuple[float, ...]:
        return tuple(map(sum, zip(*lines, strict=False)))

    return Curve(
        step=step,
        usual=total([curve.usual for curve in curves]),
        low=total([curve.low for curve in curves]),
        expected=total([curve.expected for curve in curves]),
        high=total([curve.high for curve in curves]),
    )


def _edges(raised: Sequence[WorkloadPlan], end: datetime) -> tuple[Edge, ...]:
    """Where the sum of the floors changes; the last step is held until capacity is given back."""
    times = sorted({step.window.start for workload in raised for step in workload.steps})
    edges = [Edge(at, sum(workload.held_at(at) for workload in raised)) for at in times]
    return (*edges, Edge(end, sum(workload.baseline for workload in raised)))
