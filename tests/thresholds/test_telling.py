"""What people read: differences line by line, adoption, and the JSON of the API."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.thresholds.adopting import adoption
from bot.core.thresholds.building import Problem, desired
from bot.core.thresholds.comparing import Act, Change, Comparison, FieldChange
from bot.core.thresholds.exporting import as_json
from bot.core.thresholds.resources import Found, Kind
from bot.core.thresholds.telling import summary, told, told_change
from bot.errors import AskedWrong
from tests.thresholds.samples import FLEET, alert, alert_set

SET = alert_set(alert("latency-p95"))
WISHED = desired(SET, FLEET)
NOON = datetime(2025, 11, 28, 12, tzinfo=UTC)
HAND = Found(Kind.POLICY, "projects/p/alertPolicies/7", {"display_name": "Slow, by hand"})
CHANGE = Change(
    Act.UPDATE,
    Kind.POLICY,
    "checkout-latency-p95",
    "Checkout: slow",
    fields=(FieldChange("severity", "CRITICAL", "ERROR"),),
)


def test_a_change_is_told_from_what_to_what() -> None:
    assert told_change(CHANGE) == [
        "~ update  alert policy  checkout-latency-p95  “Checkout: slow”",
        "    severity: CRITICAL → ERROR",
    ]


def test_drift_names_who_and_when() -> None:
    found = replace(HAND, changed_by="erik@cymbal.example", changed_at=NOON)
    lines = told_change(replace(CHANGE, drifted=True, found=found))
    assert lines[1] == (
        "    Changed in Cloud Monitoring by erik@cymbal.example on 28 Nov 2025 12:00 UTC"
        " since Headroom wrote it; apply puts it back."
    )


def test_a_long_query_is_told_by_its_lines_that_differ() -> None:
    before, after = "a > 1\nand\nb > 2", "a > 1\nand\nb > 3"
    lines = told_change(replace(CHANGE, fields=(FieldChange("c.query", before, after),)))
    assert lines[1:] == ["    c.query:", "         and", "        -b > 2", "        +b > 3"]


@pytest.mark.parametrize(
    ("field", "line"),
    [
        (FieldChange("a", "", "x"), "    a: x"),
        (FieldChange("a", "x", ""), "    a: x → (none)"),
    ],
)
def test_what_comes_and_what_goes_is_told(field: FieldChange, line: str) -> None:
    assert told_change(replace(CHANGE, fields=(field,)))[1] == line


def test_a_new_policy_is_told_by_what_matters() -> None:
    fields = (FieldChange("severity", "", "ERROR"), FieldChange("documentation.content", "", "x"))
    lines = told_change(replace(CHANGE, act=Act.CREATE, fields=fields))
    assert lines[1:] == ["    severity: ERROR"]


def test_a_deletion_says_why() -> None:
    (line,) = told_change(replace(CHANGE, act=Act.DELETE, fields=(), why="it is not there"))
    assert line.startswith("- delete") and line.endswith("(it is not there)")


def test_the_sum_counts_everything() -> None:
    drifted = replace(CHANGE, drifted=True)
    assert summary(Comparison((CHANGE, drifted), unchanged=3, others=2)) == (
        "0 to create, 2 to change, 0 to delete; 3 as wanted; 1 changed by somebody in Cloud"
        " Monitoring; policies of others left alone: 2."
    )
    assert summary(Comparison((), unchanged=3)).startswith("Nothing to change; 3 as wanted;")


def test_problems_are_told_among_the_changes() -> None:
    text = told(Comparison((CHANGE,)), [Problem("web-x", "no service")])
    assert "! skipped  web-x: no service" in text.splitlines()


@pytest.mark.parametrize("name", [HAND.title, HAND.name])
def test_a_policy_is_adopted_by_its_title_or_name(name: str) -> None:
    found = replace(HAND, document={**HAND.document, "user_labels": {"team": "shop"}})
    change = adoption(name, "checkout-latency-p95", WISHED, [found], "shop")
    assert (change.name, change.mask) == (HAND.name, ("user_labels",))
    assert change.document == {
        "user_labels": {
            "team": "shop",
            "managed-by": "headroom",
            "headroom-set": "shop",
            "headroom-id": "checkout-latency-p95",
        }
    }


OWNED = replace(
    HAND,
    document={
        "display_name": "Owned",
        "user_labels": {
            "managed-by": "headroom",
            "headroom-set": "shop",
            "headroom-id": "checkout-latency-p95",
        },
    },
)


@pytest.mark.parametrize(
    ("name", "alert_id", "found", "words"),
    [
        ("Fast", "checkout-latency-p95", [HAND], "no policy called 'Fast'"),
        (HAND.title, "checkout-latency", [HAND], "has no alert 'checkout-latency'"),
        (HAND.title, "checkout-latency-p95", [HAND, HAND], "2 policies are called"),
        (HAND.title, "checkout-latency-p95", [HAND, OWNED], "There is a policy for"),
        ("Owned", "checkout-latency-p95", [OWNED], "There is a policy for"),
    ],
)
def test_adoption_is_refused_when_it_is_not_clear_what_is_meant(
    name: str, alert_id: str, found: list[Found], words: str
) -> None:
    with pytest.raises(AskedWrong, match=words):
        adoption(name, alert_id, WISHED, found, "shop")


def test_another_sets_policy_cannot_be_adopted() -> None:
    labels = {"managed-by": "headroom", "headroom-set": "other", "headroom-id": "x"}
    theirs = replace(HAND, document={**HAND.document, "user_labels": labels})
    with pytest.raises(AskedWrong, match="belongs to Headroom already, as other/x"):
        adoption(HAND.name, "checkout-latency-p95", WISHED, [theirs], "shop")


def test_a_document_becomes_the_json_of_the_api() -> None:
    body = as_json(
        {
            "type_": "pubsub",
            "display_name": "x",
            "user_labels": {"headroom-id": "a_b"},
            "conditions": ({"condition_absent": {"duration": timedelta(minutes=5)}},),
            "enabled": False,
            "severity": "",
        }
    )
    assert body == {
        "type": "pubsub",
        "displayName": "x",
        "userLabels": {"headroom-id": "a_b"},
        "conditions": [{"conditionAbsent": {"duration": "300s"}}],
        "enabled": False,
    }
