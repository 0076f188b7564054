"""The bodies have what Slack's own samples have (bolt-python's scenario tests, MIT)."""

from typing import Any
from urllib.parse import parse_qs

import pytest

from bot.sandbox.slack.courier import sign
from bot.sandbox.slack.payloads import Handles, Payloads
from bot.sandbox.slack.records import StoredView
from bot.sandbox.slack.scenario import load_people
from bot.sandbox.slack.triggers import Triggers
from bot.sandbox.slack.workspace import Workspace
from tests.sandbox_slack.kit import modal
from tests.sandbox_slack.rig import HandClock, Rig

COMMAND_KEYS = {
    "token",
    "team_id",
    "team_domain",
    "channel_id",
    "channel_name",
    "user_id",
    "user_name",
    "command",
    "text",
    "response_url",
    "trigger_id",
    "api_app_id",
    "is_enterprise_install",
}
VIEW_KEYS = {
    "id",
    "team_id",
    "type",
    "blocks",
    "private_metadata",
    "callback_id",
    "state",
    "hash",
    "title",
    "clear_on_close",
    "notify_on_close",
    "close",
    "submit",
    "previous_view_id",
    "root_view_id",
    "app_id",
    "external_id",
    "app_installed_team_id",
    "bot_id",
}
EVENT_KEYS = {
    "token",
    "team_id",
    "api_app_id",
    "event",
    "type",
    "event_id",
    "event_time",
    "authorizations",
    "is_ext_shared_channel",
    "event_context",
}
MESSAGE_KEYS = {"client_msg_id", "type", "text", "user", "ts", "team", "channel", "event_ts"}


def test_command_has_every_field_of_slacks_sample_when_built() -> None:
    workspace = Workspace(load_people(), HandClock())
    maya, room = workspace.scenario.person("maya"), workspace.room("#campaigns")
    words = ("/campaign", "Crème & brûlée 100% <x>")
    parcel = Payloads(workspace).command(maya, room, words, Handles("1.2.x", "https://r"))
    fields = {key: value[0] for key, value in parse_qs(parcel.body.decode()).items()}
    assert set(fields) == COMMAND_KEYS
    assert (parcel.identity, fields["text"]) == ("1.2.x", words[1])
    direct = Payloads(workspace).command(maya, workspace.direct("U0MAYA"), words, Handles("1"))
    assert b"channel_name=directmessage" in direct.body


def test_view_has_every_field_of_slacks_sample_when_shown() -> None:
    workspace = Workspace(load_people(), HandClock())
    view = StoredView("V1", "U0MAYA", modal(), workspace.new_hash(), "V1")
    assert set(workspace.view_json(view)) == VIEW_KEYS


async def test_events_have_every_field_of_slacks_sample_when_delivered(rig: Rig) -> None:
    await rig.town.say("erik", "hello", "#headroom-ops")
    await rig.town.courier.settled()
    (payload,) = rig.bot.of_type("message")
    assert set(payload) == EVENT_KEYS
    assert set(payload["event"]) == MESSAGE_KEYS | {"channel_type"}
    assert payload["authorizations"][0]["user_id"] == "U0HEADROOM"


async def test_reply_names_its_thread_when_a_person_writes_one(rig: Rig) -> None:
    sent = await rig.client.chat_postMessage(channel="C0OPS", text="warm")
    await rig.town.say("erik", "thanks", "#headroom-ops", thread_ts=sent["ts"])
    await rig.town.courier.settled()
    event: dict[str, Any] = rig.bot.of_type("message")[0]["event"]
    assert event["thread_ts"] == sent["ts"]


def test_signature_is_slacks_documented_one_when_computed() -> None:
    # The worked example of docs.slack.dev/authentication/verifying-requests-from-slack.
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
        b"&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
        b"&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands"
        b"%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    signature = sign("8f742231b10e8888abcd99yyyzzz85a5", 1531420618, body)
    assert signature == "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"


def test_timestamps_grow_when_the_clock_stands_still_or_goes_back() -> None:
    clock = HandClock()
    workspace = Workspace(load_people(), clock)
    stamps = [workspace.ts() for _ in range(3)]
    clock.advance(-(clock.now() - clock.now().replace(hour=1)))
    stamps.append(workspace.ts())
    assert stamps == sorted(set(stamps))
    assert stamps[0] == "1764338400.000000"


def test_trigger_ids_are_new_each_time_when_handed_out() -> None:
    triggers = Triggers()
    given = {triggers.new("U0MAYA") for _ in range(50)}
    assert len(given) == 50
    assert triggers.spend(given.pop()).user == "U0MAYA"


@pytest.mark.parametrize("name", ["#campaigns", "campaigns", "C0CAMPAIGN"])
def test_room_is_found_when_named_in_any_way(name: str) -> None:
    assert Workspace(load_people(), HandClock()).room(name).id == "C0CAMPAIGN"
