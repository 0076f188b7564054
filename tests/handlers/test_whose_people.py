"""Whose person a payload comes from: of ours, or of another organisation in a shared channel."""

from datetime import UTC, datetime
from typing import Any

import pytest

from handlers.slack.deliveries import from_action, from_command, from_form, from_mention

NOW = datetime(2025, 11, 28, tzinfo=UTC)
US, THEM = "T0CYMBAL", "T0AGENCY"


def mention(*, team: str = US, installed: str = US, **event: str) -> dict[str, Any]:
    said = {"user": "U1", "text": "<@U0> status", "channel": "C1", "ts": "1.1", **event}
    return {"event_id": "Ev1", "team_id": team, "authorizations": [{"team_id": installed}]} | {
        "event": said
    }


MENTIONS = [
    ("a colleague", mention(team=US, installed=US) | {}, False),
    ("a colleague who says their team", mention(**{"user_team": US}), False),
    ("a partner by user_team", mention(**{"user_team": THEM}), True),
    ("a partner by source_team", mention(**{"source_team": THEM}), True),
    ("a partner whose workspace the event came from", mention(team=THEM, user_team=THEM), True),
    ("a colleague in a channel that the partner owns", mention(team=THEM, user_team=US), False),
]


@pytest.mark.parametrize(("who", "body", "outside"), MENTIONS, ids=[m[0] for m in MENTIONS])
def test_a_mention_tells_whose_person_it_is(who: str, body: dict[str, Any], outside: bool) -> None:
    assert from_mention(body, NOW).outside is outside, who


def test_the_team_of_the_message_counts_where_nothing_else_is_said() -> None:
    body = mention()
    body["event"]["team"] = THEM
    assert from_mention(body, NOW).outside


PEOPLE = [
    ("a colleague", {"team": {"id": US}, "user": {"id": "U1", "team_id": US}}, False),
    ("a partner", {"team": {"id": US}, "user": {"id": "U1", "team_id": THEM}}, True),
    (
        "a colleague of another workspace of the grid",
        {
            "team": {"id": US},
            "enterprise": {"id": "E1"},
            "user": {"id": "U1", "team_id": "T0OTHER", "enterprise_id": "E1"},
        },
        False,
    ),
    (
        "a partner, where the whole grid installed it",
        {"team": None, "enterprise": {"id": "E1"}, "user": {"id": "U1", "team_id": THEM}},
        True,
    ),
    (
        "a partner with a grid of their own",
        {
            "team": None,
            "enterprise": {"id": "E1"},
            "user": {"id": "U1", "team_id": THEM, "enterprise_id": "E2"},
        },
        True,
    ),
]


@pytest.mark.parametrize(("who", "body", "outside"), PEOPLE, ids=[p[0] for p in PEOPLE])
def test_a_button_and_a_form_tell_whose_person_it_is(
    who: str, body: dict[str, Any], outside: bool
) -> None:
    action = {**body, "trigger_id": "t", "actions": [{"action_id": "a", "value": "v"}]}
    assert from_action(action, NOW).outside is outside, who
    assert from_form({**body, "view": {"id": "V1", "callback_id": "c"}}, NOW).outside is outside


def test_a_command_comes_from_our_own_people_unless_slack_says_otherwise() -> None:
    fields = {"team_id": US, "user_id": "U1", "trigger_id": "t", "command": "/campaign"}
    assert not from_command(fields, NOW).outside
    assert from_command({**fields, "user_team_id": THEM}, NOW).outside


def test_what_somebody_calls_themselves_never_reaches_a_decision() -> None:
    named = {"user_name": "ada", "name": "ada", "username": "admin", "profile": {"title": "admin"}}
    person = {"id": "U0SAM", "team_id": US, **named}
    action = {"user": person, "trigger_id": "t", "actions": [{"action_id": "a", "value": "v"}]}
    command = {"user_id": "U0SAM", "team_id": US, "trigger_id": "t", **named}
    found = [
        from_command(command, NOW),
        from_action(action, NOW),
        from_form({"user": person, "view": {"id": "V1"}}, NOW),
        from_mention(mention(user="U0SAM", user_name="ada"), NOW),
    ]
    for delivery in found:
        assert delivery.user == "U0SAM"
        assert "'ada'" not in repr(delivery) and "'admin'" not in repr(delivery)
