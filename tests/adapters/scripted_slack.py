"""An HTTP server that answers what a test scripts and keeps what was asked: for looking at the wire."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: `method` is the last part of the path, `fields` what came as JSON, form or query."""

    method: str
    fields: dict[str, Any]
    body: bytes
    token: str


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: a dict is sent as JSON, text as it is."""

    body: dict[str, Any] | str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "text/html"


@dataclass
class ScriptedSlack:
    """`replies` maps a method to its answers, the last one repeated; whatever else is `{"ok": true}`."""

    url: str = ""
    replies: dict[str, list[Reply]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def says(self, method: str, *replies: Reply) -> None:
        """Scripts the answers to a method."""
        self.replies[method] = list(replies)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One request."""
        method = request.path.rpartition("/")[2]
        body = await request.read()
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self.asked.append(Asked(method, await _fields(request, body), body, token))
        scripted = self.replies.get(method, [Reply({"ok": True})])
        reply = scripted.pop(0) if len(scripted) > 1 else scripted[0]
        if isinstance(reply.body, dict):
            return web.json_response(reply.body, status=reply.status, headers=reply.headers)
        return web.Response(
            text=reply.body,
            status=reply.status,
            headers=reply.headers,
            content_type=reply.content_type,
        )


async def _fields(request: web.Request, body: bytes) -> dict[str, Any]:
    fields: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        return fields | dict(json.loads(body))
    if request.content_type == "application/x-www-form-urlencoded":
        return fields | dict(await request.post())
    return fields


@asynccontextmanager
async def scripted_slack() -> AsyncIterator[ScriptedSlack]:
    """Serves on a free loopback port while the block runs."""
    slack = ScriptedSlack()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", slack.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0]
    slack.url = f"http://{host}:{port}"
    try:
        yield slack
    finally:
        await runner.cleanup()
