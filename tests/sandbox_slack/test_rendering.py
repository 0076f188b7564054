"""What people read: text, dates in their own zone, blocks as lines."""

from datetime import timedelta

import pytest

from bot.sandbox.slack.mrkdwn import Reader, date_token, read_mrkdwn
from bot.sandbox.slack.rendering import render_blocks, render_message, render_view
from bot.sandbox.slack.scenario import load_people, people_from
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
from tests.sandbox_slack.rig import START

PEOPLE = load_people()
SIX = int((START + timedelta(hours=3)).timestamp())  # 18:00 in Berlin


def reader(name: str = "maya") -> Reader:
    """A person reading at the story's start."""
    return Reader(PEOPLE.person(name), START, PEOPLE)


TEXTS = [
    ("styles go", "*bold* _it_ ~no~ `code` a_b_c 2*3*4", "bold it no code a_b_c 2*3*4"),
    ("styles nest", "*bold _and it_*", "bold and it"),
    ("escapes are undone", "a &lt;b&gt; &amp;amp;", "a <b> &amp;"),
    ("people and channels have names", "<@U0ERIK> in <#C0OPS>", "@erik in #headroom-ops"),
    ("the app has a name", "<@U0HEADROOM>", "@headroom"),
    ("strangers keep their ids", "<@U9> <#C9|old>", "@U9 #old"),
    ("groups have handles", "<!subteam^S0SRE> <!subteam^S9|@x>", "@sre @x"),
    ("broadcasts are loud", "<!here>", "@here"),
    ("links show where they lead", "<https://x.example|here>", "here (https://x.example)"),
    ("bare links stay", "<https://x.example> <mailto:a@b.c>", "https://x.example a@b.c"),
    ("what is no link stays", "<script>", "<script>"),
    ("emoji become pictures", ":fire: :nonsense: 10:30:00", "🔥 :nonsense: 10:30:00"),
    ("a date that is none falls back", "<!date^soon^{time}|soon>", "soon"),
    ("an unknown token stays", f"<!date^{SIX}^{{moon}}|x>", "{moon}"),
]


@pytest.mark.parametrize(("what", "text", "shown"), TEXTS, ids=[row[0] for row in TEXTS])
def test_text_reads_as_in_slack_when_it_has_markup(what: str, text: str, shown: str) -> None:
    assert read_mrkdwn(text, reader()) == shown


@pytest.mark.parametrize(
    ("who", "time"),
    [("maya", "18:00"), ("ada", "17:00"), ("finn", "12:00 PM"), ("sam", "11:00 AM")],
)
def test_time_is_in_the_readers_zone_when_it_is_a_date(who: str, time: str) -> None:
    assert read_mrkdwn(f"<!date^{SIX}^{{time}}|x>", reader(who)) == time


@pytest.mark.parametrize(
    ("token", "hours", "shown"),
    [
        ("date_num", 0, "2025-11-28"),
        ("date", 0, "November 28th, 2025"),
        ("date_short", 72, "Dec 1, 2025"),
        ("date_long", 96, "Tuesday, December 2nd, 2025"),
        ("date_short_pretty", 0, "today"),
        ("date_long_pretty", 24, "tomorrow"),
        ("date_pretty", -24, "yesterday"),
        ("date_pretty", 96, "December 2nd, 2025"),
        ("time_secs", 0, "15:00:00"),
        ("ago", -1, "60 minutes ago"),
        ("ago", 3, "in 3 hours"),
    ],
)
def test_date_is_written_as_slack_does_when_a_token_asks(
    token: str, hours: int, shown: str
) -> None:
    assert date_token(token, START + timedelta(hours=hours), reader()) == shown


