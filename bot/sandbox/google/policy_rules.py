"""What Cloud Monitoring refuses in an alert policy; asked by the sandbox before it keeps one.

Source: the field documentation of google.cloud.monitoring_v3 (AlertPolicy) and reference cloud-run.md §B.4.
Written against the messages themselves, so that the product's own checks are tested, not repeated.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from bot.sandbox.google.filters import parse
from bot.sandbox.google.refusals import bad_argument

_KEY = re.compile(r"[a-z][a-z0-9_-]*")
_VALUE = re.compile(r"[a-z0-9_-]*")
_HORIZON = (timedelta(hours=1), timedelta(hours=60))
_AUTO_CLOSE = (timedelta(minutes=30), timedelta(days=7))


def check_policy(policy: Any, _now: datetime) -> None:
    """Raises an INVALID_ARGUMENT refusal with the first thing that is wrong."""
    for fault in _faults(policy):
        raise bad_argument(f"Field alert_policy.{fault}")


def _faults(policy: Any) -> Iterator[str]:
    if not 1 <= len(policy.conditions) <= 6:
        yield "conditions must have between 1 and 6 entries."
    if len(policy.display_name) > 512:
        yield "display_name must not have more than 512 characters."
    yield from _of_labels(policy.user_labels)
    yield from _of_documentation(policy.documentation)
    for index, condition in enumerate(policy.conditions):
        yield from (f"conditions[{index}].{fault}" for fault in _of_condition(condition))
    auto_close = policy.alert_strategy.auto_close
    if auto_close and not _AUTO_CLOSE[0] <= auto_close <= _AUTO_CLOSE[1]:
        yield "alert_strategy.auto_close must be between 30 minutes and 7 days."


def _of_labels(labels: Any) -> Iterator[str]:
    if len(labels) > 64:
        yield "user_labels must not have more than 64 entries."
    for key, value in labels.items():
        if max(len(key), len(value)) > 63 or not _KEY.fullmatch(key) or not _VALUE.fullmatch(value):
            yield f"user_labels has the invalid entry {key}={value}."


def _of_documentation(documentation: Any) -> Iterator[str]:
    if len(documentation.content) > 8192 or len(documentation.content.encode()) > 10_240:
        yield "documentation.content must not have more than 8192 characters."
    if len(documentation.links) > 3:
        yield "documentation.links must not have more than 3 entries."
    for link in documentation.links:
        if not 1 <= len(link.display_name) <= 63 or len(link.url) > 2083:
            yield "documentation.links has an entry that is too long."


def _of_condition(condition: Any) -> Iterator[str]:
    if "condition_threshold" in condition:
        yield from _of_threshold(condition.condition_threshold)
    if "condition_absent" in condition:
        absent = condition.condition_absent
        yield from _of_filter(absent)
        if absent.duration < timedelta(minutes=2) or absent.duration % timedelta(minutes=1):
            yield "condition_absent.duration must be at least 120s, in whole minutes."
    if "condition_prometheus_query_language" in condition:
        yield from _of_promql(condition.condition_prometheus_query_language)


def _of_threshold(threshold: Any) -> Iterator[str]:
    yield from _of_filter(threshold)
    if threshold.duration % timedelta(minutes=1):
        yield "condition_threshold.duration must be a multiple of a minute."
    if threshold.comparison.name not in {"COMPARISON_GT", "COMPARISON_LT"}:
        yield "condition_threshold.comparison must be COMPARISON_GT or COMPARISON_LT."
    if "forecast_options" in threshold:
        horizon = threshold.forecast_options.forecast_horizon
        if not _HORIZON[0] <= horizon <= _HORIZON[1]:
            yield "condition_threshold.forecast_options must look 1 to 60 hours ahead."


def _of_filter(body: Any) -> Iterator[str]:
    if len(body.filter) > 2048:
        yield "filter must not have more than 2048 characters."
    if len(parse(body.filter).metric_types) != 1:
        yield "filter must specify one metric type."


def _of_promql(promql: Any) -> Iterator[str]:
    if not promql.query.strip():
        yield "condition_prometheus_query_language.query must not be empty."
    every = promql.evaluation_interval
    if every and every % timedelta(seconds=30):
        yield "condition_prometheus_query_language.evaluation_interval must be a multiple of 30s."
