"""A Slack town and a stand-in bot, each on a loopback port of its own."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import uvicorn
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.sandbox.slack.desk import Secrets
from bot.sandbox.slack.page import page_routes
from bot.sandbox.slack.scenario import load_people
from bot.sandbox.slack.town import SlackTown
from bot.sandbox.slack.town_http import town_routes

SECRETS = Secrets(token="xoxb-test", signing_secret="s3cret-of-the-sandbox")
START = datetime(2025, 11, 28, 14, 0, tzinfo=UTC)
Reply = Callable[[dict[str, Any]], Awaitable[Response]]


class HandClock:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self._now = START

    def now(self) -> datetime:
        """The present instant."""
        return self._now

    def advance(self, span: timedelta) -> None:
        """Moves it."""
        self._now += span


async def _ok(_: dict[str, Any]) -> Response:
    return PlainTextResponse("")


@dataclass
class StandInBot:
    """Keeps what it is sent and answers with `reply`; refuses bad signatures as a real bot does."""

    got: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    reply: Reply = _ok

    async def endpoint(self, request: Request) -> Response:
        """One delivery."""
        body = await request.body()
        headers = {key.lower(): value for key, value in request.headers.items()}
        if not SignatureVerifier(SECRETS.signing_secret).is_valid_request(body, headers):
            return PlainTextResponse("invalid request", 401)
        payload = _parsed(body, headers["content-type"])
        self.got.append(payload)
        self.headers.append(headers)
        if payload.get("type") == "url_verification":
            return JSONResponse({"challenge": payload["challenge"]})
        return await self.reply(payload)

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        """Deliveries of one interaction type or event type."""
        return [p for p in self.got if kind in {p.get("type"), p.get("event", {}).get("type")}]


def _parsed(body: bytes, kind: str) -> dict[str, Any]:
    if kind == "application/json":
        parsed: dict[str, Any] = json.loads(body)
        return parsed
    fields = {key: values[0] for key, values in parse_qs(body.decode()).items()}
    return json.loads(fields["payload"]) if "payload" in fields else dict(fields)


@dataclass
class Rig:
    """Everything a test needs."""

    town: SlackTown
    clock: HandClock
    bot: StandInBot
    client: AsyncWebClient
    url: str


def clock_route(clock: HandClock) -> Route:
    """The town's clock, as the page winds it."""

    async def endpoint(request: Request) -> Response:
        if request.method == "POST":
            wanted = datetime.fromisoformat((await request.json())["jump_to"])
            clock.advance(wanted - clock.now())
        return JSONResponse({"now": clock.now().isoformat(), "rate": 1.0})

    return Route("/town/clock", endpoint, methods=["GET", "POST"])


class AnnouncedServer(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()


@asynccontextmanager
async def served(routes: Sequence[BaseRoute]) -> AsyncIterator[str]:
    """Serves the routes on a free port; yields the URL."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        config = uvicorn.Config(
            Starlette(routes=list(routes)), log_level="error", lifespan="off", ws="none"
        )
        server = AnnouncedServer(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        await server.up.wait()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            await serving


@asynccontextmanager
async def open_rig(*, events: tuple[str, ...] = ()) -> AsyncIterator[Rig]:
    """A town and a stand-in bot, wired to each other."""
    people = load_people()
    people = replace(people, bot=replace(people.bot, events=events))
    clock, bot = HandClock(), StandInBot()
    town = SlackTown(people, clock, SECRETS)
    routes = [*town.routes(), *town_routes(town), *page_routes(), clock_route(clock)]
    async with (
        served(routes) as url,
        served([Route("/slack/events", bot.endpoint, methods=["POST"])]) as bot_url,
    ):
        town.own_url, town.bot_url = url, f"{bot_url}/slack/events"
        client = AsyncWebClient(SECRETS.token, base_url=f"{url}/api/")
        await town.start()
        try:
            yield Rig(town, clock, bot, client, url)
        finally:
            await town.stop()
