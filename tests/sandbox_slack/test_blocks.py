"""What Slack accepts as blocks and what it refuses."""

import pytest

from bot.sandbox.slack.blocks import Surface, check_blocks
from bot.sandbox.slack.budgets import check_message, check_view
from bot.sandbox.slack.errors import SlackError
from tests.sandbox_slack.kit import (
    Json,
    actions,
    button,
    cells,
    chart,
    data_table,
    input_block,
    modal,
    mrkdwn,
    option,
    plain,
    section,
)

SELECT = {"type": "static_select", "options": [option("a"), option("b")]}
GOOD: list[tuple[str, Json]] = [
    (
        "a section with fields and a button",
        section("*Hi*", fields=[mrkdwn("a")], accessory=button("Go", "go")),
    ),
    ("a header", {"type": "header", "text": {**plain("Report"), "emoji": True}}),
    ("a context with text", {"type": "context", "elements": [mrkdwn("small"), plain("print")]}),
    ("an image", {"type": "image", "image_url": "https://x.example/a.png", "alt_text": "a"}),
    ("buttons", actions(button("A", "a", style="primary", value="v" * 2000), button("B", "b"))),
    ("a divider", {"type": "divider"}),
    ("markdown", {"type": "markdown", "text": "**bold**"}),
    ("a table", {"type": "table", "rows": [cells("a")], "column_settings": [{"align": "right"}]}),
    ("a select", actions({**SELECT, "action_id": "s", "initial_option": option("b")})),
    (
        "an overflow",
        actions({"type": "overflow", "action_id": "o", "options": [option("a"), option("b")]}),
    ),
    ("a line chart", chart()),
    (
        "a bar chart with axis names",
        chart(type="bar", axis_config={"categories": ["18:00", "19:00"], "x_label": "t"}),
    ),
    (
        "a pie",
        {
            "type": "data_visualization",
            "title": "Cost",
            "chart": {"type": "pie", "segments": [{"label": "web", "value": 1.5}]},
        },
    ),
    ("a data table", data_table(page_size=10)),
]
LABELS = ["18:00", "19:00"]
BAD: list[tuple[str, Json, str]] = [
    ("an unknown type", {"type": "hologram"}, "unsupported type: hologram"),
    ("no type", {"text": plain("x")}, "unsupported type: none"),
    (
        "an alert outside a modal",
        {"type": "alert", "text": plain("x")},
        "not supported in a message",
    ),
    ("long section text", section("x" * 3001), "must be less than 3001 characters"),
    ("empty section text", section(""), "must be more than 0 characters"),
    ("a section without text", {"type": "section"}, "text or fields"),
    ("a long field", {"type": "section", "fields": [mrkdwn("x" * 2001)]}, "must be less than 2001"),
    ("eleven fields", {"type": "section", "fields": [mrkdwn("x")] * 11}, "cannot exceed 10 items"),
    ("a header in mrkdwn", {"type": "header", "text": mrkdwn("x")}, "unsupported type: mrkdwn"),
    ("a long header", {"type": "header", "text": plain("x" * 151)}, "must be less than 151"),
    ("an empty context", {"type": "context", "elements": []}, "at least 1 item"),
    (
        "eleven context elements",
        {"type": "context", "elements": [mrkdwn("x")] * 11},
        "cannot exceed 10",
    ),
    ("no buttons", actions(), "at least 1 item"),
    ("26 buttons", actions(*[button("x", f"a{i}") for i in range(26)]), "cannot exceed 25"),
    (
        "a button in mrkdwn",
        actions({"type": "button", "text": mrkdwn("x"), "action_id": "a"}),
        "unsupported type",
    ),
    ("a long button", actions(button("x" * 76, "a")), "must be less than 76"),
    ("a long button value", actions(button("x", "a", value="v" * 2001)), "cannot exceed 2000"),
    ("a made-up style", actions(button("x", "a", style="loud")), "primary, danger"),
    (
        "an action id twice",
        actions(button("x", "a"), button("y", "a")),
        "action_id already exists: a",
    ),
    ("a property Slack does not know", section("x", colour="red"), "invalid additional property"),
    (
        "an unknown element property",
        actions(button("x", "a", size=3)),
        "invalid additional property",
    ),
    ("an unknown element", actions({"type": "dial", "action_id": "d"}), "failed to match"),
    (
        "101 options",
        actions(
            {
                "type": "static_select",
                "action_id": "s",
                "options": [option(str(i)) for i in range(101)],
            }
        ),
        "cannot exceed 100",
    ),
    (
        "the same option twice",
        actions({"type": "static_select", "action_id": "s", "options": [option("a"), option("a")]}),
        "must be unique",
    ),
    (
        "an initial option that is no option",
        actions({**SELECT, "action_id": "s", "initial_option": option("z")}),
        "among the options",
    ),
    (
        "an image without alt text",
        {"type": "image", "image_url": "https://x.example/a.png"},
        "alt_text",
    ),
    ("a chart with a long title", {**chart(), "title": "x" * 51}, "must be less than 51"),
    ("a chart of an unknown type", chart(type="radar"), "unsupported type: radar"),
    ("a chart without axes", chart(axis_config=None), "axis_config"),
    (
        "seven series",
        chart(
            series=[
                {"name": str(i), "data": [{"label": x, "value": 1} for x in LABELS]}
                for i in range(7)
            ]
        ),
        "no more than 6",
    ),
    (
        "labels that are no categories",
        chart(series=[{"name": "a", "data": [{"label": "x", "value": 1}]}]),
        "must match",
    ),
    (
        "a value that is no number",
        chart(series=[{"name": "a", "data": [{"label": x, "value": "1"} for x in LABELS]}]),
        "must be a number",
    ),
    (
        "21 categories",
        chart(axis_config={"categories": [str(i) for i in range(21)]}),
        "no more than 20",
    ),
    ("a table of one row", data_table(rows=[cells("a")]), "2 to 201 rows"),
    ("a ragged table", data_table(rows=[cells("a", "b"), cells("c")]), "same 1 to 20 cells"),
    (
        "rich text in a table's head",
        data_table(rows=[[{"type": "rich_text", "elements": []}], cells("a")]),
        "unsupported type: rich_text",
    ),
    (
        "a table with too much text",
        data_table(rows=[cells("a"), cells("x" * 20_001)]),
        "20001 characters",
    ),
    ("a page of 101 rows", data_table(page_size=101), "between 1 and 100"),
]


