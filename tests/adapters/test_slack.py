"""What the Slack adapter puts on the wire, and how it reads what comes back."""

import asyncio
import logging
from datetime import timedelta
from typing import Any

import pytest

from bot.adapters.slack import SlackChat
from bot.core.message import Message, View
from bot.errors import GiveUp, HeadroomError, NotAllowed, NotFound, Refused, SlowDown, TryAgain
from tests.adapters.conftest import TOKEN
from tests.adapters.scripted_slack import Reply, ScriptedSlack
from tests.fakes import FakeClock

HELLO = Message("Hello", ({"type": "section", "text": {"type": "mrkdwn", "text": "*Hello*"}},))
POSTED = Reply({"ok": True, "ts": "1764338400.000100", "channel": "C1"})


def marked(ts: str, mark: str, event_type: str = "headroom_post") -> dict[str, Any]:
    """A message in a history."""
    metadata = {"event_type": event_type, "event_payload": {"mark": mark}}
    return {"type": "message", "ts": ts, "text": "…", "metadata": metadata}


def page(*messages: dict[str, Any], cursor: str = "") -> Reply:
    """A page of a history."""
    more = {"response_metadata": {"next_cursor": cursor}} if cursor else {}
    return Reply({"ok": True, "messages": list(messages), **more})


async def test_a_post_carries_text_blocks_mark_and_no_unfurling(
    chat: SlackChat, slack: ScriptedSlack
) -> None:
    slack.says("chat.postMessage", POSTED)
    assert await chat.post("C1", HELLO, thread_ts="9.1", mark="m1") == "1764338400.000100"
    assert slack.asked[0].token == TOKEN
    assert slack.asked[0].fields == {
        "channel": "C1",
        "thread_ts": "9.1",
        "text": "Hello",
        "blocks": list(HELLO.blocks),
        "metadata": {"event_type": "headroom_post", "event_payload": {"mark": "m1"}},
        "unfurl_links": False,
        "unfurl_media": False,
    }


async def test_an_update_to_plain_text_takes_the_blocks_away(
    chat: SlackChat, slack: ScriptedSlack
) -> None:
    await chat.update("C1", "9.1", Message("plain"))
    fields = slack.asked[0].fields
    assert (fields["ts"], fields["text"], fields["blocks"]) == ("9.1", "plain", [])
    assert "metadata" not in fields


async def test_a_failed_post_is_not_repeated_by_the_adapter(
    chat: SlackChat, slack: ScriptedSlack
) -> None:
    slack.says("chat.postMessage", Reply("<h1>502</h1>", status=502))
    with pytest.raises(TryAgain):
        await chat.post("C1", HELLO)
    assert len(slack.asked) == 1


@pytest.mark.parametrize(
    ("reply", "family"),
    [
        (Reply({"ok": False, "error": "invalid_blocks"}), Refused),
        (Reply({"ok": False, "error": "not_in_channel"}), NotAllowed),
        (Reply({"ok": False, "error": "channel_not_found"}), NotFound),
        (Reply({"ok": False, "error": "internal_error"}), TryAgain),
        (Reply({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "3"}), SlowDown),
        (Reply("upstream is down", 503, content_type="text/plain"), TryAgain),
        (Reply("<html>", 504), TryAgain),
        (Reply("{not json", 200, content_type="application/json"), TryAgain),
        (Reply("", 429, {"Retry-After": "3"}), SlowDown),
    ],
)
async def test_each_bad_answer_has_its_family(
    chat: SlackChat, slack: ScriptedSlack, reply: Reply, family: type[HeadroomError]
) -> None:
    slack.says("chat.postMessage", reply)
    with pytest.raises(HeadroomError) as caught:
        await chat.post("C1", HELLO)
    assert type(caught.value) is family
    if isinstance(caught.value, SlowDown):
        assert caught.value.after == timedelta(seconds=3)


async def test_a_slack_that_is_not_there_can_be_tried_again(clock: FakeClock) -> None:
    chat = SlackChat(TOKEN, "http://127.0.0.1:9/api", clock)
    with pytest.raises(TryAgain) as caught:
        await chat.post("C1", HELLO)
    assert TOKEN not in str(caught.value)
    await chat.close()


async def test_a_find_reads_every_page_back_to_the_instant(
    chat: SlackChat, slack: ScriptedSlack, clock: FakeClock
) -> None:
    first = page({"ts": "9.4"}, marked("9.3", "m1", event_type="other"), cursor="next")
    slack.says("conversations.history", first, page(marked("9.2", "m0"), marked("9.1", "m1")))
    assert await chat.find("C1", "m1", clock.now()) == "9.1"
    fields = [asked.fields for asked in slack.asked]
    assert [f.get("cursor", "") for f in fields] == ["", "next"]
    assert float(fields[0]["oldest"]) == clock.now().timestamp() - 60
    assert fields[0]["include_all_metadata"] in {"1", "true", "True", True}


async def test_a_find_is_empty_handed_when_the_mark_is_nowhere(
    chat: SlackChat, slack: ScriptedSlack, clock: FakeClock
) -> None:
    slack.says("conversations.replies", page(marked("9.1", "m0")))
    assert await chat.find("C1", "m1", clock.now(), thread_ts="9.0") is None
    assert slack.asked[0].fields["ts"] == "9.0"


async def test_a_view_carries_its_callback_id(chat: SlackChat, slack: ScriptedSlack) -> None:
    await chat.open_view("t1", View("campaign.form", {"title": {"type": "plain_text"}}))
    view = slack.asked[0].fields["view"]
    assert (view["type"], view["callback_id"]) == ("modal", "campaign.form")


