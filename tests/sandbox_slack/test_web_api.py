"""The Web API, called by Slack's own client."""

from typing import Any

import httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.sandbox_slack.kit import actions, button, modal, section
from tests.sandbox_slack.rig import SECRETS, Rig

OPS, CAMPAIGNS, GENERAL = "C0OPS", "C0CAMPAIGN", "C0GENERAL"


async def code_of(call: Any) -> str:
    """Slack's error code of a call that must fail."""
    with pytest.raises(SlackApiError) as failure:
        await call
    return str(failure.value.response["error"])


async def test_token_is_recognised_when_it_is_the_bots(rig: Rig) -> None:
    who = await rig.client.auth_test()
    assert (who["user_id"], who["bot_id"], who["team_id"]) == (
        "U0HEADROOM",
        "B0HEADROOM",
        "T0CYMBAL",
    )


async def test_call_is_refused_when_the_token_is_missing_or_wrong(rig: Rig) -> None:
    base = f"{rig.url}/api/"
    assert await code_of(AsyncWebClient("xoxb-other", base_url=base).auth_test()) == "invalid_auth"
    async with httpx.AsyncClient(trust_env=False) as http:
        assert (await http.post(f"{base}auth.test")).json()["error"] == "not_authed"
        form = {"token": SECRETS.token}
        assert (await http.post(f"{base}auth.test", data=form)).json()["ok"]
        assert (await http.get(f"{base}auth.test", params=form)).json()["ok"]


async def test_body_is_refused_when_it_cannot_be_read(rig: Rig) -> None:
    headers = {"authorization": f"Bearer {SECRETS.token}"}
    url = f"{rig.url}/api/chat.postMessage"
    async with httpx.AsyncClient(trust_env=False, headers=headers) as http:
        for body, kind, code in (
            (b"{", "application/json", "invalid_json"),
            (b"[]", "application/json", "json_not_object"),
            (b"x", "text/plain", "invalid_post_type"),
        ):
            answer = await http.post(url, content=body, headers={"content-type": kind})
            assert answer.json()["error"] == code
        form = {"channel": OPS, "text": "x", "blocks": "{not json"}
        assert (await http.post(url, data=form)).json()["error"] == "invalid_blocks_format"
        form["blocks"] = '[{"type": "divider"}]'
        assert (await http.post(url, data=form)).json()["ok"]


async def test_method_is_unknown_when_slack_has_none_of_that_name(rig: Rig) -> None:
    assert await code_of(rig.client.api_call("chat.shout")) == "unknown_method"


async def test_message_is_stored_with_thread_and_metadata_when_posted(rig: Rig) -> None:
    mark = {"event_type": "headroom", "event_payload": {"mark": "campaign/1"}}
    parent = await rig.client.chat_postMessage(channel=OPS, text="a", metadata=mark)
    await rig.client.chat_postMessage(channel=OPS, text="b", thread_ts=parent["ts"])
    history = await rig.client.conversations_history(channel=OPS, include_all_metadata=True)
    (message,) = history["messages"]
    assert message["metadata"] == mark
    assert (message["reply_count"], message["bot_id"]) == (1, "B0HEADROOM")
    bare = await rig.client.conversations_history(channel=OPS)
    assert "metadata" not in bare["messages"][0]
    replies = await rig.client.conversations_replies(channel=OPS, ts=parent["ts"])
    assert [reply["text"] for reply in replies["messages"]] == ["a", "b"]


async def test_history_is_cut_by_time_and_paged_when_asked(rig: Rig) -> None:
    sent = [(await rig.client.chat_postMessage(channel=OPS, text=str(i)))["ts"] for i in range(4)]
    page = await rig.client.conversations_history(channel=OPS, limit=2)
    assert [message["text"] for message in page["messages"]] == ["3", "2"]
    cursor = page["response_metadata"]["next_cursor"]
    rest = await rig.client.conversations_history(channel=OPS, limit=2, cursor=cursor)
    assert ([m["text"] for m in rest["messages"]], rest["has_more"]) == (["1", "0"], False)
    cut = await rig.client.conversations_history(channel=OPS, oldest=sent[1], latest=sent[3])
    assert [message["text"] for message in cut["messages"]] == ["2"]
    edges = await rig.client.conversations_history(channel=OPS, oldest=sent[3], inclusive=True)
    assert [message["text"] for message in edges["messages"]] == ["3"]


