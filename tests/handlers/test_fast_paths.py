"""The busiest URLs go past the framework; everything else goes through it."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from handlers.http.fast_paths import FastPaths


class Direct:
    """Says that it was called directly: without what the framework adds to the scope."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        word = "framework" if "app" in scope else "direct"
        await PlainTextResponse(word)(scope, receive, send)


async def other(_: Request) -> PlainTextResponse:
    return PlainTextResponse("other")


def client() -> httpx.AsyncClient:
    busy = [Route("/busy", Direct(), methods=["POST"])]
    app = FastPaths(Starlette(routes=[*busy, Route("/other", other)]), busy)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://bot")


@pytest.mark.parametrize(
    ("sentence", "method", "url", "status", "text"),
    [
        ("a busy URL", "POST", "/busy", 200, "direct"),
        ("with a query", "POST", "/busy?auth_token=x", 200, "direct"),
        ("another method", "GET", "/busy", 405, "Method Not Allowed"),
        ("another URL", "GET", "/other", 200, "other"),
        ("an unknown URL", "POST", "/busy/x", 404, "Not Found"),
    ],
)
async def test_which_way_a_request_goes(
    sentence: str, method: str, url: str, status: int, text: str
) -> None:
    answer = await client().request(method, url)
    assert (answer.status_code, answer.text) == (status, text), sentence
