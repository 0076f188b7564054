"""Response URLs: five answers in thirty minutes."""

from datetime import timedelta
from typing import Any

import pytest
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.sandbox_slack.kit import actions, button, section
from tests.sandbox_slack.rig import Rig

CARD = [section("Plan"), actions(button("Confirm", "confirm"))]


async def command_url(rig: Rig) -> AsyncWebhookClient:
    """The response URL of a command of maya's."""
    await rig.town.say("maya", "/campaign", "#campaigns")
    return AsyncWebhookClient(rig.bot.got[-1]["response_url"])


async def shown(rig: Rig, who: str = "maya") -> list[tuple[str, str]]:
    """What somebody saw, acknowledgements left out."""
    return [(s.kind.value, s.text) for s in await rig.town.sees(who) if s.kind != "ack"]


async def test_answer_is_private_or_public_when_the_bot_says_so(rig: Rig) -> None:
    hook = await command_url(rig)
    assert (await hook.send(text="for you")).body == "ok"
    await hook.send(text="for all", response_type="in_channel")
    assert await shown(rig) == [("ephemeral", "for you"), ("message", "for all")]
    assert await shown(rig, "sam") == [("message", "for all")]


async def test_sixth_answer_is_refused_when_five_were_given(rig: Rig) -> None:
    hook = await command_url(rig)
    for _ in range(5):
        assert (await hook.send(text="x")).status_code == 200
    sixth = await hook.send(text="x")
    assert (sixth.status_code, "used_url" in sixth.body) == (404, True)


async def test_answer_is_refused_when_thirty_minutes_have_passed(rig: Rig) -> None:
    hook = await command_url(rig)
    rig.clock.advance(timedelta(minutes=29, seconds=59))
    assert (await hook.send(text="x")).status_code == 200
    rig.clock.advance(timedelta(seconds=1))
    late = await hook.send(text="x")
    assert (late.status_code, "expired_url" in late.body) == (404, True)


async def test_own_answer_changes_when_the_original_is_replaced(rig: Rig) -> None:
    hook = await command_url(rig)
    await hook.send(text="working on it")
    await hook.send(text="done", replace_original=True)
    await hook.send(delete_original=True)
    kinds = [kind for kind, _ in await shown(rig)]
    assert kinds == ["ephemeral", "edit", "deleted"]


async def test_message_changes_when_a_click_on_it_is_answered(rig: Rig) -> None:
    await rig.client.chat_postMessage(channel="C0CAMPAIGN", text="plan", blocks=CARD)
    await rig.town.click("maya", "Confirm")
    hook = AsyncWebhookClient(rig.bot.got[-1]["response_url"])
    await hook.send(text="confirmed", replace_original=True)
    (message,) = rig.town.workspace.in_room("C0CAMPAIGN")
    assert (message.text, message.blocks) == ("confirmed", [])


async def test_private_card_can_be_clicked_and_removed_when_it_has_buttons(rig: Rig) -> None:
    hook = await command_url(rig)
    await hook.send(text="form?", blocks=CARD)
    await rig.town.click("maya", "Confirm")
    click: dict[str, Any] = rig.bot.of_type("block_actions")[0]
    assert click["container"]["is_ephemeral"] is True
    assert "message" not in click
    await AsyncWebhookClient(click["response_url"]).send(delete_original=True)
    with pytest.raises(LookupError):
        await rig.town.click("maya", "Confirm")


async def test_answer_is_refused_when_it_is_no_message(rig: Rig) -> None:
    hook = await command_url(rig)
    assert (await hook.send_dict({"mrkdwn": True})).body.count("no_text") == 1
    bad = await hook.send(text="x", blocks=[{"type": "hologram"}])
    assert (bad.status_code, "invalid_blocks" in bad.body) == (400, True)
    assert (await AsyncWebhookClient(hook.url + "x").send(text="x")).status_code == 404
    assert (await hook.send(text="still usable")).status_code == 200
