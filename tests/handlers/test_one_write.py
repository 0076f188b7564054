"""Answers reach the socket in one piece, and nothing of them is lost when the connection ends."""

import asyncio
from typing import cast

import httpx
import uvicorn
from starlette.responses import PlainTextResponse

from bot.sandbox.town import free_port
from handlers.http.one_write import Gathering, OneWriteProtocol


class Recorder:
    """A transport that notes what is done with it."""

    def __init__(self) -> None:
        self.done: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.done.append(data)

    def close(self) -> None:
        self.done.append(b"closed")

    def is_closing(self) -> bool:
        return b"closed" in self.done


def gathering() -> tuple[Gathering, Recorder]:
    recorder = Recorder()
    loop = asyncio.get_running_loop()
    return Gathering(cast(asyncio.Transport, recorder), loop), recorder


async def test_what_is_written_in_one_turn_of_the_loop_is_one_write() -> None:
    transport, recorder = gathering()
    transport.write(b"head ")
    transport.write(b"body")
    assert recorder.done == []
    await asyncio.sleep(0)
    transport.write(b"next")
    await asyncio.sleep(0)
    assert recorder.done == [b"head body", b"next"]


async def test_closing_writes_first_and_nothing_twice() -> None:
    transport, recorder = gathering()
    transport.write(b"head ")
    transport.write(b"body")
    transport.close()
    await asyncio.sleep(0)
    assert recorder.done == [b"head body", b"closed"]
    assert transport.is_closing()


async def test_a_server_answers_many_requests_on_one_connection_and_large_ones_whole() -> None:
    large = "x" * 3_000_000
    port = free_port()
    config = uvicorn.Config(
        PlainTextResponse(large),
        port=port,
        log_level="warning",
        lifespan="off",
        http=OneWriteProtocol,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        answers = [await client.get("/") for _ in range(5)]
    server.should_exit = True
    await serving
    assert {answer.text for answer in answers} == {large}
