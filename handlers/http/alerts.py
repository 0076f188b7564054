"""The door for alerts: Pub/Sub push and webhook. Bare ASGI, for a storm comes through here.

The order matters: size, who it is, then the body; 200 only once it is stored.
"""

import json
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import parse_qs

from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.core.alert import Notification
from bot.core.envelope import from_pubsub, from_webhook
from bot.errors import HeadroomError
from bot.ports.clock import Clock
from handlers.http.callers import PushTokens, Unverifiable, WebhookSecrets

# Pub/Sub's largest message is 10 MB; a notification has some 4 kB.
BODY_LIMIT = 1024 * 1024

AcceptAlert = Callable[[Notification], Awaitable[bool]]
Admits = Callable[[Scope], Awaitable[bool]]
Read = Callable[[bytes, datetime], Notification]

_TELL_AGAIN_AFTER = timedelta(minutes=1)
_FOR_GOOD = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.REQUEST_ENTITY_TOO_LARGE})
_PUSH_SETTINGS = (
    "compare HEADROOM_PUBSUB_AUDIENCE and HEADROOM_PUBSUB_EMAIL with the push subscription"
)
_HOOK_SETTINGS = (
    "compare HEADROOM_ALERT_TOKENS or HEADROOM_ALERT_PASSWORDS with the notification channel"
)
_STORED = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]}

_log = logging.getLogger("headroom.alerts")


def alert_routes(
    accept: AcceptAlert, tokens: PushTokens, secrets: WebhookSecrets, clock: Clock
) -> list[Route]:
    """POST /alerts/pubsub and POST /alerts/webhook."""

    async def from_google(scope: Scope) -> bool:
        return await tokens.genuine(_header(scope, b"authorization"))

    async def knows_a_secret(scope: Scope) -> bool:
        return secrets.admits(_header(scope, b"authorization"), _query(scope, "auth_token"))

    pubsub = AlertDoor(accept, from_google, from_pubsub, clock, Refusals(clock, _PUSH_SETTINGS))
    webhook = AlertDoor(
        accept, knows_a_secret, from_webhook, clock, Refusals(clock, _HOOK_SETTINGS)
    )
    return [
        Route("/alerts/pubsub", pubsub, methods=["POST"]),
        Route("/alerts/webhook", webhook, methods=["POST"]),
    ]


class Refusals:
    """Says in the log that notifications are turned away; one line a minute at most, however often.

    Their sender tells nobody, so that a wrong setting looks like silence.
    """

    def __init__(self, clock: Clock, settings: str) -> None:
        self._clock = clock
        self._settings = settings
        self._count = 0
        self._told_at: datetime | None = None

    def note(self, said: str) -> None:
        """One more, for the reason that its sender was told."""
        self._count += 1
        now = self._clock.now()
        if self._told_at is not None and now - self._told_at < _TELL_AGAIN_AFTER:
            return
        _log.warning(
            "notifications turned away: %d, the last because %s; %s",
            self._count,
            said,
            self._settings,
        )
        self._told_at, self._count = now, 0


class AlertDoor:
    """One way in; answers 200 when the notification is stored, whether or not it can be understood."""

    def __init__(
        self, accept: AcceptAlert, admits: Admits, read: Read, clock: Clock, refusals: Refusals
    ) -> None:
        self._refusals = refusals
        self._accept = accept
        self._admits = admits
        self._read = read
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        status, said = await self._answer(scope, receive)
        if status is HTTPStatus.OK:
            # Without a body: one write to the socket instead of two.
            await send(_STORED)
            await send({"type": "http.response.body"})
        else:
            if status in _FOR_GOOD:
                self._refusals.note(said)
            await _send(status, said, send)

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[HTTPStatus, str]:
        body = await _bounded_body(receive)
        if body is None:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is larger than 1 MiB"
        try:
            if not await self._admits(scope):
                return HTTPStatus.UNAUTHORIZED, "the credentials are missing or wrong"
        except Unverifiable:
            return HTTPStatus.SERVICE_UNAVAILABLE, "the token cannot be verified now"
        if not body or body.isspace():
            return HTTPStatus.BAD_REQUEST, "the body is empty"
        try:
            await self._accept(self._read(body, self._clock.now()))
        except HeadroomError as error:
            # The sender comes again: Pub/Sub until it is told 200, the webhook for a while.
            _log.error("an alert could not be stored: %s", error)
            return HTTPStatus.SERVICE_UNAVAILABLE, "it could not be stored; send it again"
        return HTTPStatus.OK, ""


async def _bounded_body(receive: Receive) -> bytes | None:
    """The whole body; None once it exceeds the limit, or when its sender has gone."""
    part = await receive()
    if part["type"] == "http.request" and not part.get("more_body", False):
        whole: bytes = part.get("body", b"")
        return whole if len(whole) <= BODY_LIMIT else None
    parts, size = [], 0
    while part["type"] != "http.disconnect":
        parts.append(part.get("body", b""))
        size += len(parts[-1])
        if size > BODY_LIMIT:
            return None
        if not part.get("more_body", False):
            return b"".join(parts)
        part = await receive()
    return None


async def _send(status: HTTPStatus, said: str, send: Send) -> None:
    body = json.dumps({"status": said}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    if status == HTTPStatus.UNAUTHORIZED:
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": int(status), "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _header(scope: Scope, name: bytes) -> str:
    for key, value in scope["headers"]:
        if key == name:
            found: str = value.decode("latin-1")
            return found
    return ""


def _query(scope: Scope, name: str) -> str:
    raw: bytes = scope.get("query_string", b"")
    if not raw:
        return ""
    try:
        return parse_qs(raw.decode("latin-1"), max_num_fields=20).get(name, [""])[0]
    except ValueError:
        return ""
