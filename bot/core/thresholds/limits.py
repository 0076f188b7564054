"""What Cloud Monitoring accepts, checked before anything is sent.

Limits: field documentation of google.cloud.monitoring_v3 (AlertPolicy, NotificationChannel), reference
cloud-run.md §B.4, and Google's pages about PromQL in alerts (retest window at most 24 h).
"""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta

from bot.core.thresholds.documents import Document, Value

MOST_CONDITIONS = 6
_LONGEST_FILTER = 2048
_LONGEST_TEXT, _LARGEST_TEXT = 8192, 10_240  # characters, bytes of UTF-8
_MOST_LINKS, _LONGEST_LINK, _LONGEST_URL = 3, 63, 2083
_LONGEST_TITLE = 512
_MOST_LABELS = 64
_LABEL_KEY = re.compile(r"[a-z][a-z0-9_-]{0,62}")
_LABEL_VALUE = re.compile(r"[a-z0-9_-]{0,63}")
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_HALF_MINUTE = timedelta(seconds=30)
_NOTHING = timedelta()


def faults_of_policy(document: Document) -> tuple[str, ...]:
    """What Cloud Monitoring would refuse, in words; () if nothing."""
    return tuple(
        [
            *_of_title(document),
            *_of_labels(document),
            *_of_documentation(_part(document, "documentation")),
            *_of_conditions(_list(document, "conditions")),
            *_of_strategy(_part(document, "alert_strategy")),
        ]
    )


def _of_title(document: Document) -> Iterator[str]:
    title = str(document.get("display_name", ""))
    if not 0 < len(title) <= _LONGEST_TITLE:
        yield f"the title must have 1 to {_LONGEST_TITLE} characters"


def _of_labels(document: Document) -> Iterator[str]:
    labels = _part(document, "user_labels")
    if len(labels) > _MOST_LABELS:
        yield f"{len(labels)} labels; {_MOST_LABELS} are the most"
    for key, value in labels.items():
        if not _LABEL_KEY.fullmatch(key) or not _LABEL_VALUE.fullmatch(str(value)):
            yield f"the label {key}={value} may only have a-z, 0-9, _ and -, 63 characters at most"


def _of_documentation(documentation: Document) -> Iterator[str]:
    content = str(documentation.get("content", ""))
    if len(content) > _LONGEST_TEXT or len(content.encode()) > _LARGEST_TEXT:
        yield f"the documentation has more than {_LONGEST_TEXT} characters"
    links = _list(documentation, "links")
    if len(links) > _MOST_LINKS:
        yield f"{len(links)} links; {_MOST_LINKS} are the most"
    for link in links:
        if not 0 < len(str(link.get("display_name", ""))) <= _LONGEST_LINK:
            yield f"the title of a link must have 1 to {_LONGEST_LINK} characters"
        if len(str(link.get("url", ""))) > _LONGEST_URL:
            yield f"a link has more than {_LONGEST_URL} characters"


def _of_conditions(conditions: tuple[Document, ...]) -> Iterator[str]:
    if not 1 <= len(conditions) <= MOST_CONDITIONS:
        yield f"{len(conditions)} conditions; a policy has 1 to {MOST_CONDITIONS}"
    for condition in conditions:
        for fault in _of_condition(condition):
            yield f"{condition.get('display_name', '')}: {fault}"


def _of_condition(condition: Document) -> Iterator[str]:
    if promql := _part(condition, "condition_prometheus_query_language"):
        yield from _of_promql(promql)
    if threshold := _part(condition, "condition_threshold"):
        yield from _of_filter(threshold)
        yield from _whole("duration", _span(threshold, "duration"), _MINUTE, _NOTHING, _DAY)
        forecast = _part(threshold, "forecast_options")
        if forecast:
            horizon = _span(forecast, "forecast_horizon")
            yield from _whole("forecast", horizon, _MINUTE, _HOUR, 60 * _HOUR)
    if absent := _part(condition, "condition_absent"):
        yield from _of_filter(absent)
        most = timedelta(hours=23, minutes=30)
        yield from _whole("duration", _span(absent, "duration"), _MINUTE, 2 * _MINUTE, most)


def _of_promql(promql: Document) -> Iterator[str]:
    if not promql.get("query"):
        yield "the query is empty"
    every = _span(promql, "evaluation_interval")
    yield from _whole("evaluation interval", every, _HALF_MINUTE, _HALF_MINUTE, _DAY)
    if not _NOTHING <= _span(promql, "duration") <= _DAY:
        yield "the duration must be from 0 to 24 h"


def _of_filter(body: Document) -> Iterator[str]:
    if len(str(body.get("filter", ""))) > _LONGEST_FILTER:
        yield f"it names too many things (a filter has at most {_LONGEST_FILTER} characters): split it"
    for step in _list(body, "aggregations"):
        period = _span(step, "alignment_period")
        yield from _whole("alignment period", period, _MINUTE, _MINUTE, timedelta(hours=25))


def _of_strategy(strategy: Document) -> Iterator[str]:
    auto_close = _span(strategy, "auto_close")
    if auto_close:
        yield from _whole("auto close", auto_close, _MINUTE, 30 * _MINUTE, 7 * _DAY)


def _whole(
    what: str, span: timedelta, step: timedelta, least: timedelta, most: timedelta
) -> Iterator[str]:
    if not least <= span <= most:
        yield f"the {what} must be from {_words(least)} to {_words(most)}"
    elif span % step:
        yield f"the {what} must be a multiple of {_words(step)}"


def _words(span: timedelta) -> str:
    seconds = span.total_seconds()
    return f"{seconds / 3600:g} h" if seconds >= 3600 else f"{seconds:g} s"


def _span(document: Document, key: str) -> timedelta:
    value = document.get(key)
    return value if isinstance(value, timedelta) else _NOTHING


def _part(document: Document, key: str) -> Mapping[str, Value]:
    value = document.get(key)
    return value if isinstance(value, Mapping) else {}


def _list(document: Document, key: str) -> tuple[Document, ...]:
    value = document.get(key)
    if not isinstance(value, tuple):
        return ()
    return tuple(item for item in value if isinstance(item, Mapping))
