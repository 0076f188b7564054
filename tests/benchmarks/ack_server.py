"""One of the two servers that bench_ack compares: `python -m tests.benchmarks.ack_server ours|bolt FOLDER`.

Both are served by uvicorn with the product's own settings, and both settle before they serve; the port
is printed once it is known.
"""

import socket
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import uvicorn
import uvloop
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from bot.adapters.clock import SystemClock
from bot.store.database import Database
from handlers.http.one_write import OneWriteProtocol
from handlers.http.routes import Readiness, web_app
from handlers.http.settle import settle
from handlers.slack.app import SlackSecrets, slack_app
from handlers.slack.commands import ON_IT

SECRET = "a signing secret for the benchmark"


class _Healthy:
    async def readiness(self) -> Readiness:
        return Readiness(database=True)


def bolt(port: int) -> Starlette:
    """Bolt as its documentation shows it: default settings, a handler that only acknowledges, in our words.

    Its one `auth.test` goes to a stub in the same process, and is remembered by Bolt.
    """
    app = AsyncApp(
        signing_secret=SECRET,
        client=AsyncWebClient("xoxb-benchmark", base_url=f"http://127.0.0.1:{port}/api/"),
    )

    @app.command("/campaign")
    async def campaign(ack: AsyncAck) -> None:
        await ack(text=ON_IT, response_type="ephemeral")

    handler = AsyncSlackRequestHandler(app)

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    async def auth_test(_: Request) -> Response:
        return JSONResponse({"ok": True, "user_id": "U1", "bot_id": "B1", "team_id": "T1"})

    return Starlette(
        routes=[
            Route("/slack/events", events, methods=["POST"]),
            Route("/api/auth.test", auth_test, methods=["POST"]),
        ]
    )


async def ours(folder: Path, stack: AsyncExitStack) -> ASGIApp:
    """Headroom's own app on a SQLite file: every command is durable before it is acknowledged."""
    database = Database(f"sqlite:///{folder}/headroom.db", on_wake=lambda: None)
    stack.push_async_callback(database.close)
    await database.migrate()
    secrets = SlackSecrets(SECRET, "xoxb-benchmark")
    return web_app(slack_app(database.accept, secrets, SystemClock()), _Healthy())


async def main(which: str, folder: Path) -> None:
    """Serves until it is terminated."""
    # The protocol is named as uvicorn's own listener has it: asyncio sets TCP_NODELAY only then.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    async with AsyncExitStack() as stack:
        app: ASGIApp = await ours(folder, stack) if which == "ours" else bolt(port)
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, lifespan="off", http=OneWriteProtocol
        )
        settle()
        print(port, flush=True)
        await uvicorn.Server(config).serve(sockets=[listener])


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], Path(sys.argv[2])))