async def test_blocks_vanish_when_an_update_has_only_text(rig: Rig) -> None:
    sent = await rig.client.chat_postMessage(channel=OPS, text="a", blocks=[section("hi")])
    ts = sent["ts"]
    kept = await rig.client.chat_update(channel=OPS, ts=ts, text="b", blocks=[section("ho")])
    assert kept["message"]["blocks"][0]["text"]["text"] == "ho"
    assert "edited" not in kept["message"]
    bare = await rig.client.chat_update(channel=OPS, ts=ts, text="c")
    assert "blocks" not in bare["message"]
    assert bare["message"]["edited"]["user"] == "U0HEADROOM"


async def test_metadata_stays_when_an_update_does_not_mention_it(rig: Rig) -> None:
    mark = {"event_type": "headroom", "event_payload": {"mark": "m"}}
    sent = await rig.client.chat_postMessage(channel=OPS, text="a", metadata=mark)
    kept = await rig.client.chat_update(channel=OPS, ts=sent["ts"], text="b")
    assert kept["message"]["metadata"] == mark
    gone = await rig.client.chat_update(channel=OPS, ts=sent["ts"], text="c", metadata={})
    assert "metadata" not in gone["message"]


async def test_posting_is_refused_with_slacks_codes_when_it_cannot_be(rig: Rig) -> None:
    chat = rig.client
    rig.town.workspace.rooms["C0FINANCE"].archived = True
    post = chat.chat_postMessage
    assert await code_of(post(channel="C0NOWHERE", text="x")) == "channel_not_found"
    assert await code_of(post(channel=GENERAL, text="x")) == "not_in_channel"
    assert await code_of(post(channel="C0FINANCE", text="x")) == "is_archived"
    silent = chat.api_call("chat.postMessage", json={"channel": OPS})
    assert await code_of(silent) == "no_text"
    assert await code_of(post(channel=OPS, text="x", thread_ts="1.2")) == "thread_not_found"
    assert await code_of(post(channel=OPS, text="x", blocks=[{"type": "?"}])) == "invalid_blocks"
    assert (
        await code_of(post(channel=OPS, text="x", metadata={"a": 1})) == "invalid_metadata_format"
    )
    big = [section("x" * 3000)] * 5
    assert await code_of(post(channel=OPS, text="x", blocks=big)) == "msg_blocks_too_long"


async def test_refusal_names_the_place_when_blocks_are_invalid(rig: Rig) -> None:
    with pytest.raises(SlackApiError) as failure:
        await rig.client.chat_postMessage(channel=OPS, text="x", blocks=[actions()])
    (message,) = failure.value.response["response_metadata"]["messages"]
    assert message == "[ERROR] must provide at least 1 item [json-pointer:/blocks/0/elements]"


async def test_update_is_refused_with_slacks_codes_when_it_cannot_be(rig: Rig) -> None:
    await rig.town.say("erik", "hello", "#headroom-ops")
    theirs = rig.town.workspace.in_room(OPS)[0].ts
    ours = (await rig.client.chat_postMessage(channel=OPS, text="x"))["ts"]
    update = rig.client.chat_update
    assert await code_of(update(channel=OPS, ts="1.2", text="x")) == "message_not_found"
    assert await code_of(update(channel=OPS, ts=theirs, text="x")) == "cant_update_message"
    assert await code_of(update(channel=OPS, ts=ours, text="x" * 4001)) == "msg_too_long"
    hidden = await rig.client.chat_postEphemeral(channel=OPS, user="U0ERIK", text="psst")
    ts = hidden["message_ts"]
    assert await code_of(update(channel=OPS, ts=ts, text="x")) == "message_not_found"


async def test_ephemeral_message_is_seen_by_one_person_when_posted(rig: Rig) -> None:
    await rig.client.chat_postEphemeral(channel=OPS, user="U0ERIK", text="psst")
    assert [seen.kind for seen in await rig.town.sees("erik")] == ["ephemeral"]
    assert await rig.town.sees("ada") == []
    assert (await rig.client.conversations_history(channel=OPS))["messages"] == []
    call = rig.client.chat_postEphemeral(channel=OPS, user="U0MAYA", text="psst")
    assert await code_of(call) == "user_not_in_channel"


async def test_direct_conversation_opens_when_the_channel_is_a_user_id(rig: Rig) -> None:
    sent = await rig.client.chat_postMessage(channel="U0MAYA", text="hi")
    opened = await rig.client.conversations_open(users="U0MAYA")
    assert sent["channel"] == opened["channel"]["id"] == "D0MAYA"
    assert (await rig.town.sees("maya"))[0].channel == "@maya"
    assert await code_of(rig.client.conversations_open(users="U0NOBODY")) == "user_not_found"
    by_person = rig.client.chat_update(channel="U0MAYA", ts=sent["ts"], text="hello")
    assert await code_of(by_person) == "channel_not_found"


