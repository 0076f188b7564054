"""The conditions of alert policies as frozen values, and as documents in the fields of the published messages.

Facts: google.cloud.monitoring_v3 AlertPolicy.Condition (field documentation), reference cloud-run.md §B.4.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import assert_never

from bot.core.thresholds.documents import Document, Value

MINUTE = timedelta(minutes=1)
NO_TIME = timedelta()


@dataclass(frozen=True, slots=True)
class Promql:
    """Firing for each series that `query` returns, once it does so for `holds`.

    `unchecked` lets the policy be made before the metric was ever written.
    """

    name: str
    query: str
    holds: timedelta = NO_TIME
    every: timedelta = MINUTE
    unchecked: bool = True


@dataclass(frozen=True, slots=True)
class Aggregation:
    """One step of alignment and reduction, by Cloud Monitoring's own names."""

    period: timedelta
    aligner: str
    reducer: str = ""
    group_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Threshold:
    """Firing for each series above `above` for `holds`; with `horizon`: forecast to be so within it."""

    name: str
    filter: str
    aggregation: Aggregation
    above: float
    holds: timedelta = NO_TIME
    horizon: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Absence:
    """Firing for each series that has no point for `holds`."""

    name: str
    filter: str
    aggregation: Aggregation
    holds: timedelta


Condition = Promql | Threshold | Absence


def document_of(condition: Condition) -> Document:
    """As the message AlertPolicy.Condition."""
    match condition:
        case Promql():
            body: dict[str, Value] = {
                "query": condition.query,
                "duration": condition.holds,
                "evaluation_interval": condition.every,
                "disable_metric_validation": condition.unchecked,
            }
            return _condition(condition, "condition_prometheus_query_language", body)
        case Threshold():
            body = _series(condition) | {
                "comparison": "COMPARISON_GT",
                "threshold_value": condition.above,
            }
            if condition.horizon is not None:
                body["forecast_options"] = {"forecast_horizon": condition.horizon}
            return _condition(condition, "condition_threshold", body)
        case Absence():
            return _condition(condition, "condition_absent", _series(condition))
        case _:
            assert_never(condition)


def _condition(condition: Condition, kind: str, body: Document) -> Document:
    return {"display_name": condition.name, kind: body}


def _series(condition: Threshold | Absence) -> dict[str, Value]:
    step = condition.aggregation
    return {
        "filter": condition.filter,
        "aggregations": (
            {
                "alignment_period": step.period,
                "per_series_aligner": step.aligner,
                "cross_series_reducer": step.reducer,
                "group_by_fields": step.group_by,
            },
        ),
        "duration": condition.holds,
        "trigger": {"count": 1},
    }
