"""An attempt to connect that nobody waits for any more does not hold up a server that shuts down."""

import asyncio

from bot.engine.connecting import PromptConnection


async def test_an_attempt_that_is_cancelled_closes_its_socket_at_once() -> None:
    asked, closed = asyncio.Event(), asyncio.Event()

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        asked.set()
        await reader.read()
        closed.set()
        writer.close()

    async with await asyncio.start_server(say_nothing, "127.0.0.1") as server:
        port = server.sockets[0].getsockname()[1]
        url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        attempt = asyncio.create_task(PromptConnection.connect(url))
        await asked.wait()
        attempt.cancel()
        await asyncio.wait([attempt])

        assert attempt.cancelled()  # and it is still held, as Procrastinate holds its listener
        await asyncio.wait_for(closed.wait(), 10)
