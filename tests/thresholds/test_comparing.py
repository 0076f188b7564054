"""Wanted against found: what is created, changed field by field, deleted, and left alone."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.thresholds.building import Desired, Problem, desired
from bot.core.thresholds.comparing import Act, Change, Comparison, FieldChange, compare, normalized
from bot.core.thresholds.documents import Document, Value
from bot.core.thresholds.resources import Found, Kind
from bot.core.thresholds.spec import AlertSet
from tests.thresholds.samples import FLEET, alert, alert_set, random_sets

SET = alert_set(alert("latency-p95"))
POLICY = "checkout-latency-p95"


def written(chosen: AlertSet) -> tuple[Found, ...]:
    """Cloud Monitoring as it is after everything was applied."""
    names: dict[str, str] = {}
    made = []
    for number, change in enumerate(compare(desired(chosen, FLEET), (), chosen.name).changes):
        assert change.document is not None
        document = dict(change.document)
        if change.kind is Kind.CHANNEL:
            names[change.id] = f"channels/{number}"
        else:
            document["notification_channels"] = tuple(
                names[str(one)]
                for one in document["notification_channels"]  # type: ignore[union-attr]
            )
        made.append(Found(change.kind, names.get(change.id, f"policies/{number}"), document))
    return tuple(made)


def against(found: tuple[Found, ...], chosen: AlertSet = SET) -> Comparison:
    """The comparison of a set with what was found."""
    return compare(desired(chosen, FLEET), found, chosen.name)


def edited(found: tuple[Found, ...], **fields: Value) -> tuple[Found, ...]:
    """Somebody set top-level fields of the policy."""
    return tuple(
        replace(one, document={**one.document, **fields}) if one.kind is Kind.POLICY else one
        for one in found
    )


def test_everything_is_created_when_nothing_is_there() -> None:
    changes = against(()).changes
    assert [(one.act, one.id) for one in changes] == [
        (Act.CREATE, "topic"),
        (Act.CREATE, "hook"),
        (Act.CREATE, POLICY),
    ]


@given(random_sets())
def test_nothing_differs_after_everything_was_written(chosen: AlertSet) -> None:
    comparison = against(written(chosen), chosen)
    assert comparison.changes == ()
    assert comparison.unchanged == len(chosen.alerts) + 2


def test_a_changed_threshold_is_one_field_and_one_mask() -> None:
    new = alert_set(alert("latency-p95", holds_minutes=20.0))
    (change,) = against(written(SET), new).changes
    path = "conditions[Latency].condition_prometheus_query_language.duration"
    assert change.fields == (FieldChange(path, "10 min", "20 min"),)
    assert change.mask == ("conditions", "user_labels")  # the mark of what was written changes too
    assert not change.drifted


def test_somebodys_change_is_drift_and_only_that_is_put_back() -> None:
    (change,) = against(edited(written(SET), severity="CRITICAL", enabled=False)).changes
    assert change.drifted
    assert change.mask == ("enabled", "severity")
    assert change.fields == (
        FieldChange("enabled", "no", "yes"),
        FieldChange("severity", "CRITICAL", "ERROR"),
    )


def test_drift_is_told_apart_from_a_change_of_the_file_when_both_happen() -> None:
    new = alert_set(alert("latency-p95", threshold_ms=700.0))
    found = edited(written(SET), severity="CRITICAL")
    (change,) = against(found, new).changes
    assert change.drifted
    assert {field.path.split(".")[0] for field in change.fields} >= {"severity"}


def test_a_field_that_we_never_set_is_seen_too() -> None:
    strategy: Document = {
        "auto_close": timedelta(hours=1),
        "notification_prompts": ("OPENED", "CLOSED"),
        "notification_channel_strategy": ({"renotify_interval": timedelta(hours=2)},),
    }
    (change,) = against(edited(written(SET), alert_strategy=strategy)).changes
    path = "alert_strategy.notification_channel_strategy[0].renotify_interval"
    assert change.fields == (FieldChange(path, "2 h", ""),)


def test_labels_that_people_add_are_kept_and_are_no_difference() -> None:
    found = written(SET)
    policy = next(one for one in found if one.kind is Kind.POLICY)
    theirs = edited(found, user_labels={**policy.labels, "cost-centre": "42"})
    assert against(theirs).changes == ()
    new = alert_set(alert("latency-p95", holds_minutes=20.0))
    (change,) = against(theirs, new).changes
    assert change.document is not None
    labels = change.document["user_labels"]
    assert isinstance(labels, Mapping) and labels["cost-centre"] == "42"


def test_a_channel_that_somebody_took_away_is_put_back() -> None:
    (change,) = against(edited(written(SET), notification_channels=("channels/99",))).changes
    assert change.fields == (FieldChange("notification_channels", "channels/99", "topic"),)


def test_conditions_that_stay_keep_their_names() -> None:
    found = written(SET)
    policy = next(one for one in found if one.kind is Kind.POLICY)
    (condition,) = policy.document["conditions"]  # type: ignore[misc, str-unpack]
    assert isinstance(condition, Mapping)
    named = edited(found, conditions=({**condition, "name": "policies/2/conditions/7"},))
    assert against(named).changes == ()
    (change,) = against(named, alert_set(alert("latency-p95", holds_minutes=20.0))).changes
    assert "policies/2/conditions/7" in str(change.document)


def test_what_is_no_longer_wanted_is_deleted_after_its_users() -> None:
    (policy, topic, hook) = against(written(SET), AlertSet("shop", "cymbal-shop")).changes
    assert [one.act for one in (policy, topic, hook)] == [Act.DELETE] * 3
    assert (policy.kind, topic.kind, hook.kind) == (Kind.POLICY, Kind.CHANNEL, Kind.CHANNEL)
    assert policy.why == "it is not in alerts.yaml"


@pytest.mark.parametrize(
    "labels",
    [
        {},
        {"managed-by": "terraform", "headroom-set": "shop", "headroom-id": "x"},
        {"managed-by": "headroom", "headroom-set": "another", "headroom-id": POLICY},
        {"headroom-id": POLICY},
    ],
)
def test_what_belongs_to_others_is_never_touched(labels: Mapping[str, str]) -> None:
    theirs = Found(Kind.POLICY, "policies/99", {"display_name": "x", "user_labels": labels})
    comparison = against((*written(SET), theirs))
    assert comparison.changes == () and comparison.others == 1
    nothing = AlertSet("shop", "cymbal-shop")
    assert "policies/99" not in {one.name for one in against((theirs,), nothing).changes}


def test_an_alert_with_a_problem_is_left_as_it_is() -> None:
    found = written(SET)
    channels = desired(SET, FLEET).resources[:2]
    wished = Desired(channels, (Problem(POLICY, "no service was found"),))
    assert compare(wished, found, "shop").changes == ()


def test_a_second_policy_with_the_same_id_is_deleted() -> None:
    found = written(SET)
    policy = next(one for one in found if one.kind is Kind.POLICY)
    twin = replace(policy, name="policies/200")
    (change,) = against((twin, *found)).changes
    assert (change.act, change.name, change.why) == (Act.DELETE, twin.name, "there are two of it")


def test_what_google_assumes_is_the_same_as_saying_it() -> None:
    said: Document = {
        "enabled": True,
        "conditions": (
            {"display_name": "a", "condition_threshold": {"trigger": {"count": 1.0}}},
            {
                "display_name": "b",
                "condition_prometheus_query_language": {
                    "query": "up",
                    "evaluation_interval": timedelta(seconds=30),
                },
            },
        ),
    }
    unsaid: Document = {
        "name": "projects/p/alertPolicies/1",
        "mutation_record": {"mutated_by": "x"},
        "conditions": (
            {"display_name": "b", "condition_prometheus_query_language": {"query": "up"}},
            {"display_name": "a", "name": "c/1", "condition_threshold": {"filter": ""}},
        ),
    }
    assert normalized(said) == normalized(unsaid)


@given(st.permutations(written(alert_set(alert("latency-p95"), alert("saturation")))))
def test_the_order_in_which_things_are_found_does_not_matter(found: list[Found]) -> None:
    chosen = alert_set(alert("latency-p95"), alert("saturation"))
    assert against(tuple(found), chosen).changes == ()


def test_comparing_says_how_many_drifted() -> None:
    drifted = Change(Act.UPDATE, Kind.POLICY, "a", "A", drifted=True)
    plain = replace(drifted, drifted=False)
    assert Comparison((drifted, plain)).drifted == (drifted,)
