"""The HTTP routes: Slack's one URL, and what a platform asks about our health. Built by bot.app."""

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Protocol

from slack_bolt.adapter.starlette.async_handler import to_starlette_response
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from handlers.slack.app import SlackApp
from handlers.slack.gate import is_genuine, read

BODY_LIMIT = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Readiness:
    """`database` is whether it answers; `behind` messages are not in Slack yet, the oldest since `oldest`."""

    database: bool
    behind: int = 0
    oldest: timedelta | None = None


class Health(Protocol):
    """What the readiness route asks; never raises."""

    async def readiness(self) -> Readiness: ...


def web_app(slack: SlackApp, health: Health) -> Starlette:
    """POST /slack/events (commands, clicks and events alike), GET /healthz and /readyz."""

    async def slack_events(request: Request) -> Response:
        body = await _bounded_body(request)
        if body is None:
            return Response(status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if not is_genuine(slack.verifier, body, request.headers):
            return Response(status_code=HTTPStatus.UNAUTHORIZED)
        asked = read(body, request.headers)
        if asked is None:
            return Response(status_code=HTTPStatus.BAD_REQUEST)
        return to_starlette_response(await slack.async_dispatch(asked))

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok")

    async def readyz(_: Request) -> Response:
        return _readiness(await health.readiness())

    return Starlette(
        routes=[
            Route("/slack/events", slack_events, methods=["POST"]),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
        ]
    )


def _readiness(state: Readiness) -> Response:
    """A long queue is told but does not make us unready: restarting would not shorten it."""
    status = HTTPStatus.OK if state.database else HTTPStatus.SERVICE_UNAVAILABLE
    oldest = 0.0 if state.oldest is None else state.oldest.total_seconds()
    content = {
        "ready": state.database,
        "database": "ok" if state.database else "unreachable",
        "posts_behind": state.behind,
        "oldest_post_seconds": oldest,
    }
    return JSONResponse(content, status_code=status)


async def _bounded_body(request: Request) -> bytes | None:
    """The whole body, or None once it exceeds the limit (or its sender has gone)."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > BODY_LIMIT:
                return None
    except ClientDisconnect:
        return None
    return bytes(body)