RICH: Json = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [{"type": "text", "text": "Hi "}, {"type": "user", "user_id": "U0SAM"}],
        },
        {
            "type": "rich_text_list",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "emoji", "name": "fire"},
                        {"type": "link", "url": "https://x"},
                    ],
                },
                {
                    "type": "rich_text_section",
                    "elements": [{"type": "channel", "channel_id": "C0OPS"}],
                },
            ],
        },
    ],
}
BLOCKS: list[tuple[str, Json, str]] = [
    ("header", {"type": "header", "text": plain(":fire: Hot")}, "🔥 Hot"),
    (
        "fields and a button",
        section("*A*", fields=[mrkdwn("*Cost*\n$5")], accessory=button("Go", "g")),
        "A\nCost $5\n[Go]",
    ),
    ("buttons", actions(button("Confirm", "c"), button("Cancel", "x")), "[Confirm] [Cancel]"),
    ("an overflow", actions({"type": "overflow", "options": [option("a", "Mute")]}), "[… Mute]"),
    (
        "context",
        {"type": "context", "elements": [mrkdwn("_a_"), {"type": "image", "alt_text": "logo"}]},
        "a · [logo]",
    ),
    (
        "an input",
        input_block(
            "Name", {"type": "plain_text_input", "initial_value": "x"}, hint=plain("short")
        ),
        "Name: [x]\n  short",
    ),
    (
        "a chosen option",
        input_block(
            "Kind", {"type": "static_select", "initial_option": option("p", "Push")}, optional=True
        ),
        "Kind (optional): [Push]",
    ),
    (
        "an empty date",
        input_block("Day", {"type": "datepicker", "placeholder": plain("pick")}),
        "Day: [pick]",
    ),
    ("a chart", chart(), "[line chart] Requests\n    18:00 … 19:00\n    Planned: 3 3"),
    (
        "a pie",
        {
            "type": "data_visualization",
            "title": "Cost",
            "chart": {"type": "pie", "segments": [{"label": "web", "value": 2.5}]},
        },
        "[pie chart] Cost\n    web: 2.5",
    ),
    ("a data table", data_table(), "[table] Workloads\nWorkload  Floor\nweb       14"),
    (
        "a table",
        {"type": "table", "rows": [cells("a"), [RICH]]},
        "a\nHi @sam\n• 🔥https://x\n• #headroom-ops",
    ),
    ("rich text", RICH, "Hi @sam\n• 🔥https://x\n• #headroom-ops"),
    ("a picture", {"type": "image", "alt_text": "a cat"}, "[image: a cat]"),
    (
        "an accessory picture",
        section("x", accessory={"type": "image", "alt_text": "cat"}),
        "x\n[cat]",
    ),
    ("something new", {"type": "hologram"}, "[hologram]"),
]


@pytest.mark.parametrize(("what", "block", "shown"), BLOCKS, ids=[row[0] for row in BLOCKS])
def test_block_reads_as_lines_when_rendered(what: str, block: Json, shown: str) -> None:
    assert render_blocks([block], reader()) == shown


def test_text_is_hidden_when_a_message_has_blocks() -> None:
    raw = {"text": "fallback", "blocks": [section("shown")]}
    assert render_message(raw, reader()) == "shown"
    assert render_message({"text": "*plain*"}, reader()) == "plain"


def test_errors_stand_below_their_field_when_a_modal_has_them() -> None:
    shown = render_view(modal(close=plain("Back")), {"name": "Too long."}, reader())
    assert shown.splitlines() == ["┌ Campaign", "name: […]", "  ! Too long.", "[Plan it] [Back]"]


def test_cast_is_refused_when_a_member_is_nobody() -> None:
    data = {"company": "X", "team": "T", "people": [], "bot": {}, "usergroups": []}
    channel = {"id": "C", "name": "c", "members": ["ghost"], "bot": True}
    bot = {"id": "U", "bot_id": "B", "app_id": "A", "name": "b"}
    with pytest.raises(KeyError):
        people_from({**data, "bot": bot, "channels": [channel]})
    with pytest.raises(KeyError):
        PEOPLE.person("ghost")
    assert PEOPLE.person("@Maya").id == "U0MAYA"
    assert PEOPLE.domain == "cymbal-retail"