async def test_message_disappears_when_it_is_deleted(rig: Rig) -> None:
    sent = await rig.client.chat_postMessage(channel=OPS, text="oops")
    await rig.client.chat_delete(channel=OPS, ts=sent["ts"])
    assert rig.town.workspace.in_room(OPS) == []
    assert [seen.kind for seen in await rig.town.sees("ada")] == ["message", "deleted"]


async def test_permalink_leads_to_the_page_when_followed(rig: Rig) -> None:
    sent = await rig.client.chat_postMessage(channel=OPS, text="x")
    link = (await rig.client.chat_getPermalink(channel=OPS, message_ts=sent["ts"]))["permalink"]
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.get(link)
    assert answer.headers["location"].startswith("/#C0OPS/p")


async def test_directory_answers_when_asked(rig: Rig) -> None:
    info = await rig.client.users_info(user="U0FINN")
    assert info["user"]["tz"] == "America/New_York"
    assert (await rig.client.users_info(user="U0HEADROOM"))["user"]["is_bot"]
    groups = await rig.client.usergroups_list(include_users=True)
    assert {g["handle"]: g["users"] for g in groups["usergroups"]}["sre"] == ["U0ERIK", "U0ADA"]
    members = await rig.client.usergroups_users_list(usergroup="S0MARKETING")
    assert members["users"] == ["U0MAYA"]
    assert len((await rig.client.users_list())["members"]) == 5
    assert await code_of(rig.client.users_info(user="U0NOBODY")) == "user_not_found"
    assert await code_of(rig.client.usergroups_users_list(usergroup="S0")) == "no_such_subteam"


async def test_conversations_answer_when_asked(rig: Rig) -> None:
    info = (await rig.client.conversations_info(channel=GENERAL))["channel"]
    assert (info["name"], info["is_member"], info["num_members"]) == ("general", False, 5)
    listed = await rig.client.conversations_list(exclude_archived=True)
    assert len(listed["channels"]) == 5
    members = await rig.client.conversations_members(channel=OPS)
    assert members["members"] == ["U0ADA", "U0ERIK", "U0HEADROOM"]
    assert await code_of(rig.client.conversations_history(channel=GENERAL)) == "not_in_channel"
    assert await code_of(rig.client.conversations_info(channel="C0")) == "channel_not_found"


async def test_file_is_shared_in_the_thread_when_uploaded_in_three_steps(rig: Rig) -> None:
    parent = await rig.client.chat_postMessage(channel=OPS, text="report")
    await rig.client.files_upload_v2(
        channel=OPS, thread_ts=parent["ts"], filename="r.csv", title="Report", content="a,b\n1,2\n"
    )
    seen = (await rig.town.sees("erik"))[-1]
    assert (seen.kind, seen.thread_ts) == ("file", parent["ts"])
    assert seen.text.splitlines() == ["[file] Report (8 bytes)", "    a,b", "    1,2"]
    async with httpx.AsyncClient(trust_env=False) as http:
        assert (await http.get(seen.raw["files"][0]["url_private"])).text == "a,b\n1,2\n"


async def test_upload_is_refused_when_its_length_or_id_is_wrong(rig: Rig) -> None:
    place = await rig.client.files_getUploadURLExternal(filename="r.csv", length=3)
    async with httpx.AsyncClient(trust_env=False) as http:
        assert (await http.post(place["upload_url"], content=b"too long")).status_code == 400
        assert (await http.post(place["upload_url"] + "x", content=b"abc")).status_code == 404
        files = [{"id": place["file_id"]}]
        call = rig.client.files_completeUploadExternal
        assert await code_of(call(files=files, channel_id=OPS)) == "file_not_found"
        sent = await http.post(place["upload_url"], files={"file": ("r.csv", b"abc")})
        assert sent.text == "OK - 3"
    assert (await call(files=files))["files"][0]["size"] == 3


async def test_view_is_published_and_guarded_by_its_hash_when_home(rig: Rig) -> None:
    home = {"type": "home", "blocks": [section("Welcome"), actions(button("Go", "go"))]}
    first = await rig.client.views_publish(user_id="U0MAYA", view=home)
    assert (await rig.town.sees("maya"))[0].text == "Welcome\n[Go]"
    again = rig.client.views_publish
    old = first["view"]["hash"]
    await again(user_id="U0MAYA", view=home, hash=old)
    assert await code_of(again(user_id="U0MAYA", view=home, hash=old)) == "hash_conflict"
    assert await code_of(again(user_id="U0NOBODY", view=home)) == "user_not_found"
    assert await code_of(again(user_id="U0MAYA", view=modal())) == "invalid_arguments"
