"""Slack's own framework as the bot: it takes our deliveries for Slack's."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.slack.faults import Forgery
from tests.sandbox_slack.kit import actions, button, modal
from tests.sandbox_slack.rig import SECRETS, Rig, served


class BoltBot:
    """A Bolt app that notes what its listeners got."""

    def __init__(self, rig: Rig) -> None:
        self.heard: list[str] = []
        self.app = AsyncApp(
            signing_secret=SECRETS.signing_secret, client=rig.client, process_before_response=True
        )
        self.app.command("/campaign")(self._command)
        self.app.action("confirm")(self._action)
        self.app.view("campaign.form")(self._view)
        self.app.event("app_mention")(self._event)
        self.app.event("message")(_nothing)
        self.app.shortcut("announce")(self._shortcut)

    async def endpoint(self, request: Request) -> Response:
        """One delivery."""
        return await AsyncSlackRequestHandler(self.app).handle(request)

    async def _command(self, ack: Any, command: Any, client: Any, respond: Any) -> None:
        self.heard.append(f"command {command['text']}")
        await client.views_open(trigger_id=command["trigger_id"], view=modal())
        await respond("Got it")
        await ack("Thanks")

    async def _action(self, ack: Any, action: Any, respond: Any) -> None:
        self.heard.append(f"action {action['value']}")
        await ack()
        await respond("Done", replace_original=True)

    async def _view(self, ack: Any, view: Any) -> None:
        self.heard.append(f"view {view['state']['values']['name']['name']['value']}")
        await ack(response_action="errors", errors={"name": "Taken."})

    async def _event(self, event: Any, say: Any) -> None:
        self.heard.append(f"event {event['user']}")
        await say("Yes?")

    async def _shortcut(self, ack: Any, shortcut: Any) -> None:
        self.heard.append(f"shortcut {shortcut['user']['id']}")
        await ack()


async def _nothing() -> None:
    """Messages are of no interest here."""


@pytest.fixture
async def bolt(rig: Rig) -> AsyncIterator[BoltBot]:
    """The Bolt app in the stand-in's place."""
    bot = BoltBot(rig)
    async with served([Route("/slack/events", bot.endpoint, methods=["POST"])]) as url:
        rig.town.bot_url = lambda: f"{url}/slack/events"
        yield bot


async def test_bolt_answers_a_command_when_it_comes_from_the_sandbox(
    rig: Rig, bolt: BoltBot
) -> None:
    assert (await rig.town.say("maya", "/campaign x3", "#campaigns")).ok
    seen = [(s.kind.value, s.text) for s in await rig.town.sees("maya") if s.kind != "ack"]
    assert [kind for kind, _ in seen] == ["view", "ephemeral", "ephemeral"]
    assert [text for _, text in seen[1:]] == ["Got it", "Thanks"]
    outcome = await rig.town.submit("maya", {"name": "Push"})
    assert outcome.text == "Taken."
    assert bolt.heard == ["command x3", "view Push"]


async def test_bolt_answers_a_click_when_it_comes_from_the_sandbox(rig: Rig, bolt: BoltBot) -> None:
    card = [actions(button("Confirm", "confirm", value="v1"))]
    await rig.client.chat_postMessage(channel="C0CAMPAIGN", text="plan", blocks=card)
    assert (await rig.town.click("maya", "Confirm")).ok
    assert bolt.heard == ["action v1"]
    assert rig.town.workspace.in_room("C0CAMPAIGN")[0].text == "Done"


async def test_bolt_hears_events_and_shortcuts_when_they_come_from_the_sandbox(
    rig: Rig, bolt: BoltBot
) -> None:
    maya = rig.town.scenario.person("maya")
    assert (await rig.town.people.shortcut(maya, "announce")).ok
    assert await rig.town.people.verify_url()
    await rig.town.say("erik", "@headroom hello?", "#headroom-ops")
    await rig.town.courier.settled()
    assert bolt.heard == ["shortcut U0MAYA", "event U0ERIK"]
    assert (await rig.town.sees("ada"))[-1].text == "Yes?"


async def test_bolt_refuses_a_delivery_when_it_is_stale(rig: Rig, bolt: BoltBot) -> None:
    rig.town.faults.forge(Forgery.STALE)
    outcome = await rig.town.say("maya", "/campaign", "#campaigns")
    assert (outcome.ok, bolt.heard) == (False, [])
    assert rig.town.deliveries()[-1].status == 401
