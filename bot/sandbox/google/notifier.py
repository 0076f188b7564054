"""Cloud Monitoring's notifications in the town: Pub/Sub pushes with a signed token, and webhooks.

Sent on orders (`POST /town/world {"alert": …}`), once `conditions` are switched on when requests of a
workload wait for an instance, and when a snooze ends over what is still met. Like Pub/Sub, a push is
repeated until it is answered with success.
"""

import asyncio
import base64
import json
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from bot.sandbox.google.identity import Identity
from bot.sandbox.google.met_conditions import MetConditions, Order
from bot.sandbox.world.world import World

_AT_ONCE = 64
_FIRST_WAIT, _LONGEST_WAIT = 0.1, 2.0
_LOOK_EVERY = 1.0
_PATIENT_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Address:
    """Where the bot takes notifications; `webhook_token` is the secret it shares with the webhook."""

    pubsub: str
    webhook: str
    webhook_token: str = field(repr=False)


class Notifier:
    """Sends in the background; `sent` counts what was taken, `pending` what was not yet."""

    def __init__(
        self, address: Address, identity: Identity, world: World, met: MetConditions
    ) -> None:
        self._address = address
        self._identity = identity
        self._world = world
        self._met = met
        self._queue: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()
        self._workers: list[asyncio.Task[None]] = []
        self._http = httpx.AsyncClient(timeout=10, limits=httpx.Limits(max_connections=_AT_ONCE))
        self._waits: dict[str, int] = {}
        self._conditions = False
        self._put_count = 0
        self.sent = 0

    @property
    def pending(self) -> int:
        """How many notifications have not been taken yet."""
        return self._put_count - self.sent

    async def start(self) -> None:
        """Begins to send and to look."""
        self._workers = [asyncio.create_task(self._look())]
        self._workers += [asyncio.create_task(self._send()) for _ in range(_AT_ONCE)]

    async def stop(self) -> None:
        """Ends at once; what was not taken is lost with the town."""
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        await self._http.aclose()

    def order(self, order: Order) -> None:
        """An alert (`policy`; optional `state`, `count`, `number`, `severity`, `workload`, `region`, `labels`,

        `summary`, `documentation`, `via`: pubsub, webhook or both), or `raw` text, or a `test`.
        """
        via = str(order.get("via", "pubsub"))
        if "raw" in order:
            return self._put(via, order["raw"])
        if order.get("test"):
            return self._put(
                via, {"version": "test", "incident": {"incident_id": "12345", "state": "OPEN"}}
            )
        count = int(order.get("count", 1))
        for number in range(1, count + 1):
            name = str(order["policy"])
            policy = f"{name} {number:03}" if count > 1 else name
            payload = self._met.tell(policy, order)
            if payload is not None:
                self._put(via, payload)
        return None

    def conditions(self, order: Order) -> None:
        """`{on: true|false}`: whether the simple conditions over the world are looked at."""
        self._conditions = bool(order.get("on", True))

    def _put(self, via: str, content: Any) -> None:
        ways = ("pubsub", "webhook") if via == "both" else (via,)
        for way in ways:
            if way not in {"pubsub", "webhook"}:
                raise ValueError(f"{via!r} is not pubsub, webhook or both")
            self._put_count += 1
            self._queue.put_nowait((way, content))

    async def _send(self) -> None:
        while True:
            way, content = await self._queue.get()
            message_id, wait = uuid4().hex, _FIRST_WAIT
            while not await self._delivered(way, content, message_id):
                await asyncio.sleep(wait)
                wait = min(wait * 2, _LONGEST_WAIT)
            self.sent += 1

    async def _delivered(self, way: str, content: Any, message_id: str) -> bool:
        raw = content if isinstance(content, str) else json.dumps(content)
        try:
            if way == "webhook":
                answer = await self._http.post(
                    self._address.webhook,
                    params={"auth_token": self._address.webhook_token},
                    content=raw,
                )
            else:
                data = base64.b64encode(raw.encode()).decode()
                envelope = {
                    "message": {"data": data, "messageId": message_id, "attributes": {}},
                    "subscription": "projects/cymbal-shop/subscriptions/headroom",
                }
                answer = await self._http.post(
                    self._address.pubsub,
                    json=envelope,
                    headers={"authorization": f"Bearer {self._identity.token()}"},
                )
        except httpx.HTTPError:
            return False
        return answer.is_success

    async def _look(self) -> None:
        """Requests that wait on a workload, three looks in a row, are an alert until they do not."""
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            for order, payload in self._met.after_snoozes():
                self._put(str(order.get("via", "pubsub")), payload)
            if self._conditions:
                seen = self._world.snapshot()["workloads"]
                assert isinstance(seen, dict)
                for key, row in seen.items():
                    self._judge(str(key), float(row["pending"]))

    def _judge(self, key: str, pending: float) -> None:
        waits = self._waits.get(key, 0)
        self._waits[key] = waits = waits + 1 if pending >= 1 else 0
        alert = f"waiting/{key}"
        region, name = key.split("/")[2:]
        order = {
            "policy": "Requests wait for an instance",
            "workload": name,
            "region": region,
            "number": alert,
            "value": f"{pending:.0f}",
        }
        if waits == _PATIENT_ROUNDS:
            self._waits[alert] = 1
            self.order(order)
        elif waits == 0 and self._waits.pop(alert, 0):
            self.order({**order, "state": "closed"})
