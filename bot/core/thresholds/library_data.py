"""Templates about fresh data, and one for a query of one's own.

Stale data is a symptom: readers of reports and customers waiting for an order feel it. A single failed
run of a job is a cause: most are tried again. Facts: Google's list of metrics (Pub/Sub, Cloud Run jobs).
"""

from datetime import timedelta

from bot.core.alert import Severity
from bot.core.thresholds.conditions import Absence, Aggregation, Condition, Promql, Threshold
from bot.core.thresholds.parameters import Parameter, Shape, Values
from bot.core.thresholds.scope import Scope, one_of
from bot.core.thresholds.template import Template, Watches

_AGE = "pubsub.googleapis.com/subscription/oldest_unacked_message_age_by_region"
_RUNS = "run.googleapis.com/job/completed_execution_count"
_MINUTE = timedelta(minutes=1)


def _backlog(scope: Scope, values: Values) -> tuple[Condition, ...]:
    chosen = f'metric.type = "{_AGE}" AND resource.type = "pubsub_subscription" AND ' + one_of(
        "resource.labels.subscription_id", scope.subscriptions
    )
    step = Aggregation(_MINUTE, "ALIGN_MAX", "REDUCE_MAX", ("resource.labels.subscription_id",))
    age = values.minutes("max_age_minutes").total_seconds()
    holds = values.minutes("holds_minutes")
    return (Threshold("Age of the oldest message", chosen, step, age, holds),)


def _failed(scope: Scope, values: Values) -> tuple[Condition, ...]:
    step = Aggregation(
        values.minutes("within_minutes"), "ALIGN_DELTA", "REDUCE_SUM", ("resource.labels.job_name",)
    )
    chosen = _runs(scope, "failed")
    return (Threshold("Failed executions", chosen, step, values.number("failures") - 0.5),)


def _stale(scope: Scope, values: Values) -> tuple[Condition, ...]:
    step = Aggregation(
        timedelta(minutes=5), "ALIGN_DELTA", "REDUCE_SUM", ("resource.labels.job_name",)
    )
    return (
        Absence(
            "No successful execution",
            _runs(scope, "succeeded"),
            step,
            values.minutes("within_minutes"),
        ),
    )


def _runs(scope: Scope, result: str) -> str:
    parts = [
        f'metric.type = "{_RUNS}"',
        'resource.type = "cloud_run_job"',
        f'metric.labels.result = "{result}"',
        one_of("resource.labels.job_name", scope.jobs),
    ]
    if scope.regions:
        parts.append(one_of("resource.labels.location", scope.regions))
    return " AND ".join(parts)


def _own(_scope: Scope, values: Values) -> tuple[Condition, ...]:
    """Its metrics must exist: a mistyped name would be silent for ever."""
    query, holds = values.text("query").strip(), values.minutes("holds_minutes")
    return (Promql("Query", query, holds=holds, unchecked=False),)


DATA = (
    Template(
        name="backlog-age",
        title="data is late",
        watches=Watches.SUBSCRIPTIONS,
        severity=Severity.ERROR,
        symptom=True,
        why="The oldest message waits longer than data may be old: what depends on it is stale.",
        first_steps=(
            "Are the workers running and acknowledging? A poison message shows as one that is always redelivered.",
            "If they run and fall behind, give them more instances until the backlog is gone.",
        ),
        parameters=(
            Parameter("max_age_minutes", "how old the oldest message may be", 15.0, 1, 10_080),
            Parameter("holds_minutes", "how long it must last", 5.0, 0, 1380),
        ),
        conditions=_backlog,
    ),
    Template(
        name="job-failures",
        title="executions of a job fail",
        watches=Watches.JOBS,
        severity=Severity.WARNING,
        symptom=False,
        why="Executions of a scheduled job failed; if this goes on its data will be stale.",
        first_steps=("Read the log of the failed execution and run it again if that is safe.",),
        parameters=(
            Parameter("failures", "failed executions", 1.0, 1, 1e5),
            Parameter("within_minutes", "within how long", 60.0, 1, 1410),
        ),
        conditions=_failed,
    ),
    Template(
        name="job-stale",
        title="no successful execution for too long",
        watches=Watches.JOBS,
        severity=Severity.ERROR,
        symptom=True,
        why="The job has not succeeded for longer than its data may be old.",
        first_steps=(
            "Did it start at all? If not, look at Cloud Scheduler.",
            "Did it fail? Read the log of its last execution, then run it again.",
        ),
        parameters=(
            Parameter("within_minutes", "the longest time between two successes", None, 5, 1410),
        ),
        conditions=_stale,
    ),
    Template(
        name="promql",
        title="own query",
        watches=Watches.PROJECT,
        severity=Severity.WARNING,
        symptom=True,
        why="A condition that this company wrote itself; its owner knows what it means.",
        first_steps=("Follow the runbook.",),
        parameters=(
            Parameter("query", "a PromQL query that returns what is wrong", shape=Shape.TEXT),
            Parameter("holds_minutes", "how long it must last", 5.0, 0, 1380),
        ),
        conditions=_own,
    ),
)
