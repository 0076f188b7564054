"""Every payload that was seen is understood: versions, the console's test, oddities, budgets."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.core.alert import Alert, AlertKind, Link, Severity, Unreadable
from bot.core.alert_parsing import parse
from tests.core_alerts.samples import NOW, notification, payload

STARTED = datetime(2025, 5, 2, 9, 39, 54, tzinfo=UTC)
OPEN: dict[str, Any] = {
    "incident_id": "0.nrwotmyokd9n",
    "scoping_project_id": "cymbal-shop",
    "url": "https://console.cloud.google.com/monitoring/alerting/alerts/0.x?project=p",
    "started_at": 1746178794,
    "ended_at": None,
    "state": "open",
    "severity": "Error",
    "summary": "5xx is above the threshold of 1.000 with a value of 7.000.",
    "observed_value": "7.000",
    "threshold_value": "1",
    "resource": {
        "type": "cloud_run_revision",
        "labels": {"project_id": "p", "service_name": "storefront", "location": "europe-west1"},
    },
    "policy_name": "Errors",
    "policy_user_labels": {"team": "web"},
    "condition": {"name": "projects/p/alertPolicies/1/conditions/2", "displayName": "5xx"},
    "documentation": {
        "content": "Look at the logs.",
        "mime_type": "text/markdown",
        "subject": "[ALERT - Error] Errors",
        "links": [
            {"displayName": "Runbook", "url": "https://example.com/runbook"},
            {"displayName": "Bad", "url": "javascript:alert(1)"},
        ],
    },
}


def read(incident: Any, version: Any = "1.2") -> Alert:
    """The alert in an incident's payload."""
    found = parse(notification({"version": version, "incident": incident}))
    assert isinstance(found, Alert), found
    return found


def test_a_full_payload_is_understood_in_every_part() -> None:
    found = read(OPEN)
    assert (found.kind, found.open, found.started_at, found.ended_at) == (
        AlertKind.INCIDENT,
        True,
        STARTED,
        None,
    )
    assert found.severity is Severity.ERROR
    assert found.policy.name == "projects/p/alertPolicies/1"
    assert found.policy.condition == "5xx"
    assert found.policy.labels == {"team": "web"}
    assert found.policy.documentation == "Look at the logs."
    assert found.policy.links == (Link("Runbook", "https://example.com/runbook"),)
    assert (found.resource.workload, found.resource.region) == ("storefront", "europe-west1")
    assert (found.observed, found.threshold, found.project) == ("7.000", "1", "p")


def test_googles_own_samples_are_closed_alerts() -> None:
    full = parse(notification(payload("google_docs.closed_full.json")))
    cpu = parse(notification(payload("google_sample.closed_cpu.json")))
    assert isinstance(full, Alert) and isinstance(cpu, Alert)
    assert not full.open and not cpu.open
    assert full.ended_at == datetime.fromtimestamp(1577877071, tz=UTC)
    assert full.resource.region == "us-central1"
    assert cpu.policy.title == "test Alert Policy"


def test_version_1_0_with_zero_times_and_a_severity_in_its_labels() -> None:
    found = parse(notification(payload("handwritten.open_5xx_gae_v1.0.json")))
    assert isinstance(found, Alert)
    assert found.open and found.started_at is None
    assert found.severity is Severity.CRITICAL
    assert found.policy.subject.startswith("High rate of 5XX")


def test_a_payload_without_condition_metric_and_times_is_understood() -> None:
    found = parse(notification(payload("handwritten.severity_no_condition.json")))
    assert isinstance(found, Alert)
    assert (found.source_id, found.severity) == ("0.abcd1234", Severity.CRITICAL)
    assert found.resource.labels["service"] == "client-alert-integration"


def test_a_payload_without_an_incident_is_kept_as_it_is() -> None:
    found = parse(notification(payload("handwritten.missing_incident.json")))
    assert isinstance(found, Unreadable)
    assert found.why == "it has no incident in it"
    assert '"1.2"' in found.excerpt


def test_the_consoles_test_is_no_incident() -> None:
    test = {"incident_id": "12345", "state": "OPEN", "started_at": 0, "documentation": "Test",
            "apigee_url": "x", "threshold_value": "10", "observed_value": 11}  # fmt: skip
    for version in ("test", "Test", "1.2"):
        found = read(test, version)
        assert found.kind is AlertKind.TEST
        assert found.policy.documentation == "Test"


@pytest.mark.parametrize(
    ("sentence", "change", "field", "expected"),
    [
        ("an end of 0 is no end", {"ended_at": 0}, "ended_at", None),
        ("a state in capitals", {"state": "OPEN"}, "open", True),
        ("a state is missing, so no end means open", {"state": None}, "open", True),
        ("a state is missing, an end says closed", {"state": "", "ended_at": 5}, "open", False),
        ("seconds as text", {"started_at": "1746178794"}, "started_at", STARTED),
        ("seconds as a decimal", {"started_at": 1746178794.0}, "started_at", STARTED),
        ("milliseconds", {"started_at": 1746178794000}, "started_at", STARTED),
        ("an ISO time", {"started_at": "2025-05-02T09:39:54Z"}, "started_at", STARTED),
        ("an ISO time elsewhere", {"started_at": "2025-05-02T11:39:54+02:00"}, "started_at", STARTED),
        ("nonsense for a time", {"started_at": "soon"}, "started_at", None),
        ("a time beyond the calendar", {"started_at": 10**30}, "started_at", None),
        ("a negative time", {"started_at": -5}, "started_at", None),
        ("true is no time", {"started_at": True}, "started_at", None),
        ("a sentence as value", {"observed_value": "Incident cancelled."}, "observed", "Incident cancelled."),
        ("a number as value", {"observed_value": 7.5}, "observed", "7.5"),
        ("a list as value", {"observed_value": [7]}, "observed", ""),
        ("no severity", {"severity": "No severity", "documentation": ""}, "severity", Severity.NONE),
        ("severity in the subject only", {"severity": None}, "severity", Severity.ERROR),
        ("a severity of their own", {"severity": "P1"}, "severity", Severity.CRITICAL),
        ("a link with a space", {"url": "https://a b"}, "url", ""),
        ("a summary with a NUL", {"summary": "a\x00b"}, "summary", "a\ufffdb"),
        ("a summary with half a character", {"summary": "a\ud800"}, "summary", "a?"),
    ],
)  # fmt: skip
def test_oddities_are_survived(
    sentence: str, change: dict[str, Any], field: str, expected: Any
) -> None:
    assert getattr(read(OPEN | change), field) == expected, sentence


