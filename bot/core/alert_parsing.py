"""Notifications to alerts: schema versions 1.0 to 1.2, the console's test, billing budgets, oddities.

`identify` runs at the door, before a notification is stored; `parse` when it is ruled on. Neither raises,
whatever was sent. Facts: reference cloud-run.md §B.3; Cloud Billing "programmatic notifications".
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.core import alert_fields as fields
from bot.core.alert import (
    Alert,
    AlertKind,
    Link,
    Metric,
    Notification,
    Policy,
    Resource,
    Severity,
    Unreadable,
)

_TEST_ID = "12345"  # the incident id of every test that the console sends
_LONGEST_ID = 200
_EXCERPT = 1500
_OPEN, _CLOSED = frozenset({"open", "opened"}), frozenset({"closed", "close", "resolved"})
_MOST_LINKS = 3


def identify(
    raw: str, attributes: Mapping[str, str], message_id: str, received_at: datetime
) -> str:
    """The identity of what was sent: the same alert has the same one, whichever way it comes.

    Incident id, state, start and end; of a budget its period and threshold. Tests all look alike, so
    one of theirs is a message, or else a minute. What cannot be read is identified by its content.
    """
    document = fields.document(raw)
    if isinstance(document, dict):
        if _is_budget(document):
            return _budget_identity(document, attributes, message_id or fields.digest(raw))
        if _is_test(document):
            return f"test/{fields.text(message_id) or received_at.strftime('%Y-%m-%dT%H:%M')}"
        incident = fields.part(document, "incident")
        is_open = _state(incident)
        if is_open is not None:
            return _identity(incident, is_open=is_open)
    return f"unreadable/{fields.digest(raw)}"


def parse(notification: Notification) -> Alert | Unreadable:
    """What it says; Unreadable, with the reason, if it is no alert that we know."""
    document = fields.document(notification.raw)
    if document is None:
        return unreadable(notification, "it is not JSON")
    if not isinstance(document, dict):
        return unreadable(notification, "it is JSON, but not an object")
    if _is_budget(document):
        return _budget(document, notification)
    incident = document.get("incident")
    if _is_test(document):
        found = incident if isinstance(incident, dict) else {}
        return _alert(found, notification.identity, AlertKind.TEST, is_open=True)
    if not isinstance(incident, dict):
        return unreadable(notification, "it has no incident in it")
    is_open = _state(incident)
    if is_open is None:
        word = fields.text(incident.get("state"), 40)
        return unreadable(notification, f"its state is neither open nor closed: {word!r}")
    return _alert(incident, notification.identity, AlertKind.INCIDENT, is_open=is_open)


def unreadable(notification: Notification, why: str) -> Unreadable:
    """Kept as it came; `why` is for the person who looks at it."""
    return Unreadable(notification.identity, why, fields.storable(notification.raw)[:_EXCERPT])


def share_passed(identity: str) -> float:
    """The share of a budget (1.0 is all of it) whose passing has that identity; 0 for a forecast alone."""
    *_, passed, _ = ("", *identity.split("/"))
    return _number(passed) or 0.0


def _is_test(document: fields.Document) -> bool:
    version = fields.text(document.get("version")).casefold()
    incident = fields.part(document, "incident")
    return version == "test" or fields.text(incident.get("incident_id")) == _TEST_ID


def _is_budget(document: fields.Document) -> bool:
    return "budgetDisplayName" in document or {"costAmount", "budgetAmount"} <= document.keys()


def _state(incident: fields.Document) -> bool | None:
    """Whether it is open; None if that cannot be told. Without a state, an end says it."""
    word = fields.text(incident.get("state")).casefold()
    if word in _OPEN:
        return True
    if word in _CLOSED:
        return False
    if word or not incident:
        return None
    return fields.instant(incident.get("ended_at")) is None


def _identity(incident: fields.Document, *, is_open: bool) -> str:
    state = "open" if is_open else "closed"
    started = fields.epoch(incident.get("started_at"))
    ended = 0 if is_open else fields.epoch(incident.get("ended_at"))
    return f"monitoring/{_source_id(incident)}/{state}/{started}/{ended}"


def _source_id(incident: fields.Document) -> str:
    """The incident's id; what it is about where there is none."""
    given = fields.text(incident.get("incident_id"), _LONGEST_ID)
    if given:
        return given
    resource, metric = fields.part(incident, "resource"), fields.part(incident, "metric")
    about = [
        fields.text(incident.get("policy_name")),
        fields.text(incident.get("condition_name")),
        *(
            f"{name}={value}"
            for name, value in sorted(fields.labels(resource.get("labels")).items())
        ),
        *(f"{name}={value}" for name, value in sorted(fields.labels(metric.get("labels")).items())),
        str(fields.epoch(incident.get("started_at"))),
    ]
    return f"unnamed-{fields.digest(*about)}"


def _alert(incident: fields.Document, identity: str, kind: AlertKind, *, is_open: bool) -> Alert:
    resource = _resource(incident)
    metadata = fields.part(incident, "metadata")
    policy = _policy(incident)
    user_labels = fields.labels(metadata.get("user_labels"))
    return Alert(
        identity=identity,
        kind=kind,
        source_id=_source_id(incident),
        open=is_open,
        started_at=fields.instant(incident.get("started_at")),
        ended_at=None if is_open else fields.instant(incident.get("ended_at")),
        severity=_severity(incident, metadata, policy),
        policy=policy,
        summary=fields.text(incident.get("summary"), 2000) or policy.subject,
        resource=resource,
        metric=_metric(incident),
        project=_project(incident, resource),
        user_labels=user_labels,
        observed=fields.text(incident.get("observed_value"), 500),
        threshold=fields.text(incident.get("threshold_value"), 500),
        url=_url(incident.get("url")),
    )


