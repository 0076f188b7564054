"""From alerts and the fleet to wanted resources; and what Cloud Monitoring would refuse."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given

from bot.core.alert import Severity
from bot.core.thresholds.building import Problem, desired, rehearsed
from bot.core.thresholds.documents import Document, Value, flat
from bot.core.thresholds.limits import faults_of_policy
from bot.core.thresholds.resources import Kind, Wanted, labels_of
from bot.core.thresholds.spec import AlertSet, AlertSpec, ChannelSpec, ChannelType, Watched
from tests.thresholds.samples import FLEET, HOOK, TOPIC, alert, alert_set, random_sets


def built(spec: AlertSpec) -> Wanted:
    """The policy of one alert."""
    wished = desired(alert_set(spec), FLEET)
    assert not wished.problems
    return next(one for one in wished.resources if one.kind is Kind.POLICY)


def test_a_policy_says_whose_it_is_and_what_it_is_about() -> None:
    labels = labels_of(built(alert("latency-p95")).document)
    assert labels == {
        "managed-by": "headroom",
        "headroom-set": "shop",
        "headroom-id": "checkout-latency-p95",
        "headroom-template": "latency-p95",
        "headroom-group": "checkout",
        "owner": "payments",
    }


def test_a_policy_explains_itself_to_whoever_is_woken() -> None:
    document = built(alert("pending-requests")).document
    leaves = flat(document)
    content = str(leaves["documentation.content"])
    assert content.startswith("Requests wait because no instance is free")
    assert "1. " in content and "Owner: Payments team (#payments)" in content
    assert "`checkout-pending-requests` in alerts.yaml" in content
    assert leaves["documentation.links[Runbook].url"] == "https://runbooks.example/checkout"


def test_a_policy_tells_when_it_is_over() -> None:
    """Complaint 6: the end of an alert is told, so that one message can show both."""
    leaves = flat(built(alert("latency-p95")).document)
    assert leaves["alert_strategy.notification_prompts"] == ("OPENED", "CLOSED")
    assert leaves["alert_strategy.auto_close"] == timedelta(hours=1)


@pytest.mark.parametrize(
    ("severity", "word"),
    [
        (Severity.CRITICAL, "CRITICAL"),
        (Severity.ERROR, "ERROR"),
        (Severity.WARNING, "WARNING"),
    ],
)
def test_severity_is_written_in_monitorings_words(severity: Severity, word: str) -> None:
    spec = replace(alert("latency-p95"), severity=severity)
    assert built(spec).document["severity"] == word


def test_a_group_is_its_services_and_no_worker_pools() -> None:
    leaves = flat(built(alert("errors-burn-slow")).document)
    query = str(leaves["conditions[Error budget].condition_prometheus_query_language.query"])
    assert 'service_name=~"checkout-web|payment-gateway"' in query


def test_workloads_of_their_own_alert_are_left_out_of_the_groups() -> None:
    spec = replace(
        alert("saturation"), watched=Watched("Checkout", "checkout", without=("checkout-web",))
    )
    assert "checkout-web" not in str(built(spec).document)
    named = replace(alert("saturation"), watched=Watched("One", workloads=("checkout-web",)))
    assert "payment-gateway" not in str(built(named).document)


def test_regions_narrow_the_services_of_a_group() -> None:
    watched = Watched("Web", "web", regions=("us-central1",))
    text = str(built(replace(alert("saturation"), watched=watched)).document)
    assert "> 42.5" in text and "europe-west1" not in text


@pytest.mark.parametrize(
    ("watched", "named"),
    [
        (Watched("Nothing", "nobody"), "the group nobody"),
        (Watched("Order pipeline", "pipeline"), "the group pipeline"),
        (Watched("One", workloads=("gone",)), "gone"),
        (Watched("Web", "web", regions=("asia-east1",)), "the group web in asia-east1"),
    ],
)
def test_an_alert_without_a_service_is_a_problem_and_not_a_policy(
    watched: Watched, named: str
) -> None:
    wished = desired(alert_set(replace(alert("latency-p95"), watched=watched)), FLEET)
    why = f"no Cloud Run service was found for {named}"
    assert wished.problems == (Problem("checkout-latency-p95", why),)
    assert {one.kind for one in wished.resources} == {Kind.CHANNEL}


def test_channels_are_wanted_first_and_never_hold_their_secret() -> None:
    first, second, policy = desired(alert_set(alert("latency-p95")), FLEET).resources
    assert (first.id, second.id, policy.id) == ("topic", "hook", "checkout-latency-p95")
    assert first.document["labels"] == {"topic": TOPIC.target}
    assert second.document["labels"] == {"url": HOOK.target, "username": "monitoring"}
    assert (first.secret, second.secret) == ("", "HOOK_PASSWORD")


def test_an_existing_channel_is_only_referred_to() -> None:
    name = "projects/cymbal-shop/notificationChannels/77"
    pager = ChannelSpec("pager", ChannelType.EXISTING, name)
    spec = replace(alert("latency-p95"), channels=("pager", "topic"))
    wished = desired(AlertSet("shop", "cymbal-shop", (TOPIC, pager), (spec,)), FLEET)
    assert [one.id for one in wished.resources] == ["topic", spec.id]
    assert wished.resources[-1].document["notification_channels"] == (name, "topic")


def test_too_many_regions_are_found_without_any_network() -> None:
    spec = alert("quota-near", limits_vcpu=dict.fromkeys(("a", "b", "c", "d"), 10.0))
    (problem,) = rehearsed(alert_set(spec))
    assert problem.why == "8 conditions; a policy has 1 to 6"


def test_a_filter_that_names_too_many_things_says_so() -> None:
    jobs = tuple(f"nightly-report-number-{number}" for number in range(100))
    spec = replace(alert("job-failures"), watched=Watched("Jobs", jobs=jobs))
    (problem,) = rehearsed(alert_set(spec))
    assert "names too many things" in problem.why and problem.why.endswith("split it")


@given(random_sets())
def test_whatever_is_configured_keeps_to_the_limits(chosen: AlertSet) -> None:
    wished = desired(chosen, FLEET)
    assert wished.problems == rehearsed(chosen) == ()
    assert len(wished.resources) == len(chosen.alerts) + 2


GOOD: Document = built(alert("backlog-age")).document


def changed(path: str, value: Value) -> Document:
    """The good policy with one leaf replaced; path of keys and positions."""

    def put(node: Value, keys: list[str]) -> Value:
        if not keys:
            return value
        if isinstance(node, tuple):
            place = int(keys[0])
            return (*node[:place], put(node[place], keys[1:]), *node[place + 1 :])
        assert isinstance(node, dict)
        return {**node, keys[0]: put(node.get(keys[0], {}), keys[1:])}

    made = put(GOOD, path.split("/"))
    assert isinstance(made, dict)
    return made


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        ("display_name", "", "the title must have 1 to 512 characters"),
        ("display_name", "x" * 513, "the title must have 1 to 512 characters"),
        ("user_labels", {"Team": "a"}, "the label Team=a may only have"),
        ("user_labels", {"team": "a b"}, "the label team=a b may only have"),
        ("user_labels", {f"k{n}": "v" for n in range(65)}, "65 labels; 64 are the most"),
        ("documentation/content", "ß" * 8193, "the documentation has more than 8192"),
        ("documentation/links", ({"display_name": "a"},) * 4, "4 links; 3 are the most"),
        ("documentation/links/0/display_name", "x" * 64, "the title of a link must have"),
        ("documentation/links/0/url", "x" * 2084, "a link has more than 2083"),
        ("conditions", (), "0 conditions; a policy has 1 to 6"),
        ("conditions/0/condition_threshold/duration", timedelta(seconds=90), "multiple of 60 s"),
        ("conditions/0/condition_threshold/duration", timedelta(days=2), "from 0 s to 24 h"),
        (
            "conditions/0/condition_threshold/forecast_options",
            {"forecast_horizon": timedelta(hours=61)},
            "the forecast must be from 1 h to 60 h",
        ),
        ("conditions/0/condition_threshold/filter", "x" * 2049, "names too many things"),
        (
            "conditions/0/condition_threshold/aggregations/0/alignment_period",
            timedelta(seconds=30),
            "the alignment period must be from 60 s to 25 h",
        ),
        (
            "conditions/0/condition_prometheus_query_language",
            {"query": "", "evaluation_interval": timedelta(seconds=45)},
            "the query is empty; Age of the oldest message: the evaluation interval must be a multiple",
        ),
        (
            "conditions/0/condition_absent",
            {"filter": "x", "duration": timedelta(hours=24)},
            "the duration must be from 120 s to 23.5 h",
        ),
        ("alert_strategy/auto_close", timedelta(minutes=5), "from 1800 s to 168 h"),
    ],
)
def test_what_monitoring_would_refuse_is_said_before(path: str, value: Value, fault: str) -> None:
    assert fault in "; ".join(faults_of_policy(changed(path, value)))


def test_a_good_policy_has_no_faults() -> None:
    assert faults_of_policy(GOOD) == ()
