"""Parameters: defaults, limits, and faults that say what would be right."""

from datetime import timedelta

import pytest

from bot.core.thresholds.parameters import Parameter, Shape, Values, read_values

PARAMETERS = (
    Parameter("share", "share of the ceiling", 0.85, 0.1, 1),
    Parameter("holds_minutes", "how long", 5.0, 0, 1380),
    Parameter("limits", "limits by region", None, 1, 1000, shape=Shape.NUMBERS),
    Parameter("query", "a query", "up", shape=Shape.TEXT),
)
LIMITS = {"limits": {"europe-west1": 4}}


def test_defaults_are_filled_in() -> None:
    values, faults = read_values(LIMITS, PARAMETERS)
    assert faults == {}
    assert values.number("share") == 0.85
    assert values.minutes("holds_minutes") == timedelta(minutes=5)
    assert values.numbers("limits") == {"europe-west1": 4.0}
    assert values.text("query") == "up"


@pytest.mark.parametrize(
    ("name", "given", "fault"),
    [
        ("share", 1.5, "must be a number from 0.1 to 1"),
        ("share", "much", "must be a number from 0.1 to 1"),
        ("share", True, "must be a number from 0.1 to 1"),
        ("holds_minutes", 2.5, "must be a whole number from 0 to 1380"),
        ("limits", None, "must be given: limits by region"),
        ("limits", {}, "must name at least one thing, each with a number from 1 to 1000"),
        ("limits", {"a": 0}, "must name at least one thing, each with a number from 1 to 1000"),
        ("limits", 4, "must name at least one thing, each with a number from 1 to 1000"),
        ("query", " ", "must be a text that is not empty"),
        ("shares", 1, "there is no such parameter; did you mean share?"),
        ("xyz", 1, "there is no such parameter; there are: share, holds_minutes, limits, query"),
    ],
)
def test_a_wrong_parameter_is_named_with_what_would_be_right(
    name: str, given: object, fault: str
) -> None:
    _, faults = read_values({**LIMITS, name: given}, PARAMETERS)
    assert faults == {name: fault}


def test_all_faults_are_told_at_once() -> None:
    _, faults = read_values({"share": 2, "other": 1}, PARAMETERS)
    assert set(faults) == {"share", "other", "limits"}


def test_asking_for_another_shape_is_an_error() -> None:
    values = Values({"a": "text", "b": 1.0})
    with pytest.raises(TypeError, match="not a number"):
        values.number("a")
    with pytest.raises(TypeError, match="not a mapping"):
        values.numbers("b")