async def test_an_upload_takes_three_steps(chat: SlackChat, slack: ScriptedSlack) -> None:
    ticket = {"ok": True, "upload_url": f"{slack.url}/upload/F1", "file_id": "F1"}
    slack.says("files.getUploadURLExternal", Reply(ticket))
    slack.says("F1", Reply("OK - 8", content_type="text/plain"))
    await chat.upload("C1", "9.1", "report.csv", "a,b\n1,\u00e9")
    url, content, complete = slack.asked
    assert (url.fields["filename"], str(url.fields["length"])) == ("report.csv", "8")
    assert content.body == "a,b\n1,\u00e9".encode()
    assert content.token == ""
    assert complete.fields["channel_id"] == "C1"
    assert complete.fields["thread_ts"] == "9.1"
    assert "report.csv" in str(complete.fields["files"])


async def test_a_direct_message_is_edited_by_the_conversations_own_id(
    chat: SlackChat, slack: ScriptedSlack, clock: FakeClock
) -> None:
    """Slack posts to a person's id, but edits and reads by the conversation's id alone."""
    slack.says("conversations.open", Reply({"ok": True, "channel": {"id": "D1"}}))
    await chat.update("U1", "9.1", Message("over"))
    await chat.find("U1", "m1", clock.now())
    slack.says("chat.postMessage", Reply({"ok": True, "channel": "D2", "ts": "9.2"}))
    await chat.post("W2", Message("new"))
    await chat.update("W2", "9.2", Message("over"))
    asked = [(one.method, one.fields.get("channel", "")) for one in slack.asked]
    assert asked == [
        ("conversations.open", ""),
        ("chat.update", "D1"),
        ("conversations.history", "D1"),
        ("chat.postMessage", "W2"),
        ("chat.update", "D2"),
    ]


async def test_an_upload_that_slack_rejects_is_told(chat: SlackChat, slack: ScriptedSlack) -> None:
    ticket = {"ok": True, "upload_url": f"{slack.url}/upload/F1", "file_id": "F1"}
    slack.says("files.getUploadURLExternal", Reply(ticket))
    slack.says("F1", Reply("no", 503))
    with pytest.raises(TryAgain):
        await chat.upload("C1", "9.1", "report.csv", "a,b")


async def test_members_are_remembered_for_a_while(
    chat: SlackChat, slack: ScriptedSlack, clock: FakeClock
) -> None:
    slack.says("usergroups.users.list", Reply({"ok": True, "users": ["U1", "U2"]}))
    for minutes in (0, 9, 2):
        clock.advance(timedelta(minutes=minutes))
        assert await chat.members("S1") == {"U1", "U2"}
    assert len(slack.asked) == 2
    chat.forget_members()
    await chat.members("S1")
    assert len(slack.asked) == 3


async def test_a_workspace_without_user_groups_hears_the_way_out(
    chat: SlackChat, slack: ScriptedSlack
) -> None:
    slack.says("usergroups.users.list", Reply({"ok": False, "error": "plan_upgrade_required"}))
    with pytest.raises(GiveUp, match="`roles` in headroom.yaml"):
        await chat.members("S1")


async def test_a_response_is_private_and_new(chat: SlackChat, slack: ScriptedSlack) -> None:
    slack.says("secret", Reply("ok", content_type="text/plain"))
    await chat.respond(f"{slack.url}/commands/secret", HELLO)
    assert slack.asked[0].fields == {
        "text": "Hello",
        "blocks": list(HELLO.blocks),
        "response_type": "ephemeral",
        "replace_original": False,
    }


@pytest.mark.parametrize(
    ("reply", "family", "code"),
    [
        (Reply("used_url", 404, content_type="text/plain"), Refused, "used_url"),
        (Reply({"ok": False, "error": "expired_url"}, 404), Refused, "expired_url"),
        (Reply("<html>", 404), Refused, "expired_url"),
        (Reply({"ok": False, "error": "invalid_blocks"}, 200), Refused, "invalid_blocks"),
        (Reply("invalid_payload", 400, content_type="text/plain"), Refused, "invalid_payload"),
        (Reply("", 429, {"Retry-After": "3"}), SlowDown, None),
        (Reply("", 503), TryAgain, None),
    ],
)
async def test_a_refused_response_has_its_family_and_keeps_the_address_secret(
    chat: SlackChat, slack: ScriptedSlack, reply: Reply, family: type[Exception], code: str | None
) -> None:
    slack.says("secret", reply)
    with pytest.raises(HeadroomError) as caught:
        await chat.respond(f"{slack.url}/commands/secret", HELLO)
    assert type(caught.value) is family
    assert getattr(caught.value, "code", None) == code
    assert "commands/secret" not in str(caught.value)


async def test_no_secret_is_logged_even_when_everything_is_logged(
    chat: SlackChat, slack: ScriptedSlack, caplog: pytest.LogCaptureFixture
) -> None:
    slack.says("chat.postMessage", POSTED)
    slack.says("secret", Reply("ok", content_type="text/plain"))
    with caplog.at_level(logging.DEBUG):
        await chat.post("C1", HELLO)
        await chat.respond(f"{slack.url}/commands/secret", HELLO)
    assert TOKEN not in caplog.text
    assert "commands/secret" not in caplog.text


async def test_a_chat_can_be_closed_before_it_was_used(clock: FakeClock) -> None:
    async with asyncio.timeout(1):
        await SlackChat(TOKEN, None, clock).close()