def _severity(incident: fields.Document, metadata: fields.Document, policy: Policy) -> Severity:
    """Payloads of before severity was a field say it in labels, or in the subject `[ALERT - Error] …`."""
    subject = policy.subject.removeprefix("[").partition("]")[0].partition(" - ")[2]
    return fields.severity(
        incident.get("severity"),
        policy.labels.get("severity"),
        fields.part(metadata, "user_labels").get("severity"),
        fields.part(metadata, "system_labels").get("severity"),
        subject,
    )


def _policy(incident: fields.Document) -> Policy:
    condition = fields.part(incident, "condition")
    told = incident.get("documentation")
    documentation = told if isinstance(told, dict) else {"content": told}
    name = fields.text(condition.get("name")).partition("/conditions/")[0]
    return Policy(
        title=fields.text(incident.get("policy_name")),
        name=name if "/alertPolicies/" in name else "",
        condition=fields.text(incident.get("condition_name"))
        or fields.text(condition.get("displayName")),
        labels=fields.labels(incident.get("policy_user_labels")),
        documentation=fields.text(documentation.get("content"), fields.LONGEST_TEXT),
        subject=fields.text(documentation.get("subject"), 500),
        links=_links(documentation.get("links")),
    )


def _links(value: Any) -> tuple[Link, ...]:
    given = [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
    links = [
        Link(
            fields.text(one.get("displayName") or one.get("display_name")) or "Link",
            _url(one.get("url")),
        )
        for one in given[:_MOST_LINKS]
    ]
    return tuple(link for link in links if link.url)


def _url(value: Any) -> str:
    """Only what a browser may be sent to."""
    url = fields.text(value, 2000)
    safe = url.startswith(("https://", "http://")) and not set(url) & set('<>|\n\r\t "')
    return url if safe else ""


def _resource(incident: fields.Document) -> Resource:
    resource = fields.part(incident, "resource")
    return Resource(
        type=fields.text(resource.get("type")),
        labels=fields.labels(resource.get("labels")),
        name=fields.text(incident.get("resource_display_name"))
        or fields.text(incident.get("resource_name")),
    )


def _metric(incident: fields.Document) -> Metric:
    metric = fields.part(incident, "metric")
    return Metric(
        type=fields.text(metric.get("type")),
        name=fields.text(metric.get("displayName")),
        labels=fields.labels(metric.get("labels")),
    )


def _project(incident: fields.Document, resource: Resource) -> str:
    return resource.labels.get("project_id", "") or fields.text(incident.get("scoping_project_id"))


def _budget_identity(document: fields.Document, attributes: Mapping[str, str], content: str) -> str:
    source = _budget_source(document, attributes)
    passed = _threshold(document, "alertThresholdExceeded")
    forecast = _threshold(document, "forecastThresholdExceeded")
    if passed is None and forecast is None:
        return f"budget-status/{source}/{fields.text(content)}"
    return f"budget/{source}/{passed}/{forecast}"


def _budget_source(document: fields.Document, attributes: Mapping[str, str]) -> str:
    """One budget in one period."""
    name = fields.text(attributes.get("budgetId")) or fields.digest(
        fields.text(document.get("budgetDisplayName"))
    )
    start = fields.epoch(document.get("costIntervalStart"))
    return f"{name[:_LONGEST_ID]}/{start}"


def _threshold(document: fields.Document, name: str) -> float | None:
    return _number(fields.text(document.get(name)))


def _number(word: str) -> float | None:
    try:
        return float(word)
    except ValueError:
        return None


def _budget(document: fields.Document, notification: Notification) -> Alert:
    attributes = notification.attributes
    passed = _threshold(document, "alertThresholdExceeded")
    forecast = _threshold(document, "forecastThresholdExceeded")
    regular = passed is None and forecast is None
    name = fields.text(document.get("budgetDisplayName")) or "Budget without a name"
    amounts = [fields.text(document.get(one)) for one in ("costAmount", "budgetAmount")]
    currency = fields.text(document.get("currencyCode"), 10)
    start = fields.instant(document.get("costIntervalStart"))
    return Alert(
        identity=notification.identity,
        kind=AlertKind.BUDGET_STATUS if regular else AlertKind.COST,
        source_id=f"budget/{_budget_source(document, attributes)}",
        open=True,
        started_at=start,
        ended_at=None,
        severity=_cost_severity(passed),
        policy=Policy(title=name, condition="Billing budget"),
        summary=_spent(amounts, currency, passed, forecast),
        resource=Resource("billing_account", {}, fields.text(attributes.get("billingAccountId"))),
        observed=amounts[0],
        threshold=amounts[1],
    )


def _cost_severity(passed: float | None) -> Severity:
    """A forecast alone is a warning; the whole budget spent is as bad as it gets."""
    if passed is None or passed < 0.9:
        return Severity.WARNING
    return Severity.CRITICAL if passed >= 1.0 else Severity.ERROR


def _spent(amounts: list[str], currency: str, passed: float | None, forecast: float | None) -> str:
    spent = f"{amounts[0] or '?'} of {amounts[1] or '?'} {currency} spent".replace("  ", " ")
    thresholds = [] if passed is None else [f"{passed:.0%} of the budget is passed"]
    thresholds += [] if forecast is None else [f"{forecast:.0%} is forecast"]
    return "; ".join([spent, *thresholds])
