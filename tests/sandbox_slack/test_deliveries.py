"""What reaches the bot: commands, clicks and events, with Slack's deadline, retries and identities."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from starlette.responses import JSONResponse, PlainTextResponse, Response

from tests.sandbox_slack.kit import actions, button, option, section
from tests.sandbox_slack.rig import Rig, open_rig

CARD = [
    section("Plan"),
    actions(
        button(":white_check_mark: Confirm", "campaign.confirm", value="sealed"),
        button("Drop", "drop"),
    ),
]


def answering(rig: Rig, *answers: Response) -> None:
    """The bot gives these answers one after the other, the last one for ever."""
    left = list(answers)

    async def reply(_: dict[str, Any]) -> Response:
        return left.pop(0) if len(left) > 1 else left[0]

    rig.bot.reply = reply


async def until(rig: Rig, deliveries: int) -> None:
    """Lets the courier work until the bot was asked this often."""
    async with asyncio.timeout(5):
        while len(rig.town.deliveries()) < deliveries:  # noqa: ASYNC110 - a count, not an event
            await asyncio.sleep(0.01)


async def test_command_tells_the_person_when_the_bot_does_not_answer_in_time(rig: Rig) -> None:
    async def slow(_: dict[str, Any]) -> Response:
        await asyncio.sleep(3.3)
        return PlainTextResponse("")

    rig.bot.reply = slow
    outcome = await rig.town.say("maya", "/campaign", "#campaigns")
    assert outcome.text == '/campaign failed with the error "operation_timeout"'
    assert (await rig.town.sees("maya"))[-1].kind == "error"
    assert len(rig.bot.got) == 1


@pytest.mark.parametrize("status", [401, 404, 500])
async def test_command_tells_the_person_when_the_bot_refuses(rig: Rig, status: int) -> None:
    answering(rig, PlainTextResponse("no", status))
    outcome = await rig.town.say("maya", "/campaign", "#campaigns")
    assert outcome.text == '/campaign failed with the error "dispatch_failed"'


async def test_people_are_told_when_the_bot_is_not_there(rig: Rig) -> None:
    await rig.client.chat_postMessage(channel="C0CAMPAIGN", text="plan", blocks=CARD)
    rig.town.bot_url = "http://127.0.0.1:9/slack/events"
    outcome = await rig.town.say("maya", "/campaign", "#campaigns")
    assert "dispatch_failed" in outcome.text
    clicked = await rig.town.click("maya", "Confirm")
    assert "headroom is not responding" in clicked.text


async def test_acknowledgement_is_shown_when_it_has_a_body(rig: Rig) -> None:
    public = {"response_type": "in_channel", "text": "for all"}
    answering(
        rig, PlainTextResponse("just you"), JSONResponse({"text": "you"}), JSONResponse(public)
    )
    for _ in range(3):
        await rig.town.say("maya", "/headroom status", "#campaigns")
    shown = [(s.kind, s.text) for s in await rig.town.sees("maya") if s.kind != "ack"]
    assert shown == [("ephemeral", "just you"), ("ephemeral", "you"), ("message", "for all")]
    assert [seen.text for seen in await rig.town.sees("sam")] == ["for all"]


async def test_line_is_refused_by_slack_when_it_cannot_be_typed(rig: Rig) -> None:
    unknown = await rig.town.say("maya", "/deploy", "#campaigns")
    assert unknown.text == "/deploy is not a valid command."
    threaded = await rig.town.say("maya", "/campaign", "#campaigns", thread_ts="1.2")
    assert "not supported in threads" in threaded.text
    outside = await rig.town.say("maya", "hello", "#headroom-ops")
    assert outside.text == "You are not in #headroom-ops."
    assert rig.bot.got == []


async def test_click_carries_the_message_and_a_response_url_when_a_button_is_clicked(
    rig: Rig,
) -> None:
    sent = await rig.client.chat_postMessage(channel="C0CAMPAIGN", text="plan", blocks=CARD)
    assert (await rig.town.click("maya", "confirm")).ok
    (click,) = rig.bot.of_type("block_actions")
    (action,) = click["actions"]
    assert (action["action_id"], action["value"], action["type"]) == (
        "campaign.confirm",
        "sealed",
        "button",
    )
    assert click["container"]["message_ts"] == click["message"]["ts"] == sent["ts"]
    assert click["channel"] == {"id": "C0CAMPAIGN", "name": "campaigns"}
    assert click["user"]["id"] == "U0MAYA"
    assert click["trigger_id"]
    assert click["response_url"].startswith(f"{rig.url}/hooks/actions/")


async def test_newest_button_is_clicked_when_several_messages_have_it(rig: Rig) -> None:
    sent = [
        await rig.client.chat_postMessage(channel="C0CAMPAIGN", text=str(i), blocks=CARD)
        for i in range(2)
    ]
    await rig.town.click("maya", "campaign.confirm")
    await rig.town.click("maya", "Drop", channel="#campaigns", ts=sent[0]["ts"])
    clicks = rig.bot.of_type("block_actions")
    assert [click["message"]["text"] for click in clicks] == ["1", "0"]
    with pytest.raises(LookupError, match="sees no button 'Approve'"):
        await rig.town.click("maya", "Approve")


async def test_button_is_out_of_reach_when_the_person_is_not_in_the_channel(rig: Rig) -> None:
    await rig.client.chat_postMessage(channel="C0OPS", text="plan", blocks=CARD)
    with pytest.raises(LookupError):
        await rig.town.click("maya", "Confirm")
    assert (await rig.town.click("ada", "Confirm")).ok


async def test_choice_is_sent_when_a_select_in_a_message_is_used(rig: Rig) -> None:
    select = {
        "type": "static_select",
        "action_id": "size",
        "options": [option("s"), option("l", "Large")],
    }
    await rig.client.chat_postMessage(channel="C0OPS", text="x", blocks=[actions(select)])
    await rig.town.click("ada", "size", value="Large")
    (click,) = rig.bot.of_type("block_actions")
    assert click["actions"][0]["selected_option"]["value"] == "l"


async def test_a_menu_is_called_by_its_placeholder_and_says_what_it_offers(rig: Rig) -> None:
    select = {
        "type": "static_select",
        "action_id": "size",
        "placeholder": {"type": "plain_text", "text": "Size"},
        "options": [option("s", "Small"), option("l", "Large")],
    }
    await rig.client.chat_postMessage(channel="C0OPS", text="x", blocks=[actions(select)])
    with pytest.raises(LookupError, match="Size is a menu; choose one of: Small, Large"):
        await rig.town.click("ada", "Size")
    assert (await rig.town.click("ada", "Size", value="Small")).ok


async def test_event_is_retried_at_once_after_a_minute_and_after_five_when_refused(
    rig: Rig,
) -> None:
    answering(rig, PlainTextResponse("no", 500))
    await rig.town.say("erik", "@headroom status", "#headroom-ops")
    rig.bot.got.clear()
    await until(rig, 4)  # two events, each at once again
    assert {answer.retry for answer in rig.town.deliveries()} == {0, 1}
    rig.clock.advance(timedelta(minutes=1))
    await until(rig, 6)
    rig.clock.advance(timedelta(minutes=5))
    await until(rig, 8)
    await rig.town.courier.settled()
    identities = {answer.identity for answer in rig.town.deliveries()}
    assert (len(identities), len(rig.town.deliveries())) == (2, 8)
    retries = [head.get("x-slack-retry-num") for head in rig.bot.headers]
    assert retries.count("3") == 2
    assert rig.bot.headers[-1]["x-slack-retry-reason"] == "http_error"


async def test_event_is_not_retried_when_the_bot_accepts_or_forbids_it(rig: Rig) -> None:
    answering(rig, PlainTextResponse("no", 500, {"x-slack-no-retry": "1"}))
    await rig.town.open_home("maya")
    await rig.town.courier.settled()
    answering(rig, PlainTextResponse(""))
    await rig.town.open_home("maya")
    await rig.town.courier.settled()
    assert [answer.retry for answer in rig.town.deliveries()] == [0, 0]
    (first, _) = rig.bot.of_type("app_home_opened")
    assert (first["event"]["user"], first["event"]["tab"]) == ("U0MAYA", "home")


async def test_event_reports_the_reason_when_the_bot_was_not_there(rig: Rig) -> None:
    there = rig.town.bot_url
    rig.town.bot_url = "http://127.0.0.1:9/"
    await rig.town.open_home("maya")
    await until(rig, 2)
    rig.town.bot_url = there
    rig.clock.advance(timedelta(minutes=1))
    await until(rig, 3)
    assert rig.bot.headers[-1]["x-slack-retry-reason"] == "connection_failed"


async def test_mention_is_an_event_when_a_person_names_the_bot(rig: Rig) -> None:
    await rig.town.say("erik", "hi @headroom", "#headroom-ops")
    await rig.town.courier.settled()
    (mention,) = rig.bot.of_type("app_mention")
    assert mention["event"]["text"] == "hi <@U0HEADROOM>"
    assert mention["event_id"].startswith("Ev")
    await rig.town.say("erik", "hi @headroom", "#general")
    await rig.town.courier.settled()
    assert len(rig.bot.of_type("app_mention")) == 1


async def test_a_direct_message_is_an_event_when_the_app_is_subscribed_to_those_only() -> None:
    async with open_rig(events=("message.im",)) as rig:
        await rig.town.say("maya", "hello", "@headroom")
        await rig.town.say("erik", "not for you", "#headroom-ops")
        await rig.town.courier.settled()
        (message,) = rig.bot.of_type("message")
    assert (message["event"]["channel_type"], message["event"]["channel"]) == ("im", "D0MAYA")


async def test_a_shortcut_of_a_message_brings_the_message_when_chosen(rig: Rig) -> None:
    await rig.town.say("erik", "Sneaker drop Fri 18:00", "#campaigns")
    posted = rig.town.workspace.in_room("C0CAMPAIGN")[-1]
    await rig.town.shortcut("maya", "Plan this as a campaign", channel="#campaigns", ts=posted.ts)
    (payload,) = rig.bot.of_type("message_action")
    assert payload["callback_id"] == "campaign.from_message"
    assert payload["message"]["text"] == "Sneaker drop Fri 18:00"
    assert payload["user"]["id"] == "U0MAYA"
    assert payload["channel"] == {"id": "C0CAMPAIGN", "name": "campaigns"}
    with pytest.raises(LookupError, match="Plan this as a campaign"):
        await rig.town.shortcut("maya", "Fly", channel="#campaigns", ts=posted.ts)


async def test_shortcut_and_handshake_reach_the_bot_when_used(rig: Rig) -> None:
    maya = rig.town.scenario.person("maya")
    assert (await rig.town.people.shortcut(maya, "announce")).ok
    assert rig.bot.of_type("shortcut")[0]["callback_id"] == "announce"
    assert await rig.town.people.verify_url()
