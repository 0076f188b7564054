"""Every number of a plan with its formula, source and uncertainty; shown by the Why? modal and `headroom plan --explain`."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core import explained_money as costs
from bot.core.capacity import at_full, by_model_per_rps, round_up
from bot.core.explained import Line
from bot.core.fleet import WorkloadKey
from bot.core.grounds import rps, span
from bot.core.inputs import Inputs, Lead
from bot.core.plan import Band, Driver, Plan, Sizing, WorkloadPlan
from bot.core.wording import say_clock, say_list, say_number


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a plan with its numbers; `key` is None for the plan as a whole."""

    title: str
    lines: tuple[Line, ...]
    key: WorkloadKey | None = None


def explanation(plan: Plan, zone: str) -> tuple[Section, ...]:
    """The plan as a whole, then its workloads, those that are raised first; times are said in `zone`."""
    ordered = sorted(plan.workloads, key=lambda w: (not w.steps, w.baseline - w.floor, w.key))
    whole = Section("The plan", tuple(_whole(plan, zone)))
    return (whole, *(_section(workload, zone) for workload in ordered))


def _whole(plan: Plan, zone: str) -> list[Line]:
    lines = []
    if plan.uplift is not None:
        band = plan.uplift.expected
        lines.append(
            Line(
                label="Times the usual demand",
                value=f"×{_times(band.expected)}",
                formula="1 + (said - 1) × the error that earlier campaigns of the kind had",
                source=plan.uplift.sentence,
                uncertainty=f"×{_times(band.low)} to ×{_times(band.high)} in 24 of 25 cases",
            )
        )
    if plan.lead is not None:
        lines.append(_lead_time(plan, plan.lead, zone))
    return [*lines, *costs.of_plan(plan)]


def _lead_time(plan: Plan, lead: Lead, zone: str) -> Line:
    writes = f" + writes {span(lead.writes)}" if lead.writes else ""
    return Line(
        label="Lead time",
        value=f"{span(plan.window.start - plan.raise_at)}, from {say_clock(plan.raise_at, zone)} on",
        formula=f"start-up {span(lead.startup)} + metrics' delay {span(lead.metric_delay)}"
        f" + time to fix {span(lead.time_to_fix)}{writes}, in whole minutes",
        source="slowest start-up p95 of what is raised; Cloud Monitoring; headroom.yaml (timing)",
    )


def _section(workload: WorkloadPlan, zone: str) -> Section:
    title = f"{workload.key.name} ({workload.key.region})"
    return Section(title, tuple(_lines(workload, zone)), workload.key)


def _lines(workload: WorkloadPlan, zone: str) -> list[Line]:
    inputs = workload.inputs
    if inputs is None:
        return [Line("Instances", str(workload.floor), "", " ".join(workload.evidence))]
    lines: list[Line] = []
    if workload.sizing is not None:
        lines += [_usual(workload, inputs), _expected(workload)]
        lines += _by_model(workload, workload.sizing)
        lines += [_arrival(inputs), _sudden(workload.sizing, inputs), _start(inputs)]
    lines += [_floor(workload, inputs, zone), *_ceiling(workload)]
    return [*lines, *costs.of_workload(workload, inputs)]


def _usual(workload: WorkloadPlan, inputs: Inputs) -> Line:
    weeks = workload.weeks or 0
    source = "Cloud Monitoring, requests: "
    source += f"{weeks} earlier weeks" if weeks else "the last day, as no earlier week was measured"
    if inputs.left_out:
        source += f", {inputs.left_out} left out because they stand out"
    formula = "highest point of the median of the weeks, same weekday and time of day"
    if inputs.growth_per_week:
        formula += f", carried on by {inputs.growth_per_week:+.0%} a week"
    return Line(
        label="Usual demand",
        value=rps(workload.usual.expected),
        formula=formula if weeks else "highest point at the same time of day",
        source=source,
        uncertainty=f"{_range(workload.usual)} (×{inputs.low:.2f} to ×{inputs.high:.2f})",
    )


def _expected(workload: WorkloadPlan) -> Line:
    band = workload.expected
    return Line(
        label="Expected demand",
        value=rps(band.expected),
        formula="usual × (1 + (times - 1) × the share that has arrived), at its highest",
        source="the usual demand and the times above",
        uncertainty=f"{_range(band)}: both uncertainties together, in squares of logarithms",
    )


def _by_model(workload: WorkloadPlan, sizing: Sizing) -> list[Line]:
    """What each of the three ways of sizing says; the largest decides."""
    demand, need = workload.expected.expected, workload.need
    lines = []
    if sizing.cpu_seconds > 0:
        lines.append(
            Line(
                label="By CPU",
                value=_instances(need.by_cpu),
                formula=f"{_count(demand)} × {sizing.cpu_seconds * 1000:.3g} ms ÷ ({sizing.vcpu:g} vCPU × "
                f"{sizing.cpu_target:.0%}), rounded up",
                source="CPU utilization × instances × vCPU ÷ requests, median of the last day's busy"
                " times; the target is the service's own",
            )
        )
    if sizing.latency_seconds > 0:
        lines.append(
            Line(
                label="By concurrency",
                value=_instances(need.by_concurrency),
                formula=f"{_count(demand)} × {sizing.latency_seconds * 1000:.3g} ms ÷ ({sizing.concurrency} at "
                f"once × {sizing.concurrency_target:.0%}), rounded up",
                source="p95 latency of the last day's busy times; the service's own concurrency and target",
            )
        )
    return [*lines, _by_history(demand, sizing), _spare(workload, sizing)]


