"""Long-running operations: accepted at once, done some sandbox seconds later.

The registry begins them; clients look at them through google.longrunning.Operations.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import grpc
from google.longrunning import operations_pb2
from google.protobuf import any_pb2, empty_pb2
from google.protobuf.message import Message

from bot.ports.clock import Clock
from bot.sandbox.google.pages import page_of
from bot.sandbox.google.refusals import Refusal, not_found
from bot.sandbox.google.rpc import Method, plain

_LONGEST_WAIT = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Work:
    """One operation: done at `done_at` with what `result` says then, or with `error`."""

    name: str
    done_at: datetime
    metadata: Message
    result: Callable[[], Message]
    error: Refusal | None = None


class Operations:
    """All operations of the town."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._works: dict[str, Work] = {}
        self._count = 0

    def methods(self) -> dict[str, Method]:
        """The methods of google.longrunning.Operations."""
        ops = operations_pb2
        return {
            "GetOperation": plain(self.get, ops.GetOperationRequest),
            "ListOperations": plain(self.list, ops.ListOperationsRequest),
            "DeleteOperation": plain(self.delete, ops.DeleteOperationRequest),
            "WaitOperation": plain(self.wait, ops.WaitOperationRequest),
        }

    def name(self, parent: str) -> str:
        """A fresh operation name under `parent` (projects/P/locations/L)."""
        self._count += 1
        return f"{parent}/operations/{self._count:08x}-0000-4000-8000-{self._count:012x}"

    def begin(self, work: Work) -> operations_pb2.Operation:
        """Accepts the work and says so."""
        self._works[work.name] = work
        return self.seen(work)

    def seen(self, work: Work) -> operations_pb2.Operation:
        """The operation as it stands now."""
        operation = operations_pb2.Operation(name=work.name, metadata=_packed(work.metadata))
        if self._clock.now() < work.done_at:
            return operation
        operation.done = True
        if work.error is not None:
            operation.error.CopyFrom(work.error.status())
        else:
            operation.response.CopyFrom(_packed(work.result()))
        return operation

    async def get(self, request: operations_pb2.GetOperationRequest) -> operations_pb2.Operation:
        """As it stands now."""
        return self.seen(self._work(request.name))

    async def list(
        self, request: operations_pb2.ListOperationsRequest
    ) -> operations_pb2.ListOperationsResponse:
        """All operations of a location, newest last."""
        works = [work for name, work in self._works.items() if name.startswith(request.name + "/")]
        page, token = page_of(works, request.page_size, request.page_token)
        return operations_pb2.ListOperationsResponse(
            operations=[self.seen(work) for work in page], next_page_token=token
        )

    async def delete(self, request: operations_pb2.DeleteOperationRequest) -> empty_pb2.Empty:
        """Forgets it; what it does goes on."""
        self._work(request.name)
        del self._works[request.name]
        return empty_pb2.Empty()

    async def wait(self, request: operations_pb2.WaitOperationRequest) -> operations_pb2.Operation:
        """As it stands when it is done, or when the timeout has passed."""
        work = self._work(request.name)
        wanted = request.timeout.ToTimedelta() if request.HasField("timeout") else _LONGEST_WAIT
        waiting = self._clock.sleep_until(work.done_at)
        try:
            await asyncio.wait_for(waiting, min(wanted, _LONGEST_WAIT).total_seconds())
        except TimeoutError:
            return self.seen(work)
        return self.seen(work)

    def _work(self, name: str) -> Work:
        work = self._works.get(name)
        if work is None:
            raise not_found(name)
        return work


def _packed(message: Message) -> any_pb2.Any:
    packed = any_pb2.Any()
    packed.Pack(message)
    return packed


def internal(text: str) -> Refusal:
    """How a broken operation ends."""
    return Refusal(grpc.StatusCode.INTERNAL, text)
