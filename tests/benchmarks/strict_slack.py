"""A Slack that enforces its limits to the letter and remembers what it shows; for the storm benchmarks.

Per channel one message a second (a bucket of two), per method 50 edits a minute; on demand every call
is answered 429 or 503 for a while. Speaks the Web API as Headroom uses it, and incoming webhooks.
"""

import asyncio
import contextlib
import json
import socket
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

BURST = 2.0
EDITS_A_MINUTE = 50


@dataclass
class Bucket:
    """One token a second, at most BURST."""

    tokens: float = BURST
    at: float = 0.0

    def take(self, now: float) -> bool:
        """Whether a message may be posted now."""
        self.tokens = min(BURST, self.tokens + (now - self.at))
        self.at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


@dataclass
class StrictSlack:
    """`messages` by ts as they are now; `posts` counts new ones, `refused` the calls it did not take."""

    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    posts: int = 0
    edits: int = 0
    refused: int = 0
    limited_until: float = 0.0
    down_until: float = 0.0
    _buckets: dict[str, Bucket] = field(default_factory=dict)
    _edits: deque[float] = field(default_factory=deque)

    def text(self) -> str:
        """All that can be read in it."""
        return "\n".join(json.dumps(one, ensure_ascii=False) for one in self.messages.values())

    async def api(self, request: Request) -> Response:
        """`POST /api/<method>`"""
        method = request.path_params["method"]
        values = await _values(request)
        trouble = self._trouble()
        if trouble is not None:
            return trouble
        match method:
            case "chat.postMessage":
                return self._post(values)
            case "chat.update":
                return self._update(values)
            case "conversations.history" | "conversations.replies":
                thread = str(values.get("ts", ""))
                return JSONResponse({"ok": True, "messages": self._in(values, thread)})
            case _:
                return JSONResponse({"ok": True, "user_id": "U1", "bot_id": "B1", "team_id": "T1"})

    async def hook(self, request: Request) -> Response:
        """An incoming webhook."""
        values = json.loads(await request.body())
        trouble = self._trouble()
        if trouble is not None:
            return trouble
        answer = self._post({**values, "channel": request.path_params["channel"]})
        return Response("ok") if answer.status_code == 200 else answer

    def _trouble(self) -> Response | None:
        now = time.monotonic()
        if now < self.down_until:
            self.refused += 1
            return Response("down", 503)
        if now < self.limited_until:
            return self._slow_down(self.limited_until - now)
        return None

    def _slow_down(self, seconds: float) -> Response:
        self.refused += 1
        wait = {"retry-after": str(max(1, int(seconds + 0.999)))}
        return JSONResponse({"ok": False, "error": "ratelimited"}, 429, headers=wait)

    def _post(self, values: Mapping[str, Any]) -> Response:
        channel = str(values["channel"])
        if not self._buckets.setdefault(channel, Bucket()).take(time.monotonic()):
            return self._slow_down(1)
        self.posts += 1
        ts = f"{int(time.time())}.{self.posts:06d}"
        self.messages[ts] = {**values, "ts": ts, "bot_id": "B1", "user": "U1"}
        return JSONResponse({"ok": True, "ts": ts, "channel": channel})

    def _update(self, values: Mapping[str, Any]) -> Response:
        now = time.monotonic()
        while self._edits and now - self._edits[0] > 60:
            self._edits.popleft()
        if len(self._edits) >= EDITS_A_MINUTE:
            return self._slow_down(60 - (now - self._edits[0]))
        self._edits.append(now)
        self.edits += 1
        ts = str(values["ts"])
        if ts not in self.messages:
            return JSONResponse({"ok": False, "error": "message_not_found"})
        self.messages[ts] = {**self.messages[ts], **values}
        return JSONResponse({"ok": True, "ts": ts, "channel": values["channel"]})

    def _in(self, values: Mapping[str, Any], thread: str) -> list[dict[str, Any]]:
        found = [one for one in self.messages.values() if one["channel"] == values["channel"]]
        kept = [one for one in found if str(one.get("thread_ts", "")) == thread]
        return [{**one, "metadata": _plain(one.get("metadata"))} for one in reversed(kept)]


@asynccontextmanager
async def strict_slack() -> AsyncIterator[tuple[StrictSlack, str]]:
    """Serves one; yields it with its URL."""
    slack = StrictSlack()
    app = Starlette(
        routes=[
            Route("/api/{method}", slack.api, methods=["POST", "GET"]),
            Route("/hook/{channel}", slack.hook, methods=["POST"]),
        ]
    )
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    server = _Server(uvicorn.Config(app, log_level="error", access_log=False, lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield slack, f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


class _Server(uvicorn.Server):
    """Leaves the signals to the benchmark."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _values(request: Request) -> dict[str, Any]:
    body = (await request.body()).decode()
    if "json" in request.headers.get("content-type", ""):
        return {**request.query_params, **json.loads(body)} if body else {}
    return {**request.query_params, **dict(parse_qsl(body))}


def _plain(metadata: Any) -> Any:
    return json.loads(metadata) if isinstance(metadata, str) else metadata
