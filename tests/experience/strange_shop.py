"""A web server on loopback that misbehaves as asked: each path is another trouble."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

_OK = b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\nConnection: close\r\n"
Writer = asyncio.StreamWriter


async def _never(_writer: Writer, _head: bytes) -> None:
    await asyncio.sleep(30)


async def _drip(writer: Writer, _head: bytes) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(300):
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.1)


async def _endless(writer: Writer, _head: bytes) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
    with suppress(ConnectionError):
        for _ in range(10_000):
            writer.write(b"x" * 10_000)
            await writer.drain()


async def _broken(writer: Writer, _head: bytes) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")
    await writer.drain()


async def _basket(writer: Writer, head: bytes) -> None:
    """Only who brings the cookie of the first page may pay."""
    paid = b"cookie: basket=7" in head.lower() and head.startswith(b"POST")
    writer.write(_OK + (b"\r\nthank you!!" if paid else b"\r\nwho are you"))


def _says(text: bytes) -> Callable[[Writer, bytes], Awaitable[None]]:
    async def say(writer: Writer, _head: bytes) -> None:
        writer.write(text)

    return say


_PATHS = {
    "/": _says(_OK + b"Set-Cookie: basket=7; Path=/\r\n\r\nAdd to cart"),
    "/never": _never,
    "/drip": _drip,
    "/endless": _endless,
    "/broken": _broken,
    "/pay": _basket,
    "/500": _says(b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"),
    "/429": _says(b"HTTP/1.1 429 Busy\r\nContent-Length: 0\r\n\r\n"),
    "/404": _says(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"),
    "/home": _says(b"HTTP/1.1 302 F\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"),
    "/round": _says(b"HTTP/1.1 302 F\r\nLocation: /round\r\nContent-Length: 0\r\n\r\n"),
    "/away": _says(
        b"HTTP/1.1 302 F\r\nLocation: http://169.254.169.254/latest\r\nContent-Length: 0\r\n\r\n"
    ),
    "/noise": _says(b"this is not HTTP\r\n\r\n"),
}


@asynccontextmanager
async def strange_shop() -> AsyncIterator[str]:
    """Its address."""

    open_: dict[asyncio.Task[None] | None, Writer] = {}

    async def serve(reader: asyncio.StreamReader, writer: Writer) -> None:
        open_[asyncio.current_task()] = writer
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            await _PATHS[head.split()[1].decode()](writer, head)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task, writer in open_.items():
            writer.close()
            if task is not None:
                task.cancel()
        await asyncio.gather(*(task for task in open_ if task), return_exceptions=True)
