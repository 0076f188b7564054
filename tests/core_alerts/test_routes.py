"""Facets, routes, group keys: who hears what, and what belongs together."""

from dataclasses import replace

import pytest

from bot.core.alert import Alert, AlertKind, Policy, Resource, Severity
from bot.core.alert_rules import AlertRules, Match, Route
from bot.core.routes import FACETS, facets_of, group_key, matches, route_for
from tests.core_alerts.samples import HOUSE, alert


def facets(one: Alert) -> dict[str, str]:
    return dict(facets_of(one, HOUSE.groups))


def test_an_alert_has_every_facet() -> None:
    found = facets(alert())
    assert set(FACETS) <= set(found)
    assert found["workload"] == "storefront"
    assert found["region"] == "europe-west1"
    assert found["kind"] == "incident"


@pytest.mark.parametrize(
    ("sentence", "change", "group"),
    [
        ("by the name of the workload", {}, "web"),
        ("by a label of the policy", {"policy": Policy(labels={"headroom-group": "a"})}, "a"),
        ("by a label of the resource", {"user_labels": {"headroom-group": "b"}}, "b"),
        ("unknown", {"resource": Resource("x", {"service_name": "other"})}, ""),
    ],
)
def test_the_workload_group_of_an_alert(
    sentence: str, change: dict[str, object], group: str
) -> None:
    assert facets(replace(alert(), **change))["group"] == group, sentence  # type: ignore[arg-type]


def test_labels_are_facets_but_cannot_pretend_to_be_ours() -> None:
    labelled = replace(alert(), policy=Policy("Errors", labels={"team": "web", "severity": "none"}))
    assert facets(labelled)["team"] == "web"
    assert facets(labelled)["severity"] == "error"


def test_the_region_is_known_from_a_zone_too() -> None:
    assert Resource("gce_instance", {"zone": "us-central1-c"}).region == "us-central1"
    assert Resource("x", {"region": "europe-west1"}).region == "europe-west1"
    assert Resource("x", {"zone": "nowhere"}).region == "nowhere"
    assert Resource("x").region == ""


@pytest.mark.parametrize(
    ("sentence", "match", "fits"),
    [
        ("nothing asked", Match(), True),
        ("a facet that is equal", Match({"team": "web"}), True),
        ("a pattern", Match({"team": "w*"}), True),
        ("another value", Match({"team": "data"}), False),
        ("a facet that is absent", Match({"scope": "region"}), False),
        ("a facet that must be absent", Match({"scope": ""}), True),
        ("case counts", Match({"team": "WEB"}), False),
        ("one of the severities", Match(severities=frozenset({Severity.ERROR})), True),
        ("another severity", Match({"team": "web"}, frozenset({Severity.CRITICAL})), False),
    ],
)
def test_what_matches(sentence: str, match: Match, fits: bool) -> None:
    assert matches(match, {"team": "web"}, Severity.ERROR) is fits, sentence


def test_the_first_route_that_matches_counts_and_none_means_the_engineers() -> None:
    rules = AlertRules(
        routes=(Route("web", Match({"group": "web"})), Route("critical", Match({"group": "w*"})))
    )
    assert route_for({"group": "web"}, Severity.ERROR, rules).name == "web"
    nobodys = route_for({"group": "data"}, Severity.ERROR, rules)
    assert (nobodys.name, nobodys.channels, nobodys.schedule) == ("everything else", (), "")


def test_group_keys_differ_wherever_a_value_does_even_with_separators_in_it() -> None:
    route = Route("r", group_by=("policy", "group"))
    keys = [
        group_key(route, {"policy": "a|group=b", "group": ""}),
        group_key(route, {"policy": "a", "group": "b"}),
        group_key(route, {"policy": "a", "group": "b|"}),
        group_key(route, {"policy": "a\\", "group": "pb"}),
        group_key(Route("r|policy=a", group_by=("group",)), {"group": "b"}),
    ]
    assert len(set(keys)) == len(keys)


def test_cost_alerts_can_be_routed_by_their_kind() -> None:
    assert facets(replace(alert(), kind=AlertKind.COST))["kind"] == "cost"


def test_a_pattern_of_at_least_one_letter_matches_only_where_there_is_such_a_facet() -> None:
    pages = Match({"headroom-page": "?*"})
    assert matches(pages, {"headroom-page": "front"}, Severity.ERROR)
    assert not matches(pages, {"policy": "p95 latency"}, Severity.ERROR)
