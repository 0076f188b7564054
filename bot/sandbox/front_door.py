"""What stands before several web processes: connections go to one that lives, in turn."""

import asyncio
import contextlib
from collections.abc import Sequence
from itertools import count

_CHUNK = 64 * 1024
_Backend = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class FrontDoor:
    """Listens on `port` and relays bytes to one of `backends` (ports); one that refuses is passed over.

    So is one that closes the connection instead of answering, as load balancers do: what was asked twice
    counts once, by its identity.
    """

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
        """A backend that ends without an answer is shutting down: each other one is asked the same."""
        asked, tried = bytearray(), set[int]()
        with contextlib.closing(writer), contextlib.suppress(OSError):
            while backend := await self._connect(tried):
                if not await _unanswered(reader, writer, backend, asked):
                    return

    async def _connect(self, tried: set[int]) -> _Backend | None:
        """The next in turn that takes the connection, of those not `tried`."""
        first = next(self._turn)
        for number in range(len(self._backends)):
            port = self._backends[(first + number) % len(self._backends)]
            if port in tried:
                continue
            tried.add(port)
            with contextlib.suppress(OSError):
                return await asyncio.open_connection("127.0.0.1", port)
        return None


async def _unanswered(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, backend: _Backend, asked: bytearray
) -> bool:
    """Relays until either side ends; whether the backend did so before it said anything.

    What the client says until then is added to `asked`, with which a backend is begun.
    """
    back_reader, back_writer = backend
    answered = asyncio.Event()

    async def ask() -> None:
        while data := await reader.read(_CHUNK):
            if not answered.is_set():
                asked.extend(data)
            back_writer.write(data)
            await back_writer.drain()

    async def answer() -> None:
        while data := await back_reader.read(_CHUNK):
            answered.set()
            writer.write(data)
            await writer.drain()

    with contextlib.closing(back_writer):
        back_writer.write(bytes(asked))
        asking, answering = asyncio.create_task(ask()), asyncio.create_task(answer())
        # Whichever side ends first ends both: an HTTP client asks again on a new connection.
        await asyncio.wait([asking, answering], return_when=asyncio.FIRST_COMPLETED)
        left = asking.done() and asking.exception() is None
        for task in (asking, answering):
            task.cancel()
        await asyncio.gather(asking, answering, return_exceptions=True)
        return not left and not answered.is_set()
