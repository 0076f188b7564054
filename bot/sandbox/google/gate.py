"""What stands in front of every method: faults, read and write quotas, and the world brought up to now."""

import re
from collections import deque
from typing import Any

import grpc

from bot.ports.clock import Clock
from bot.sandbox.google.faults import Faults
from bot.sandbox.google.refusals import Refusal, too_many
from bot.sandbox.google.rpc import Method
from bot.sandbox.world.scenario import Quotas
from bot.sandbox.world.world import World

_PLACE = re.compile(r"projects/[^/]+/locations/[^/]+")
_WRITES = ("Create", "Update", "Delete")
_MINUTE = 60.0


class RateQuota:
    """Calls per minute of sandbox time and lane; `take` refuses what is too much."""

    def __init__(self, kind: str, per_minute: int, clock: Clock) -> None:
        self.per_minute = per_minute
        self._kind = kind
        self._clock = clock
        self._taken: dict[str, deque[float]] = {}

    def take(self, lane: str) -> None:
        """Counts one call of `lane` (projects/P/locations/R)."""
        now = self._clock.now().timestamp()
        taken = self._taken.setdefault(lane, deque())
        while taken and taken[0] <= now - _MINUTE:
            taken.popleft()
        if len(taken) >= self.per_minute:
            raise too_many(self._kind, taken[0] + _MINUTE - now + 1)
        taken.append(now)


class Gate:
    """Wraps methods into what grpc.aio calls; `calls` counts the calls let in, by method name."""

    def __init__(self, world: World, clock: Clock, faults: Faults, quotas: Quotas) -> None:
        self.writes = RateQuota("Write", quotas.writes_per_minute, clock)
        self.reads = RateQuota("Read", quotas.reads_per_minute, clock)
        self.calls: dict[str, int] = {}
        self._world = world
        self._faults = faults

    def handler(self, service: str, name: str, method: Method) -> grpc.RpcMethodHandler:
        """The gRPC handler of one method of one service."""
        limited = service.startswith("google.cloud.run.")

        async def answer(request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> Any:
            try:
                return await self._answer(name, method, request, limited=limited)
            except Refusal as refusal:
                trailers = refusal.trailers()
                await context.abort(refusal.code, refusal.text, trailing_metadata=trailers)

        return grpc.unary_unary_rpc_method_handler(
            answer, request_deserializer=method.read, response_serializer=method.write
        )

    async def _answer(self, name: str, method: Method, request: Any, *, limited: bool) -> Any:
        subject = subject_of(request)
        self.calls[name] = self.calls.get(name, 0) + 1
        self._faults.strike(name, subject, lost=False)
        if limited and (place := _PLACE.match(subject)):
            (self.writes if name.startswith(_WRITES) else self.reads).take(place[0])
        await self._world.catch_up()
        answer = await method.call(request)
        self._faults.strike(name, subject, lost=True)
        return answer


def subject_of(request: Any) -> str:
    """The resource name or parent that a request is about."""
    for field in ("name", "parent"):
        if found := getattr(request, field, ""):
            return str(found)
    for field in ("service", "worker_pool", "alert_policy", "snooze", "notification_channel"):
        if body := getattr(request, field, None):
            return str(body.name)
    return ""
