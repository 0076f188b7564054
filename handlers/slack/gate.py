"""The door: who may come in, and what a person is told when a request cannot be kept.

The only place at this edge with a broad `except`: nobody in Slack is left waiting, and no payload is logged.
"""

import asyncio
import json
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from urllib.parse import unquote_to_bytes

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

from bot.core.delivery import Delivery
from bot.errors import HeadroomError
from bot.ports.jobs import Job

Accept = Callable[[Delivery, Job], Awaitable[bool]]

NOT_STORED = (
    "Headroom can't store your request right now; nothing was started. "
    "Please send it again in a minute."
)
NOT_KNOWN = (
    "Storing your request takes too long, so I can't say whether it was kept. "
    "If nothing appears within a minute, please send it again."
)
# Slack gives up after three seconds; what is left is for the way back.
ANSWER_WITHIN = 2.2
TELL_WITHIN = 0.5

_IS_JSON = "application/json"
_JSON: dict[str, str | Sequence[str]] = {"content-type": _IS_JSON}

_log = logging.getLogger("headroom.slack")


class TooSlow(Exception):
    """The store did not answer in time; the request may or may not be kept."""


def is_genuine(verifier: SignatureVerifier, body: bytes, headers: Mapping[str, str]) -> bool:
    """Whether Slack signed exactly these bytes within the last five minutes, by this machine's clock."""
    timestamp = headers.get("x-slack-request-timestamp", "")
    signature = headers.get("x-slack-signature", "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    try:
        return signature.isascii() and verifier.is_valid(body, timestamp, signature)
    except UnicodeDecodeError:  # Slack sends UTF-8 only
        return False


def read(body: bytes, headers: Mapping[str, str]) -> AsyncBoltRequest | None:
    """The request as Bolt wants it; None for a body that is no payload of Slack's.

    Bolt is given JSON always: of a form it takes a command that has the word "payload" in it for a click, and
    loses it. Of the headers it needs no other.
    """
    try:
        text = body.decode("utf-8")
        if not (text.startswith("{") or headers.get("content-type", "").startswith(_IS_JSON)):
            text = _json_of(text)
        return AsyncBoltRequest(body=text, headers=_JSON)
    except Exception as error:  # noqa: BLE001 - Bolt reads ids from unchecked JSON and may fail in any way
        _log.warning("an unreadable body was refused: %s", type(error).__name__)
        return None


def _json_of(form: str) -> str:
    """Of clicks and forms the one field that counts; of commands all of them."""
    fields = form_fields(form)
    pressed = "payload" in fields and "command" not in fields
    return fields["payload"] if pressed else json.dumps(fields)


def form_fields(form: str) -> dict[str, str]:
    """As `dict(parse_qsl(form, keep_blank_values=True))`, which is a fifth of what a command costs here."""
    pairs = [pair.partition("=") for pair in form.replace("+", " ").split("&") if pair]
    return {_unquoted(name): _unquoted(value) for name, _, value in pairs}


def _unquoted(text: str) -> str:
    return unquote_to_bytes(text).decode("utf-8", "replace") if "%" in text else text


async def keep(accept: Accept, delivery: Delivery, job: Job) -> None:
    """Durably accepted when this returns; raises TooSlow, or what `accept` raises."""
    try:
        async with asyncio.timeout(ANSWER_WITHIN):
            await accept(delivery, job)
    except TimeoutError as error:
        raise TooSlow from error


async def on_failure(error: Exception, request: AsyncBoltRequest) -> BoltResponse:
    """What Slack is answered when a listener failed: commands and clicks are told, events come again."""
    reference = secrets.token_hex(4)
    reason = str(error) if isinstance(error, HeadroomError) else ""
    _log.error("a request failed, reference %s: %s %s", reference, type(error).__name__, reason)
    text = NOT_KNOWN if isinstance(error, TooSlow) else NOT_STORED
    match request.body:
        case {"command": str()}:
            return BoltResponse(status=200, body={"response_type": "ephemeral", "text": text})
        case {"type": "view_submission"}:
            errors = {_first_input(request.body): text}
            return BoltResponse(status=200, body={"response_action": "errors", "errors": errors})
        case {"type": "block_actions"}:
            await _tell(request, text)
            return BoltResponse(status=HTTPStatus.OK, body="")
        case _:
            return BoltResponse(status=HTTPStatus.SERVICE_UNAVAILABLE, body="")


def _first_input(body: Mapping[str, object]) -> str:
    """Where the form can say so: Slack shows no error that names anything but an input of it."""
    match body:
        case {"view": {"blocks": [*blocks]}}:
            for block in blocks:
                match block:
                    case {"type": "input", "block_id": str(name)}:
                        return name
    return "name"


async def _tell(request: AsyncBoltRequest, text: str) -> None:
    """Answers a click: its acknowledgement cannot carry words, so its response URL must."""
    respond = request.context.respond
    if respond is None:
        return
    try:
        async with asyncio.timeout(TELL_WITHIN):
            await respond(text, response_type="ephemeral", replace_original=False)
    except Exception as error:  # noqa: BLE001 - Slack is unreachable as well: nobody is left to tell
        _log.warning("a person could not be told: %s", type(error).__name__)
