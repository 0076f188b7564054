"""Ways to announce without a command: a direct message, a shortcut, the shortcut of a message."""

from typing import Any

import pytest

from bot.ports.jobs import JobName
from tests.handlers.door import Door

TEXT = "Flash push Fri 28 Nov 18:00-22:00 x3 <#C1|web>"


def written(**event: str) -> dict[str, Any]:
    """What Slack sends when somebody writes to the app."""
    plain = {
        "type": "message",
        "channel_type": "im",
        "text": TEXT,
        "user": "U0MAYA",
        "ts": "1764338400.000200",
        "channel": "D0MAYA",
    }
    return {
        "type": "event_callback",
        "team_id": "T0CYMBAL",
        "event_id": "Ev7",
        "event": plain | event,
    }


def chosen(kind: str, callback_id: str, **more: object) -> dict[str, object]:
    """What Slack sends when somebody chooses a shortcut."""
    user = {"id": "U0MAYA", "username": "maya", "team_id": "T0CYMBAL"}
    plain = {"type": kind, "callback_id": callback_id, "trigger_id": "1.2.abc", "user": user}
    return plain | {"team": {"id": "T0CYMBAL"}, "action_ts": "1610198080.300836"} | more


async def test_a_direct_message_announces_when_it_says_what_and_when(door: Door) -> None:
    for _ in range(2):  # Slack may send it again
        assert (await door.event(written())).status_code == 200
    delivery, job = door.inbox.only
    assert (delivery.command, delivery.text) == ("/headroom", TEXT.replace("<#C1|web>", "#web"))
    assert (job.name, delivery.channel) == (JobName.ANNOUNCE, "D0MAYA")


async def test_a_direct_message_is_a_command_when_it_begins_with_a_verb(door: Door) -> None:
    await door.event(written(text="status"))
    assert door.inbox.only[1].name == JobName.STATUS


@pytest.mark.parametrize(
    "event",
    [
        {"channel_type": "channel"},
        {"bot_id": "B0OTHER"},
        {"subtype": "message_changed"},
        {"user": ""},
        {"user": "U0HEADROOM"},
    ],
    ids=lambda event: "-".join(event),
)
async def test_nothing_is_stored_when_it_is_not_a_person_writing_to_the_app(
    door: Door, event: dict[str, str]
) -> None:
    assert (await door.event(written(**event))).status_code == 200
    assert door.inbox.accepted == []


async def test_the_shortcut_of_a_message_announces_its_text_for_who_chose_it(door: Door) -> None:
    payload = chosen(
        "message_action",
        "campaign.from_message",
        channel={"id": "C0CAMPAIGN", "name": "campaigns"},
        message={"type": "message", "user": "U0ERIK", "ts": "1.5", "text": TEXT},
        response_url="http://127.0.0.1:9/actions/1",
    )
    assert (await door.interact(payload)).status_code == 200
    delivery, job = door.inbox.only
    assert (delivery.user, delivery.channel, job.name) == (
        "U0MAYA",
        "C0CAMPAIGN",
        JobName.ANNOUNCE,
    )
    assert (delivery.command, delivery.text[:10]) == ("/campaign", "Flash push")
    assert delivery.response_url


async def test_the_global_shortcut_asks_for_everything(door: Door) -> None:
    assert (await door.interact(chosen("shortcut", "campaign.new"))).status_code == 200
    delivery, job = door.inbox.only
    assert (delivery.command, delivery.text, job.name) == ("/campaign", "", JobName.ANNOUNCE)


async def test_an_unknown_shortcut_is_acknowledged_and_nothing_is_stored(door: Door) -> None:
    assert (await door.interact(chosen("shortcut", "do-something"))).status_code == 200
    assert door.inbox.accepted == []