def _by_history(demand: float, sizing: Sizing) -> Line:
    seen = sizing.instances_per_rps
    if seen <= 0:
        why = "the last day had too few instances above the floor to count"
        return Line("By history", "does not count", "", why)
    model = by_model_per_rps(sizing)
    apart = f"{seen / model:.1f} times what the model says" if model > 0 else "no model to compare"
    return Line(
        label="By history",
        value=_instances(round_up(demand * seen)),
        formula=f"{_count(demand)} ÷ {1 / seen:.3g} requests/s that one instance carried, rounded up",
        source="busy instances ÷ requests at the last day's busiest times",
        uncertainty=f"{apart}; above 2 an engineer is asked",
    )


def _spare(workload: WorkloadPlan, sizing: Sizing) -> Line:
    driver = workload.need.driver
    decides = "" if driver is Driver.NOTHING else f" ({driver} decides)"
    full = round_up(workload.expected.high * by_model_per_rps(at_full(sizing)))
    return Line(
        label="Needed at the peak",
        value=_instances(workload.need.instances),
        formula=f"the largest of these{decides} + {sizing.spare:.0%} spare, or {full} for the high end of the"
        " forecast without anybody queueing; the larger",
        source="headroom.yaml (spare)",
    )


def _arrival(inputs: Inputs) -> Line:
    if not inputs.shapes:
        return Line(
            label="Time to the peak",
            value=span(inputs.to_peak),
            formula="the default of the kind",
            source="assumed",
            uncertainty="no finished campaign of the kind was measured yet",
        )
    seen = "one" if inputs.shapes == 1 else f"{inputs.shapes}"
    return Line(
        label="Time to the peak",
        value=span(inputs.to_peak),
        formula="the median shape of the rise, in steps of five minutes",
        source=f"how the last {seen} of the kind arrived",
        uncertainty=f"each step is trusted to come {span(inputs.loose)} earlier or later",
    )


def _sudden(sizing: Sizing, inputs: Inputs) -> Line:
    return Line(
        label="Comes before new instances serve",
        value=rps(inputs.sudden),
        formula=f"the highest demand where it outruns the autoscaler, which needs {span(inputs.reaction)}"
        " (two minutes and one start-up)",
        source="the time to the peak; the autoscaler's one-minute averages",
        uncertainty=f"taken at its high end; {_instances(inputs.already)} run anyway at the opening",
    )


def _start(inputs: Inputs) -> Line:
    measured = inputs.startup_measured
    return Line(
        label="Start-up",
        value=span(inputs.startup),
        formula="p95, four minutes at most",
        source="container startup latency of the last day" if measured else "assumed",
        uncertainty="" if measured else "no start was measured in the last day",
    )


def _floor(workload: WorkloadPlan, inputs: Inputs, zone: str) -> Line:
    steps = [
        f"{step.floor} from {say_clock(step.window.start, zone)} to {say_clock(step.window.end, zone)}"
        for step in workload.steps
    ]
    least = f"never below {inputs.present} that stand anyway"
    if inputs.ux_floor:
        least += f" and {inputs.ux_floor} that the house wants"
    if workload.joint_floor:
        least += f"; with the other campaigns there, {workload.joint_floor} together"
    formula = f"what must be warm when demand outruns the autoscaler, {least}"
    if workload.sizing is None:
        formula = f"its {inputs.seen_instances or inputs.present} instances × the times, {least}"
    return Line(
        label="Floor",
        value=say_list(steps) if steps else f"stays at {workload.floor}",
        formula=formula,
        source=" ".join(workload.evidence[:1]) if not steps else "the numbers above",
    )


def _ceiling(workload: WorkloadPlan) -> list[Line]:
    if workload.ceiling_needed is None:
        return []
    return [
        Line(
            label="Maximum",
            value=f"{workload.ceiling} to {workload.ceiling_needed}",
            formula="needed at the peak ÷ 90 %, as a forecast may be a little wrong",
            source="the service's maximum as it is set now",
        )
    ]


def _range(band: Band) -> str:
    return f"{_count(band.low)} to {_count(band.high)}"


def _count(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == 0 else say_number(round(value, 2))


def _instances(count: int) -> str:
    return f"{count:,} instance" if count == 1 else f"{count:,} instances"


def _times(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def as_text(sections: Sequence[Section]) -> str:
    """For a terminal: one number a line, its formula, source and uncertainty under it."""
    lines: list[str] = []
    for section in sections:
        lines += ["", section.title, "-" * len(section.title)]
        for line in section.lines:
            lines.append(f"{line.label}: {line.value}")
            lines += [f"    {said}" for said in line.grounds]
    return "\n".join(lines[1:])
