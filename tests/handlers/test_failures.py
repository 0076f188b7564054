"""When nothing can be stored, the person is told so, and Slack keeps its events for later."""

import asyncio
import logging

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.core.delivery import Delivery
from bot.errors import TryAgain
from bot.ports.jobs import Job
from handlers.slack.gate import TooSlow, keep
from tests.handlers.door import NOW, Door
from tests.handlers.served import serve
from tests.handlers.test_clicks import CLICK, FORM
from tests.handlers.test_events import mention

SORRY = "Headroom can't store your request right now; nothing was started."


@pytest.fixture
def broken(door: Door) -> Door:
    """A door behind which the database does not answer."""
    door.inbox.failure = TryAgain("the database cannot be reached")
    return door


async def test_the_person_is_told_when_a_command_cannot_be_stored(broken: Door) -> None:
    response = await broken.command()
    assert response.status_code == 200
    assert response.json()["text"].startswith(SORRY)
    assert response.json()["response_type"] == "ephemeral"


async def test_the_form_stays_open_and_says_so_when_it_cannot_be_stored(broken: Door) -> None:
    response = await broken.interact(FORM)
    assert response.status_code == 200
    assert response.json()["response_action"] == "errors"
    assert response.json()["errors"]["name"].startswith(SORRY)


async def test_every_form_says_so_at_an_input_of_its_own(broken: Door) -> None:
    blocks = [
        {"type": "section", "block_id": "words"},
        {"type": "input", "block_id": "note"},
        {"type": "input", "block_id": "deed"},
    ]
    view = FORM["view"] | {"callback_id": "incident.form", "blocks": blocks}
    response = await broken.interact(FORM | {"view": view})
    (name,) = response.json()["errors"]
    assert name == "note"


async def test_the_person_is_told_when_a_click_cannot_be_stored(broken: Door) -> None:
    told: list[dict[str, object]] = []

    async def answer(request: Request) -> Response:
        told.append(await request.json())
        return Response("ok")

    async with serve(Starlette(routes=[Route("/r", answer, methods=["POST"])])) as url:
        response = await broken.interact(CLICK | {"response_url": f"{url}/r"})
    assert response.status_code == 200
    assert str(told[0]["text"]).startswith(SORRY)
    assert told[0]["replace_original"] is False


async def test_the_click_is_acknowledged_when_not_even_slack_can_be_told(broken: Door) -> None:
    response = await broken.interact(CLICK)
    assert response.status_code == 200


async def test_slack_is_asked_to_come_again_when_an_event_cannot_be_stored(broken: Door) -> None:
    response = await broken.event(mention("<@U0HEADROOM> status"))
    assert response.status_code == 503


async def test_the_person_is_told_when_something_unforeseen_breaks(door: Door) -> None:
    door.inbox.failure = ZeroDivisionError("secret words")
    response = await door.command()
    assert response.json()["text"].startswith(SORRY)


async def test_the_request_is_taken_when_the_database_is_back(broken: Door) -> None:
    await broken.command()
    broken.inbox.failure = None
    response = await broken.command()
    assert response.json()["text"].startswith("Got it.")
    assert len(broken.inbox.accepted) == 1


async def test_no_words_of_a_person_are_logged_when_a_request_fails(
    door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    door.inbox.failure = ZeroDivisionError("Black Friday push in an exception")
    await door.command()
    await door.event({"type": "unheard-of", "text": "Black Friday push"})
    await door.send(b"text=Black+Friday+push", headers={"x-slack-signature": "v0=1"})
    logged = caplog.text
    assert "reference" in logged
    assert "Black" not in logged
    assert "xoxb" not in logged


async def test_it_is_said_that_nothing_is_known_when_storing_takes_too_long() -> None:
    async def never(_: Delivery, __: Job) -> bool:
        await asyncio.sleep(60)
        return True

    delivery = Delivery("command:T:1", "U", "T", received_at=NOW)
    with pytest.raises(TooSlow):
        await keep(never, delivery, Job("announce", "command:T:1"))
