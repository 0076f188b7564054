"""Templates about causes in Cloud Run: near the ceiling, failing starts, quota, cost. They never page.

Metrics: reference cloud-run.md §B.1; labels of probes as in Google's list of metrics.
"""

from datetime import timedelta

from bot.core.alert import Severity
from bot.core.thresholds.conditions import Aggregation, Condition, Promql, Threshold
from bot.core.thresholds.parameters import Parameter, Shape, Values
from bot.core.thresholds.scope import Scope, Service, promql_selector
from bot.core.thresholds.template import Template, Watches

_BY = "sum by (service_name, location)"
_INSTANCES = "run_googleapis_com:container_instance_count"
_PROBES = "run_googleapis_com:container_completed_probe_count"
_BILLABLE = "run_googleapis_com:container_billable_instance_time"
_VCPU = "run.googleapis.com/container/cpu/allocation_time"


def _saturated(scope: Scope, values: Values) -> tuple[Condition, ...]:
    """Each service against its own ceiling, which is no metric and so stands in the query as a number."""
    share = values.number("share")
    parts = [_above_share(one, share) for one in scope.services]
    return (Promql("Instances", "\nor\n".join(parts), holds=values.minutes("holds_minutes")),)


def _above_share(service: Service, share: float) -> str:
    one = promql_selector(Scope((service,), regions=(service.region,)))
    return f"({_BY} ({_INSTANCES}{one}) > {share * service.ceiling:.6g})"


def _starts(scope: Scope, values: Values) -> tuple[Condition, ...]:
    failed = promql_selector(scope, probe_type="STARTUP", is_healthy="false")
    query = f"{_BY} (increase({_PROBES}{failed}[10m])) > {values.number('failures'):g}"
    return (Promql("Startup probes", query),)


def _quota(_scope: Scope, values: Values) -> tuple[Condition, ...]:
    """For each region one condition about now and one about the forecast; six is the most of a policy."""
    conditions: list[Condition] = []
    for region, limit in sorted(values.numbers("limits_vcpu").items()):
        match = f'resource.labels.location = "{region}"'
        chosen = f'metric.type = "{_VCPU}" AND resource.type = "cloud_run_revision" AND {match}'
        step = Aggregation(
            timedelta(minutes=5), "ALIGN_RATE", "REDUCE_SUM", ("resource.labels.location",)
        )
        holds = timedelta(minutes=15)
        now = values.number("share") * limit
        horizon = values.hours("horizon_hours")
        conditions += [
            Threshold(f"{region}: now", chosen, step, now, holds),
            Threshold(f"{region}: forecast", chosen, step, limit, holds, horizon),
        ]
    return tuple(conditions)


def _cost(scope: Scope, values: Values) -> tuple[Condition, ...]:
    selector = promql_selector(scope)
    hour = f"{_BY} (rate({_BILLABLE}{selector}[1h]))"
    day = f"{_BY} (rate({_BILLABLE}{selector}[1d]))"
    query = (
        f"{hour} > {values.number('factor'):g} * {day}"
        f"\nand\n{hour} > {values.number('min_instances'):g}"
    )
    return (Promql("Billable instances", query, holds=values.minutes("holds_minutes")),)


CAUSES = (
    Template(
        name="saturation",
        title="near the ceiling",
        watches=Watches.SERVICES,
        severity=Severity.WARNING,
        symptom=False,
        why="The autoscaler can add few more instances; the next wave of requests would have to wait.",
        first_steps=(
            "Raise the ceiling if the downstream systems bear it, or expect waiting requests.",
            "After a change of the ceiling run `headroom alerts apply`: the threshold follows it.",
        ),
        parameters=(
            Parameter("share", "share of the ceiling", 0.85, 0.1, 1),
            Parameter("holds_minutes", "how long it must last", 5.0, 0, 1380),
        ),
        conditions=_saturated,
    ),
    Template(
        name="startup-failures",
        title="instances fail to start",
        watches=Watches.SERVICES,
        severity=Severity.WARNING,
        symptom=False,
        why="New instances fail their startup probe, so capacity is smaller than it looks.",
        first_steps=(
            "Read the logs of the newest revision's first seconds.",
            "Check what it needs to start: secrets, database connections, egress.",
        ),
        parameters=(Parameter("failures", "failed starts within 10 minutes", 3.0, 0, 1e5),),
        conditions=_starts,
    ),
    Template(
        name="quota-near",
        title="vCPU quota nearly used",
        watches=Watches.PROJECT,
        severity=Severity.WARNING,
        symptom=False,
        why="When the region's vCPU quota is used up no instance can start, whatever the ceilings say.",
        first_steps=(
            "Ask for more quota now: it takes days.",
            "Until then lower floors that no campaign needs.",
        ),
        parameters=(
            Parameter("limits_vcpu", "vCPU quota by region", None, 1, 1e6, shape=Shape.NUMBERS),
            Parameter("share", "share of the quota", 0.8, 0.1, 1),
            Parameter("horizon_hours", "how far to forecast", 24.0, 1, 60),
        ),
        conditions=_quota,
    ),
    Template(
        name="cost-anomaly",
        title="costs far more than the day before",
        watches=Watches.SERVICES,
        severity=Severity.WARNING,
        symptom=False,
        why="The last hour was billed for far more instances than the average hour of the last day.",
        first_steps=(
            "Is a campaign live? Then it is meant to be so: Headroom says so in the incident.",
            "Otherwise look for a caller in a loop, a crawler, or a lost maximum.",
        ),
        parameters=(
            Parameter("factor", "times the average of the last 24 hours", 3.0, 1.1, 100),
            Parameter("min_instances", "billable instances below which it does not matter", 10.0),
            Parameter("holds_minutes", "how long it must last", 30.0, 0, 1380),
        ),
        conditions=_cost,
    ),
)
