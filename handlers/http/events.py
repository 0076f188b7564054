"""Slack's one URL, as a bare ASGI application: this is the hot path, so nothing stands in it that need not.

Mounted by routes. The order matters: size, signature over the raw bytes, only then the body is read.
"""

from http import HTTPStatus

from slack_bolt import BoltResponse
from starlette.types import Receive, Scope, Send

from handlers.slack.app import SlackApp
from handlers.slack.gate import is_genuine, read

BODY_LIMIT = 1024 * 1024


class SlackEvents:
    """Commands, clicks and events alike; answers what Bolt answers."""

    def __init__(self, slack: SlackApp) -> None:
        self._slack = slack

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        await _send(await self._answer(scope, receive), send)

    async def _answer(self, scope: Scope, receive: Receive) -> BoltResponse:
        body = await _bounded_body(receive)
        if body is None:
            return BoltResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        if not is_genuine(self._slack.verifier, body, headers):
            return BoltResponse(status=HTTPStatus.UNAUTHORIZED)
        asked = read(body, headers)
        if asked is None:
            return BoltResponse(status=HTTPStatus.BAD_REQUEST)
        return await self._slack.async_dispatch(asked)


async def _bounded_body(receive: Receive) -> bytes | None:
    """The whole body; None once it exceeds the limit, or when its sender has gone."""
    body, more = b"", True
    while more:
        part = await receive()
        if part["type"] == "http.disconnect":
            return None
        body += part.get("body", b"")
        if len(body) > BODY_LIMIT:
            return None
        more = part.get("more_body", False)
    return body


async def _send(answer: BoltResponse, send: Send) -> None:
    body = answer.body.encode()
    headers = [
        (name.encode("latin-1"), value.encode("latin-1"))
        for name, value in answer.first_headers_without_set_cookie().items()
    ]
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": int(answer.status), "headers": headers})
    await send({"type": "http.response.body", "body": body})