@pytest.mark.parametrize("part", ["condition", "metric", "resource", "metadata", "documentation"])
@pytest.mark.parametrize("wrong", [None, [], "text", 5, {"labels": []}])
def test_a_part_of_the_wrong_type_is_an_empty_part(part: str, wrong: object) -> None:
    assert read(OPEN | {part: wrong}).source_id == "0.nrwotmyokd9n"


def test_an_incident_without_an_id_is_known_by_what_it_is_about() -> None:
    without = {name: value for name, value in OPEN.items() if name != "incident_id"}
    closed = without | {"state": "closed", "ended_at": 1746178999}
    assert read(without).source_id == read(closed).source_id
    assert read(without).source_id != read(without | {"policy_name": "Other"}).source_id


@pytest.mark.parametrize("text", ["", "oops", "[]", "null", '"x"', "5", "{", "[" * 100_000, "NaN"])
def test_what_is_no_payload_is_unreadable(text: str) -> None:
    found = parse(notification(text))
    assert isinstance(found, Unreadable)
    assert found.identity.startswith("unreadable/")


def test_an_unknown_state_is_unreadable_and_says_so() -> None:
    found = parse(notification({"incident": OPEN | {"state": "pending"}}))
    assert isinstance(found, Unreadable)
    assert "'pending'" in found.why


def test_both_ways_have_one_identity_and_the_end_another() -> None:
    opened = notification({"version": "1.2", "incident": OPEN})
    again = notification({"incident": OPEN | {"url": "https://x", "ended_at": 0}, "version": "1.2"})
    closed = notification({"incident": OPEN | {"state": "closed", "ended_at": 1746178999}})
    assert opened.identity == again.identity
    assert opened.identity != closed.identity


BUDGET = {
    "budgetDisplayName": "Shop",
    "costAmount": 91.5,
    "costIntervalStart": "2025-11-01T08:00:00Z",
    "budgetAmount": 100.0,
    "budgetAmountType": "SPECIFIED_AMOUNT",
    "alertThresholdExceeded": 0.9,
    "currencyCode": "USD",
}
ATTRIBUTES = {
    "billingAccountId": "01D4EE-079462-DFD6EC",
    "budgetId": "de72f49d",
    "schemaVersion": "1.0",
}


def test_a_budget_that_passes_a_threshold_is_a_cost_alert() -> None:
    found = parse(notification(BUDGET, attributes=ATTRIBUTES, message_id="7"))
    assert isinstance(found, Alert)
    assert (found.kind, found.open, found.severity) == (AlertKind.COST, True, Severity.ERROR)
    assert found.policy.title == "Shop"
    assert found.summary == "91.5 of 100.0 USD spent; 90% of the budget is passed"
    spent = parse(notification(BUDGET | {"alertThresholdExceeded": 1.0}, attributes=ATTRIBUTES))
    assert isinstance(spent, Alert)
    assert (spent.severity, spent.source_id) == (Severity.CRITICAL, found.source_id)


def test_a_budgets_threshold_counts_once_and_its_regular_reports_are_only_signs_of_life() -> None:
    first = notification(BUDGET, attributes=ATTRIBUTES, message_id="7")
    later = notification(BUDGET | {"costAmount": 92.0}, attributes=ATTRIBUTES, message_id="8")
    assert first.identity == later.identity
    regular = {name: value for name, value in BUDGET.items() if name != "alertThresholdExceeded"}
    status = notification(regular, attributes=ATTRIBUTES, message_id="9")
    found = parse(status)
    assert isinstance(found, Alert)
    assert found.kind is AlertKind.BUDGET_STATUS
    assert status.identity.endswith("/9")


def test_a_forecast_alone_is_a_warning() -> None:
    forecast = BUDGET | {"alertThresholdExceeded": None, "forecastThresholdExceeded": "1.2"}
    found = parse(notification(forecast))
    assert isinstance(found, Alert)
    assert (found.kind, found.severity) == (AlertKind.COST, Severity.WARNING)
    assert "120% is forecast" in found.summary


def test_tests_are_told_apart_by_message_or_minute() -> None:
    test = {"version": "test", "incident": {"incident_id": "12345", "state": "OPEN"}}
    assert notification(test, message_id="1").identity == "test/1"
    assert notification(test).identity == f"test/{NOW:%Y-%m-%dT%H:%M}"


@pytest.mark.parametrize(
    "never",
    [
        "0001-01-01T00:00:00Z",
        "1969-12-31T23:59:59Z",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-14:00",
        253402300799000,
        "253402300799000",
        float("inf"),
        float("nan"),
    ],
)
def test_a_time_that_no_zone_can_show_is_none(never: object) -> None:
    read = parse(notification({"version": "1.2", "incident": OPEN | {"started_at": never}}))
    assert isinstance(read, Alert) and read.started_at is None


def test_a_raw_text_survives_as_json() -> None:
    assert json.loads(notification({"incident": OPEN}).raw)["incident"] == OPEN
