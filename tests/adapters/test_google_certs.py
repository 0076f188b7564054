"""Google's certificates over HTTP: what is taken for certificates, and what a failure is."""

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.adapters.google_certs import GoogleCerts
from bot.errors import GiveUp, TryAgain
from tests.handlers.served import serve


def answering(body: str, status: int = 200) -> Starlette:
    async def certs(_: Request) -> Response:
        return PlainTextResponse(body, status_code=status)

    return Starlette(routes=[Route("/certs", certs)])


async def test_certificates_are_key_ids_and_pem_texts() -> None:
    async with serve(answering('{"key-1": "-----BEGIN"}')) as url:
        assert await GoogleCerts(f"{url}/certs").fetch() == {"key-1": "-----BEGIN"}


@pytest.mark.parametrize("body", ["<html>", "[]", '{"keys": [{"kid": "1"}]}'])
async def test_anything_else_is_no_certificates(body: str) -> None:
    async with serve(answering(body)) as url:
        with pytest.raises(GiveUp):
            await GoogleCerts(f"{url}/certs").fetch()


async def test_a_failing_or_absent_server_may_be_asked_again() -> None:
    async with serve(answering("down", 503)) as url:
        with pytest.raises(TryAgain):
            await GoogleCerts(f"{url}/certs").fetch()
    with pytest.raises(TryAgain):
        await GoogleCerts("http://127.0.0.1:9/certs").fetch()
