"""What Slack sends of a form that opened: every field as it is shown, but for what a person changed."""

from typing import Any

from bot.core.message import View
from bot.sandbox.slack.forms import fill
from handlers.slack.deliveries import from_form
from tests.flows.town import MAYA, Town


def answers(town: Town, view: View, **changed: str) -> dict[str, str]:
    """The values as the handlers read them; BadInput where Slack would not let the form go."""
    body: dict[str, Any] = {"view": {"state": {"values": fill(dict(view.body), changed)}}}
    return dict(from_form(body, town.clock.now()).values)


async def send_opened(town: Town, *, by: str = MAYA, **changed: str) -> None:
    """Sends the form that opened last, with some fields changed."""
    view = town.chat.views[-1][1]
    metadata = str(view.body["private_metadata"])
    await town.send_form(answers(town, view, **changed), metadata=metadata, by=by)
    await town.run()
