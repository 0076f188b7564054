"""A command, a message, a click: the whole way round."""

from typing import Any

from starlette.responses import Response

from tests.sandbox_slack.rig import Rig


async def test_command_reaches_the_bot_with_slacks_fields_when_a_person_types_it(rig: Rig) -> None:
    outcome = await rig.town.say("maya", "/campaign Black Friday x3", "#campaigns")
    assert outcome.ok
    (payload,) = rig.bot.got
    assert payload["command"] == "/campaign"
    assert payload["text"] == "Black Friday x3"
    assert payload["user_id"] == "U0MAYA"
    assert payload["channel_name"] == "campaigns"
    assert payload["is_enterprise_install"] == "false"
    assert payload["response_url"].startswith(rig.url)


async def test_people_in_the_channel_see_a_message_when_the_bot_posts_it(rig: Rig) -> None:
    answer = await rig.client.chat_postMessage(channel="C0OPS", text="*Hot* in here")
    assert answer["ts"]
    (seen,) = await rig.town.sees("erik")
    assert (seen.text, seen.channel, seen.who) == ("Hot in here", "#headroom-ops", "headroom")
    assert await rig.town.sees("maya") == []


async def test_modal_opens_and_submits_when_the_bot_uses_the_trigger(rig: Rig) -> None:
    async def reply(payload: dict[str, Any]) -> Response:
        if "command" in payload:
            await rig.client.views_open(trigger_id=payload["trigger_id"], view=FORM)
        return Response("")

    rig.bot.reply = reply
    await rig.town.say("maya", "/campaign", "#campaigns")
    outcome = await rig.town.submit("maya", {"name": "Push"})
    assert outcome.ok
    (submission,) = rig.bot.of_type("view_submission")
    state = submission["view"]["state"]["values"]
    assert state["n"]["name"] == {"type": "plain_text_input", "value": "Push"}


FORM = {
    "type": "modal",
    "callback_id": "campaign.form",
    "title": {"type": "plain_text", "text": "Campaign"},
    "submit": {"type": "plain_text", "text": "Plan it"},
    "blocks": [
        {
            "type": "input",
            "block_id": "n",
            "label": {"type": "plain_text", "text": "Name"},
            "element": {"type": "plain_text_input", "action_id": "name"},
        }
    ],
}
