"""Events: a mention is a command, everything else is acknowledged; retries are the same delivery."""

import json
from typing import Any

import pytest

from bot.ports.jobs import Job, JobName
from tests.handlers.door import Door, signed


def mention(text: str, **event: str) -> dict[str, Any]:
    """What Slack sends when somebody mentions the bot."""
    return {
        "type": "event_callback",
        "team_id": "T0CYMBAL",
        "event_id": "Ev1",
        "event": {
            "type": "app_mention",
            "text": text,
            "user": "U0MAYA",
            "ts": "1764338400.000200",
            "channel": "C0CAMPAIGN",
            **event,
        },
    }


async def test_a_mention_is_a_command_when_it_names_a_verb(door: Door) -> None:
    response = await door.event(mention("<@U0HEADROOM> status"))
    delivery, job = door.inbox.only
    assert response.status_code == 200
    assert delivery.identity == "event:Ev1"
    assert (delivery.command, delivery.text) == ("/headroom", "status")
    assert delivery.message_ts == "1764338400.000200"
    assert job.name == JobName.STATUS


async def test_a_mention_announces_when_it_says_campaign(door: Door) -> None:
    await door.event(mention("hey <@U0HEADROOM|headroom> campaign Sale tomorrow x2 <#C1|web>"))
    delivery, job = door.inbox.only
    assert delivery.text == "campaign Sale tomorrow x2 #web"
    assert job.name == JobName.ANNOUNCE


async def test_a_mention_counts_once_when_slack_retries_it(door: Door) -> None:
    statuses = [(await door.event(mention("<@U0HEADROOM> help"))).status_code for _ in range(3)]
    assert statuses == [200, 200, 200]
    assert len(door.inbox.accepted) == 1


async def test_nothing_is_stored_when_the_bot_mentions_itself(door: Door) -> None:
    await door.event(mention("<@U0HEADROOM> status", user="U0HEADROOM"))
    await door.event(mention("<@U0HEADROOM> status", bot_id="B0HEADROOM"))
    await door.event(mention("<@U0HEADROOM> status", bot_id="B0OTHER"))
    assert door.inbox.accepted == []


async def test_other_events_are_acknowledged_when_they_arrive(door: Door) -> None:
    for kind in ("message", "channel_created", "something_new"):
        body = mention("hello") | {"event": {"type": kind, "user": "U0MAYA", "channel": "C1"}}
        assert (await door.event(body)).status_code == 200, kind
    assert door.inbox.accepted == []


async def test_an_opened_home_tab_is_shown_and_an_opened_messages_tab_is_not(door: Door) -> None:
    for tab in ("home", "messages"):
        body = mention("") | {"event": {"type": "app_home_opened", "user": "U0MAYA", "tab": tab}}
        assert (await door.event(body)).status_code == 200
    assert [job for _, job in door.inbox.accepted] == [Job(JobName.HOME, "U0MAYA")]


async def test_a_changed_user_group_is_kept_for_everybody(door: Door) -> None:
    changed = {"type": "subteam_members_changed", "subteam_id": "S0SRE", "team_id": "T0CYMBAL"}
    assert (await door.event(mention("") | {"event": changed})).status_code == 200
    ((delivery, job),) = door.inbox.accepted
    assert (job.name, delivery.text) == (JobName.MEMBERS, "S0SRE")


CHANNEL_EVENTS: dict[str, tuple[dict[str, Any], str, str]] = {
    "archived": ({"type": "channel_archive", "channel": "C1", "user": "U0ADA"}, "archive", ""),
    "private": ({"type": "group_archive", "channel": "C1"}, "archive", ""),
    "back": ({"type": "channel_unarchive", "channel": "C1", "user": "U0ADA"}, "unarchive", ""),
    "deleted": ({"type": "channel_deleted", "channel": "C1"}, "deleted", ""),
    "left": ({"type": "channel_left", "channel": "C1"}, "left", ""),
    "removed": ({"type": "member_left_channel", "channel": "C1", "user": "U0BOT"}, "left", ""),
    "invited": ({"type": "member_joined_channel", "channel": "C1", "user": "U0BOT"}, "joined", ""),
    "renamed": (
        {"type": "channel_rename", "channel": {"id": "C1", "name": "shop-ops", "created": 1}},
        "rename",
        "shop-ops",
    ),
}


@pytest.mark.parametrize("case", CHANNEL_EVENTS)
async def test_what_becomes_of_a_channel_is_kept_for_the_flow(door: Door, case: str) -> None:
    event, action, name = CHANNEL_EVENTS[case]
    ours = {"authorizations": [{"team_id": "T0CYMBAL", "user_id": "U0BOT", "is_bot": True}]}
    assert (await door.event(mention("") | ours | {"event": event})).status_code == 200
    delivery, job = door.inbox.only
    assert job == Job(JobName.CHANNEL, "event:Ev1")
    assert (delivery.channel, delivery.action, delivery.text) == ("C1", action, name)


async def test_people_who_come_and_go_are_not_our_business(door: Door) -> None:
    for kind in ("member_left_channel", "member_joined_channel"):
        for body in (
            {"event": {"type": kind, "channel": "C1", "user": "U0MAYA"}},
            {"event": {"type": kind, "channel": "C1", "user": "U0MAYA"}, "authorizations": []},
        ):
            assert (await door.event(mention("") | body)).status_code == 200
    assert door.inbox.accepted == []


async def test_complaint_18_a_retry_that_is_the_only_delivery_is_not_dropped(door: Door) -> None:
    body = json.dumps(mention("<@U0HEADROOM> help"))
    retried = {"x-slack-retry-num": "3", "x-slack-retry-reason": "http_timeout"}
    headers = signed(body.encode()) | retried
    response = await door.send(body, content_type="application/json", headers=headers)
    assert response.status_code == 200
    assert door.inbox.only[0].identity == "event:Ev1"
