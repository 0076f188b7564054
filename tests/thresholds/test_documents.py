"""Documents: what counts as absent, how leaves are named, how they are shown."""

from datetime import timedelta

import pytest

from bot.core.thresholds.documents import (
    Document,
    Leaf,
    fingerprint,
    flat,
    pruned,
    shown,
    top_field,
)


def test_what_protobuf_does_not_tell_from_absent_is_left_out() -> None:
    full: Document = {
        "text": "",
        "number": 0.0,
        "span": timedelta(),
        "list": (),
        "part": {"inner": "", "more": {}},
        "flag": False,
        "kept": {"inner": "x"},
    }
    assert pruned(full) == {"flag": False, "kept": {"inner": "x"}}


def test_a_leaf_is_named_by_the_titles_on_its_way() -> None:
    document: Document = {
        "conditions": (
            {"display_name": "slow", "body": {"steps": ({"period": 1.0}, {"period": 2.0})}},
            {"display_name": "slow"},
        ),
        "prompts": ("OPENED", "CLOSED"),
    }
    assert flat(document) == {
        "conditions[slow].display_name": "slow",
        "conditions[slow].body.steps[0].period": 1.0,
        "conditions[slow].body.steps[1].period": 2.0,
        "conditions[slow #1].display_name": "slow",
        "prompts": ("OPENED", "CLOSED"),
    }


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("severity", "severity"),
        ("documentation.content", "documentation"),
        ("conditions[a.b].x", "conditions"),
    ],
)
def test_a_path_leads_into_a_field_of_the_message(path: str, field: str) -> None:
    assert top_field(path) == field


@pytest.mark.parametrize(
    ("leaf", "text"),
    [
        (True, "yes"),
        (False, "no"),
        (0.0072, "0.0072"),
        (900.0, "900"),
        (timedelta(seconds=30), "30 s"),
        (timedelta(minutes=10), "10 min"),
        (timedelta(hours=24), "24 h"),
        (timedelta(hours=23, minutes=30), "23.5 h"),
        (timedelta(), "0 s"),
        (("OPENED", "CLOSED"), "OPENED, CLOSED"),
        ("plain", "plain"),
    ],
)
def test_a_leaf_is_shown_as_people_read_it(leaf: Leaf, text: str) -> None:
    assert shown(leaf) == text


def test_fingerprints_are_equal_only_for_equal_documents() -> None:
    one: Document = {"a": {"b": 1.0}, "c": ""}
    assert fingerprint(one) == fingerprint({"a": {"b": 1.0}})
    assert fingerprint(one) != fingerprint({"a": {"b": 2.0}})
    assert len(fingerprint(one)) <= 63
