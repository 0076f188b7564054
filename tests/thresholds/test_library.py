"""The library: every template stands on its own, pages only on symptoms, and keeps to the published limits."""

import re

import pytest

from bot.core.alert import Severity
from bot.core.thresholds.building import desired
from bot.core.thresholds.conditions import Absence, Promql, Threshold
from bot.core.thresholds.library import TEMPLATES
from bot.core.thresholds.parameters import read_values
from bot.core.thresholds.scope import Scope, Service, one_of, promql_selector
from bot.core.thresholds.template import Template
from tests.thresholds.samples import EVERYTHING, FLEET, NEEDED

SCOPE = Scope(
    (Service("cart-api", "europe-west1", 100), Service("checkout-web", "us-central1", 40)),
    ("orders", "invoices"),
    ("nightly",),
)
LIBRARY = list(TEMPLATES.values())


def conditions(template: Template, scope: Scope = SCOPE) -> list[Promql | Threshold | Absence]:
    values, faults = read_values(NEEDED.get(template.name, {}), template.parameters)
    assert not faults
    return list(template.conditions(scope, values))


@pytest.mark.parametrize("template", LIBRARY, ids=lambda one: one.name)
def test_complaint_05_only_symptoms_page(template: Template) -> None:
    """Complaint 5: too noisy out of the box; only symptoms page, causes wait for working hours."""
    pages = template.severity.rank > Severity.WARNING.rank
    assert template.symptom or not pages
    assert template.allows(Severity.CRITICAL) is template.symptom
    assert template.allows(Severity.WARNING)


@pytest.mark.parametrize("template", LIBRARY, ids=lambda one: one.name)
def test_every_template_says_why_and_what_to_do_first(template: Template) -> None:
    assert template.why.endswith(".") and template.first_steps
    assert all(step.endswith((".", "!")) for step in template.first_steps)
    assert re.fullmatch(r"[a-z0-9-]{1,30}", template.name)


@pytest.mark.parametrize("template", LIBRARY, ids=lambda one: one.name)
def test_brackets_in_queries_are_closed(template: Template) -> None:
    texts = [one.query if isinstance(one, Promql) else one.filter for one in conditions(template)]
    for text in texts:
        assert all(text.count(a) == text.count(b) for a, b in ("()", "[]", "{}"))
        assert text.count('"') % 2 == 0


@pytest.mark.parametrize("template", LIBRARY, ids=lambda one: one.name)
def test_queries_are_promql(template: Template) -> None:
    parser = pytest.importorskip("promql_parser", reason="promql-parser is not installed")
    queries = [one.query for one in conditions(template) if isinstance(one, Promql)]
    assert all(parser.parse(query) is not None for query in queries)


def test_everything_with_its_defaults_is_within_the_limits_of_monitoring() -> None:
    assert desired(EVERYTHING, FLEET).problems == ()


def test_the_burn_rate_needs_both_windows_and_enough_requests() -> None:
    (fast,) = conditions(TEMPLATES["errors-burn-fast"])
    assert isinstance(fast, Promql)
    long, short, traffic = fast.query.split("\nand\n")
    assert long.count("[1h]") == 2 and long.endswith("> 0.0144")
    assert short.count("[5m]") == 2 and short.endswith("> 0.0144")
    assert traffic.endswith("> 0.2")
    assert 'response_code_class="5xx"' in long.split(" / ")[0]
    assert "response_code_class" not in long.split(" / ")[1]


def test_the_latency_template_asks_for_the_quantile_of_enough_requests() -> None:
    (slow,) = conditions(TEMPLATES["latency-p95"])
    assert isinstance(slow, Promql)
    assert slow.query.startswith("histogram_quantile(0.95, sum by (service_name, location, le)")
    assert "request_latencies_bucket" in slow.query and "> 1500" in slow.query


def test_saturation_compares_each_service_with_its_own_ceiling() -> None:
    (near,) = conditions(TEMPLATES["saturation"])
    assert isinstance(near, Promql)
    first, second = near.query.split("\nor\n")
    assert 'service_name="cart-api"' in first and "> 85)" in first
    assert 'location=~"us-central1"' in second and "> 34)" in second


def test_the_quota_is_watched_now_and_in_the_forecast_for_each_region() -> None:
    values, _ = read_values(
        {"limits_vcpu": {"europe-west1": 400, "us-central1": 200}, "horizon_hours": 48},
        TEMPLATES["quota-near"].parameters,
    )
    found = TEMPLATES["quota-near"].conditions(SCOPE, values)
    facts = [
        (one.name, one.above, one.horizon.total_seconds() / 3600 if one.horizon else None)
        for one in found
        if isinstance(one, Threshold)
    ]
    assert facts == [
        ("europe-west1: now", 320.0, None),
        ("europe-west1: forecast", 400.0, 48.0),
        ("us-central1: now", 160.0, None),
        ("us-central1: forecast", 200.0, 48.0),
    ]


def test_late_data_is_told_for_each_subscription() -> None:
    (late,) = conditions(TEMPLATES["backlog-age"])
    assert isinstance(late, Threshold)
    assert 'subscription_id = one_of("orders", "invoices")' in late.filter
    assert late.above == 15 * 60
    assert late.aggregation.group_by == ("resource.labels.subscription_id",)


def test_a_job_that_never_succeeds_is_noticed_by_its_silence() -> None:
    (stale,) = conditions(TEMPLATES["job-stale"])
    assert isinstance(stale, Absence)
    assert 'metric.labels.result = "succeeded"' in stale.filter
    (failed,) = conditions(TEMPLATES["job-failures"])
    assert isinstance(failed, Threshold) and failed.above == 0.5


def test_an_own_query_is_checked_for_metrics_that_do_not_exist() -> None:
    (own,) = conditions(TEMPLATES["promql"])
    assert isinstance(own, Promql) and not own.unchecked


def test_regions_narrow_every_selector() -> None:
    narrow = Scope(SCOPE.services, jobs=("nightly",), regions=("europe-west1",))
    assert 'location=~"europe-west1"' in promql_selector(narrow)
    (failed,) = conditions(TEMPLATES["job-failures"], narrow)
    assert isinstance(failed, Threshold)
    assert 'resource.labels.location = "europe-west1"' in failed.filter


@pytest.mark.parametrize(
    ("names", "text"), [(["a"], 'f = "a"'), (["a", "b"], 'f = one_of("a", "b")')]
)
def test_a_filter_names_one_or_several(names: list[str], text: str) -> None:
    assert one_of("f", names) == text
