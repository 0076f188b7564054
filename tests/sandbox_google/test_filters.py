"""Cloud Monitoring's filter language."""

import pytest

from bot.sandbox.google.filters import parse
from bot.sandbox.google.refusals import Refusal

LABELS = {
    "metric.type": "run.googleapis.com/request_count",
    "resource.type": "cloud_run_revision",
    "project": "cymbal-shop",
    "resource.labels.service_name": "storefront-web",
    "resource.labels.location": "europe-west1",
    "metric.labels.response_code_class": "2xx",
}


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ('metric.type="run.googleapis.com/request_count"', True),
        ("metric.type = 'run.googleapis.com/request_count'", True),
        ('metric.type = "run.googleapis.com/other"', False),
        ('metric.type != "run.googleapis.com/other"', True),
        ('resource.type = "cloud_run_revision" AND metric.labels.response_code_class="5xx"', False),
        ('resource.label.service_name = "storefront-web"', True),
        ('resource.type = "cloud_run_revision" resource.labels.location = "us-central1"', False),
        ('resource.labels.service_name = one_of("search-api", "storefront-web")', True),
        ('resource.labels.service_name = one_of("search-api","product-api")', False),
        ('resource.labels.service_name != one_of("search-api","product-api")', True),
        ('resource.labels.service_name = starts_with("store")', True),
        ('resource.labels.service_name = ends_with("-web")', True),
        ('resource.labels.service_name = has_substring("front")', True),
        ('resource.labels.service_name : "front"', True),
        ('resource.labels.service_name = monitoring.regex.full_match("store.*|cart-.*")', True),
        ('resource.labels.service_name = monitoring.regex.full_match("store")', False),
        ('NOT resource.labels.location = "us-central1"', True),
        ('-resource.labels.location = "europe-west1"', False),
        (
            '(resource.labels.location = "us-central1" OR resource.labels.location = "europe-west1")'
            ' AND project = "cymbal-shop"',
            True,
        ),
        (
            'project = "other" AND resource.type = "x" OR resource.type = "cloud_run_revision"',
            False,
        ),
        ('resource.labels.missing = ""', True),
        ('metadata.user_labels.team = "web"', False),
    ],
)
def test_a_filter_accepts_what_it_describes_when_it_is_applied(text: str, accepted: bool) -> None:
    assert parse(text).accepts(LABELS) is accepted


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ('metric.type = "a" AND resource.type = "b"', {"a"}),
        ('metric.type = one_of("a", "b")', {"a", "b"}),
        ('metric.type = "a" OR metric.type = "b"', {"a", "b"}),
        ('resource.type = "b"', set()),
    ],
)
def test_the_named_metric_types_are_known_when_a_filter_is_parsed(
    text: str, types: set[str]
) -> None:
    assert parse(text).metric_types == types


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        'metric.type "a"',
        'metric.type = "a" AND',
        '(metric.type = "a"',
        'metric.type = "a")',
        'colour = "red"',
        'metric.type = nearly("a")',
        "metric.type = one_of()",
        'metric.type = one_of("a"',
        'metric.type = "a',
    ],
)
def test_a_filter_is_refused_when_it_cannot_be_read(text: str) -> None:
    with pytest.raises(Refusal, match="filter is not valid"):
        parse(text)
