"""The load of bench_ack, in a process of its own: `python -m tests.benchmarks.ack_load PORT SECONDS CLIENTS`.

Keep-alive connections that each send the next signed command as soon as the last is answered. Commands
are signed before the clock starts; each has its own trigger id, so each is a new delivery.
Prints JSON: requests per second and every latency in milliseconds.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import uuid4

from slack_sdk.signature import SignatureVerifier

from tests.benchmarks.ack_server import SECRET

TEXT = "Black Friday push Fri 28 Nov 18:00-22:00 Europe/Berlin x3 #web"
MOST_PER_SECOND = 9000


@dataclass
class Tally:
    """What happened, and until when more may be sent."""

    requests: Iterator[bytes]
    until: float
    latencies: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


class Client(asyncio.Protocol):
    """One connection with one request under way; an answer is complete at its Content-Length."""

    def __init__(self, tally: Tally, done: asyncio.Future[None]) -> None:
        self._tally = tally
        self._done = done
        self._buffer = b""
        self._sent_at = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, separator, body = self._buffer.partition(b"\r\n\r\n")
        if not separator or len(body) < _content_length(head):
            return
        self._tally.latencies.append((time.perf_counter() - self._sent_at) * 1000)
        if not head.startswith(b"HTTP/1.1 200"):
            self._tally.wrong.append(head.partition(b"\r\n")[0].decode())
        self._buffer = b""
        self._send()

    def connection_lost(self, error: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(error or ConnectionError("the server closed the connection"))

    def _send(self) -> None:
        assert self._transport is not None
        request = next(self._tally.requests, None)
        self._sent_at = time.perf_counter()
        if request is None or self._sent_at >= self._tally.until:
            self._done.set_result(None)
            self._transport.close()
            return
        self._transport.write(request)


def _content_length(head: bytes) -> int:
    _, _, after = head.lower().partition(b"content-length:")
    return int(after.partition(b"\r\n")[0])


def commands(amount: int) -> list[bytes]:
    """Signed HTTP requests, ready for the wire."""
    verifier, run = SignatureVerifier(SECRET), uuid4().hex
    made = []
    for number in range(amount):
        body = urlencode(_command(f"{run}.{number}")).encode()
        timestamp = str(int(time.time()))
        signature = verifier.generate_signature(timestamp=timestamp, body=body)
        head = (
            "POST /slack/events HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: Slackbot 1.0\r\n"
            "accept: */*\r\ncontent-type: application/x-www-form-urlencoded\r\n"
            f"x-slack-request-timestamp: {timestamp}\r\nx-slack-signature: {signature}\r\n"
            f"content-length: {len(body)}\r\n\r\n"
        )
        made.append(head.encode() + body)
    return made


async def load(port: int, seconds: float, clients: int) -> dict[str, object]:
    """Runs all clients for `seconds`; latencies in milliseconds."""
    requests = iter(commands(int(MOST_PER_SECOND * seconds)))
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    tally = Tally(requests, began + seconds)
    ended = [loop.create_future() for _ in range(clients)]
    for done in ended:
        await loop.create_connection(lambda d=done: Client(tally, d), "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.gather(*ended)
    took = time.perf_counter() - began
    return {
        "rps": len(tally.latencies) / took,
        "latencies": tally.latencies,
        "wrong": tally.wrong[:5],
    }


def _command(trigger: str) -> dict[str, str]:
    return {
        "token": "gone",
        "team_id": "T0CYMBAL",
        "team_domain": "cymbal",
        "channel_id": "C0CAMPAIGN",
        "channel_name": "campaigns",
        "user_id": "U0MAYA",
        "user_name": "maya",
        "command": "/campaign",
        "text": TEXT,
        "api_app_id": "A0HEADROOM",
        "is_enterprise_install": "false",
        "response_url": "https://hooks.slack.com/commands/T0CYMBAL/1/x",
        "trigger_id": trigger,
    }


if __name__ == "__main__":
    port, seconds, clients = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    print(json.dumps(asyncio.run(load(port, seconds, clients))))
