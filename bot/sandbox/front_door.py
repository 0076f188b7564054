"""What stands before several web processes: connections go to one that lives, in turn."""

import asyncio
import contextlib
from collections.abc import Sequence
from itertools import count

_CHUNK = 64 * 1024


class FrontDoor:
    """Listens on `port` and relays bytes to one of `backends` (ports); one that refuses is passed over."""

    def __init__(self, port: int, backends: Sequence[int]) -> None:
        self._port = port
        self._backends = list(backends)
        self._turn = count()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Begins to listen."""
        self._server = await asyncio.start_server(self._relay, "127.0.0.1", self._port)

    async def stop(self) -> None:
        """Ends listening."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer), contextlib.suppress(OSError):
            backend = await self._connect()
            if backend is None:
                return
            back_reader, back_writer = backend
            with contextlib.closing(back_writer):
                ways = [_copy(reader, back_writer), _copy(back_reader, writer)]
                tasks = [asyncio.create_task(way) for way in ways]
                # Whichever side ends first ends both: an HTTP client asks again on a new connection.
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        first = next(self._turn)
        for number in range(len(self._backends)):
            port = self._backends[(first + number) % len(self._backends)]
            with contextlib.suppress(OSError):
                return await asyncio.open_connection("127.0.0.1", port)
        return None


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(_CHUNK):
        writer.write(data)
        await writer.drain()