@pytest.mark.parametrize(("what", "block"), GOOD, ids=[row[0] for row in GOOD])
def test_block_is_accepted_when_slack_documents_it(what: str, block: Json) -> None:
    assert check_blocks([block], Surface.MESSAGE, frozenset()) == []


@pytest.mark.parametrize(("what", "block", "fault"), BAD, ids=[row[0] for row in BAD])
def test_block_is_refused_with_its_place_when_it_breaks_a_rule(
    what: str, block: Json, fault: str
) -> None:
    faults = check_blocks([block], Surface.MESSAGE, frozenset())
    assert any(fault in line and "json-pointer:/blocks" in line for line in faults), faults


def test_message_is_refused_when_it_has_51_blocks() -> None:
    faults = check_blocks([section("x")] * 51, Surface.MESSAGE, frozenset())
    assert faults == ["no more than 50 items allowed [json-pointer:/blocks]"]


def test_message_is_refused_when_a_block_id_comes_twice() -> None:
    blocks = [section("x", block_id="same"), section("y", block_id="same")]
    assert "already exists: same" in check_blocks(blocks, Surface.MESSAGE, frozenset())[0]


def test_message_is_refused_when_it_has_three_charts() -> None:
    assert check_blocks([chart()] * 2, Surface.MESSAGE, frozenset()) == []
    assert "no more than 2" in check_blocks([chart()] * 3, Surface.MESSAGE, frozenset())[0]


def test_chart_is_refused_when_it_is_in_a_modal() -> None:
    assert check_blocks([chart()], Surface.HOME, frozenset()) == []
    assert "not supported" in check_blocks([chart()], Surface.MODAL, frozenset())[0]


def test_message_is_refused_when_its_blocks_say_too_much() -> None:
    with pytest.raises(SlackError, match="msg_blocks_too_long"):
        check_message("x", [section("x" * 3000)] * 5, frozenset())


def test_message_is_refused_when_its_markdown_says_too_much_in_all() -> None:
    with pytest.raises(SlackError, match="invalid_blocks"):
        check_message("x", [{"type": "markdown", "text": "x" * 7000}] * 2, frozenset())


def test_message_is_refused_when_it_says_nothing() -> None:
    with pytest.raises(SlackError, match="no_text"):
        check_message("", None, frozenset())


BAD_VIEWS: list[tuple[str, Json, str]] = [
    ("a long title", modal(title=plain("x" * 25)), "between 1 and 24"),
    ("no title", modal(title=None), "missing required field: title"),
    ("a title in mrkdwn", modal(title=mrkdwn("x")), "plain_text"),
    ("inputs without a submit button", modal(submit=None), "missing required field: submit"),
    ("too much metadata", modal(private_metadata="x" * 3001), "cannot exceed 3000"),
    ("a Home tab opened as a modal", modal(type="home"), "must be of type modal"),
    ("101 blocks", modal(*[section("x")] * 101), "no more than 100"),
    ("a property Slack does not know", modal(colour="red"), "invalid additional property"),
    (
        "a date that is none",
        modal(input_block("d", {"type": "datepicker", "initial_date": "soon"})),
        "YYYY-MM-DD",
    ),
    ("a button as an input", modal(input_block("b", button("x", "b"))), "unsupported type: button"),
    (
        "radio buttons without options",
        modal(input_block("r", {"type": "radio_buttons", "options": []})),
        "at least 1",
    ),
    (
        "a first value that is too long",
        modal(
            input_block("t", {"type": "plain_text_input", "max_length": 2, "initial_value": "xxx"})
        ),
        "less than 3",
    ),
]


@pytest.mark.parametrize(("what", "view", "fault"), BAD_VIEWS, ids=[row[0] for row in BAD_VIEWS])
def test_modal_is_refused_when_it_breaks_a_rule(what: str, view: Json, fault: str) -> None:
    with pytest.raises(SlackError) as refusal:
        check_view({key: value for key, value in view.items() if value is not None}, Surface.MODAL)
    assert refusal.value.code == "invalid_arguments"
    assert any(fault in line for line in refusal.value.messages), refusal.value.messages


def test_modal_is_accepted_when_it_keeps_the_rules() -> None:
    blocks = [
        section("Please check"),
        input_block("kind", SELECT, hint=plain("pick one"), optional=True),
        input_block("at", {"type": "timepicker", "initial_time": "18:00"}),
        input_block("groups", {"type": "checkboxes", "options": [option("web")]}),
        input_block("n", {"type": "number_input", "is_decimal_allowed": False}),
        {"type": "alert", "text": plain("careful"), "level": "warning"},
    ]
    check_view(modal(*blocks, notify_on_close=True, clear_on_close=True), Surface.MODAL)
