"""The HTTP routes: Slack's one URL, and what a platform asks about our health. Built by bot.app."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Protocol

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from handlers.http.events import SlackEvents
from handlers.http.fast_paths import FastPaths
from handlers.slack.app import SlackApp


@dataclass(frozen=True, slots=True)
class Readiness:
    """`database` is whether it answers; `behind` messages are not in Slack yet, the oldest since `oldest`.

    `oldest_alert` waits to be sorted for that long; `heard` is the age of the newest notification.
    No worker has taken `oldest_job` for that long since it was due: where that grows, none lives.
    """

    database: bool
    behind: int = 0
    oldest: timedelta | None = None
    oldest_alert: timedelta | None = None
    heard: timedelta | None = None
    closed_channels: int = 0
    oldest_job: timedelta | None = None


class Health(Protocol):
    """What the readiness route asks; never raises."""

    async def readiness(self) -> Readiness: ...


def web_app(
    slack: SlackApp,
    health: Health,
    alerts: Sequence[Route] = (),
    others: Sequence[Route] = (),
    *,
    version: str = "",
) -> FastPaths:
    """POST /slack/events (commands, clicks and events alike), `alerts`, `others`, GET /healthz and /readyz.

    `version` is what this process says that it is.
    """

    async def healthz(_: Request) -> Response:
        return JSONResponse({"alive": True, "version": version})

    async def readyz(_: Request) -> Response:
        return _readiness(await health.readiness())

    busy = [Route("/slack/events", SlackEvents(slack), methods=["POST"]), *alerts]
    asked = [Route("/healthz", healthz), Route("/readyz", readyz)]
    return FastPaths(Starlette(routes=[*busy, *asked, *others]), busy)


def _readiness(state: Readiness) -> Response:
    """A long queue is told but does not make us unready: restarting a web process would not shorten it."""
    status = HTTPStatus.OK if state.database else HTTPStatus.SERVICE_UNAVAILABLE
    content = {
        "ready": state.database,
        "database": "ok" if state.database else "unreachable",
        "posts_behind": state.behind,
        "oldest_post_seconds": _seconds(state.oldest),
        "oldest_alert_seconds": _seconds(state.oldest_alert),
        "last_notification_seconds": None if state.heard is None else _seconds(state.heard),
        "closed_channels": state.closed_channels,
        "oldest_job_seconds": _seconds(state.oldest_job),
    }
    return JSONResponse(content, status_code=status)


def _seconds(span: timedelta | None) -> float:
    return 0.0 if span is None else span.total_seconds()
