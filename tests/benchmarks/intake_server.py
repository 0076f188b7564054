"""The servers that bench_intake compares: `python -m tests.benchmarks.intake_server bare|DATABASE_URL`.

All are served by uvicorn and settle before they serve; the bare one with uvicorn's protocol as it comes. On PostgreSQL jobs
are woken in Procrastinate's queue, as in production. Once it listens, one line of JSON is printed: the port,
and a token with which Pub/Sub would come.
"""

import json
import socket
import sys
from contextlib import AsyncExitStack

import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from bot.adapters.clock import SystemClock
from bot.store.connection import postgres_dsn
from bot.store.database import Database
from bot.store.queue import Queue
from handlers.http.alerts import alert_routes
from handlers.http.callers import PushIdentity, PushTokens, WebhookSecrets
from handlers.http.fast_paths import FastPaths
from handlers.http.one_write import OneWriteProtocol
from handlers.http.settle import settle
from tests.handlers_alerts.google import AUDIENCE, EMAIL, Certs, signer


def bare() -> Starlette:
    """Starlette as its documentation shows it: reads the body, stores nothing, answers 200."""

    async def alerts(request: Request) -> Response:
        await request.body()
        return Response(status_code=200)

    return Starlette(routes=[Route("/alerts/pubsub", alerts, methods=["POST"])])


async def ours(url: str, stack: AsyncExitStack) -> FastPaths:
    """Headroom's own doors: the token is verified, the alert durable and its job woken, before the answer."""
    clock = SystemClock()
    queue = Queue(clock, rehearsal=False) if postgres_dsn(url) else None
    database = Database(url, on_wake=lambda: None, queue=queue)
    stack.push_async_callback(database.close)
    await database.migrate()
    certs = Certs({"key-1": signer("key-1").cert})
    tokens = PushTokens(PushIdentity(AUDIENCE, EMAIL), certs.fetch)
    routes = alert_routes(database.accept_alert, tokens, WebhookSecrets(), clock)
    return FastPaths(Starlette(routes=routes), routes)


async def main(which: str) -> None:
    """Serves until it is terminated."""
    # The protocol is named as uvicorn's own listener has it: asyncio sets TCP_NODELAY only then.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    async with AsyncExitStack() as stack:
        app: ASGIApp = bare() if which == "bare" else await ours(which, stack)
        config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off")
        if which != "bare":
            config.http = OneWriteProtocol
        token = signer("key-1").token()
        settle()
        print(json.dumps({"port": listener.getsockname()[1], "token": token}), flush=True)
        await uvicorn.Server(config).serve(sockets=[listener])


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
