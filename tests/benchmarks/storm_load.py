"""The storm that bench_storm and bench_alertmanager send: 500 groups that open and close, one in ten twice.

Like Pub/Sub it sends each notification until it is taken, also while its receiver is being killed.
"""

import asyncio
import json
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from tests.benchmarks.intake_load import GROUPS, storm

CONNECTIONS = 32
TOKEN = "a-token-for-the-benchmark"


@dataclass
class Storm:
    """What is sent to one port; `taken` of `amount` have been answered with success."""

    port: int
    payloads: list[dict[str, Any]]
    taken: int = 0
    began: float = 0.0
    ended: float = 0.0
    half: asyncio.Event = field(default_factory=asyncio.Event)
    _left: deque[bytes] = field(default_factory=deque)

    async def send(self) -> None:
        """Returns once all of it was taken."""
        self._left.extend(_request(one) for one in self.payloads)
        self.began = time.monotonic()
        await asyncio.gather(*(self._connection() for _ in range(CONNECTIONS)))
        self.ended = time.monotonic()

    def unseen(self, text: str) -> int:
        """How many alerts that opened belong to a group whose name cannot be read."""
        hidden = {group for group in range(GROUPS) if not _named(group, text)}
        opened = [one["incident"] for one in self.payloads if one["incident"]["state"] == "open"]
        return sum(_group(one) in hidden for one in opened)

    async def _connection(self) -> None:
        while self._left:
            try:
                await self._converse()
            except (OSError, asyncio.IncompleteReadError):
                await asyncio.sleep(0.1)

    async def _converse(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            while self._left:
                request = self._left.popleft()
                if not await _answered(request, reader, writer, self._left):
                    continue
                self.taken += 1
                if self.taken * 2 > len(self.payloads):
                    self.half.set()
        finally:
            writer.close()


async def _answered(
    request: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, left: deque[bytes]
) -> bool:
    """Whether it was taken; if not, it goes back to what is left."""
    taken = False
    try:
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
        taken = head.startswith(b"http/1.1 200")
    finally:
        if not taken:
            left.append(request)
    return taken


def payloads(amount: int, run: str) -> list[dict[str, Any]]:
    """The notifications of one storm."""
    return storm(amount, run)


def _request(payload: dict[str, Any]) -> bytes:
    body = json.dumps(payload).encode()
    head = (
        f"POST /alerts/webhook?auth_token={TOKEN} HTTP/1.1\r\nhost: 127.0.0.1\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _group(incident: dict[str, Any]) -> int:
    return int(str(incident["policy_name"]).rpartition("-")[2])


def _named(group: int, text: str) -> bool:
    name = f"Errors of service-{group}"
    return any(f"{name}{end}" in text for end in (" ", ",", "\\n", '"', "\n", "*", ":", ")"))
