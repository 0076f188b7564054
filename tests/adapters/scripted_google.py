"""A gRPC server that answers what a test scripts and keeps what was asked: for looking at the wire."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
import grpc.aio
from google.cloud.monitoring_v3 import types as monitoring
from google.cloud.run_v2 import types as run
from google.longrunning import operations_pb2

Answer = Callable[[Any], Any]

_RUN = "google.cloud.run.v2"
_METHODS: dict[tuple[str, str], Any] = {
    (f"{_RUN}.Services", "GetService"): run.GetServiceRequest,
    (f"{_RUN}.Services", "ListServices"): run.ListServicesRequest,
    (f"{_RUN}.Services", "UpdateService"): run.UpdateServiceRequest,
    (f"{_RUN}.WorkerPools", "GetWorkerPool"): run.GetWorkerPoolRequest,
    (f"{_RUN}.WorkerPools", "ListWorkerPools"): run.ListWorkerPoolsRequest,
    (f"{_RUN}.WorkerPools", "UpdateWorkerPool"): run.UpdateWorkerPoolRequest,
    (f"{_RUN}.Revisions", "GetRevision"): run.GetRevisionRequest,
    ("google.longrunning.Operations", "GetOperation"): operations_pb2.GetOperationRequest,
    ("google.monitoring.v3.MetricService", "ListTimeSeries"): monitoring.ListTimeSeriesRequest,
}


class Failure(Exception):
    """Raised by an answer: the call ends with this status."""

    def __init__(self, code: grpc.StatusCode, text: str = "") -> None:
        super().__init__(text)
        self.code = code
        self.text = text


@dataclass
class ScriptedGoogle:
    """`answers` maps a method's short name to what answers it; `asked` keeps the requests in order."""

    endpoint: str = ""
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[Any] = field(default_factory=list)
    metadata: list[dict[str, str]] = field(default_factory=list)

    async def answer(self, method: str, request: Any, context: Any) -> Any:
        """One call."""
        self.asked.append(request)
        self.metadata.append({str(key): str(value) for key, value in context.invocation_metadata()})
        try:
            return self.answers[method](request)
        except Failure as failure:
            await context.abort(failure.code, failure.text)


@asynccontextmanager
async def scripted_google() -> AsyncIterator[ScriptedGoogle]:
    """Serves on a free loopback port while the block runs."""
    google = ScriptedGoogle()
    server = grpc.aio.server()
    for service in {service for service, _ in _METHODS}:
        handlers = {
            m: _handler(google, m, kind) for (s, m), kind in _METHODS.items() if s == service
        }
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, handlers),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    google.endpoint = f"http://127.0.0.1:{port}"
    try:
        yield google
    finally:
        await server.stop(None)


def _handler(google: ScriptedGoogle, method: str, kind: Any) -> Any:
    async def call(request: Any, context: Any) -> Any:
        return await google.answer(method, request, context)

    parse = kind.deserialize if hasattr(kind, "deserialize") else kind.FromString
    return grpc.unary_unary_rpc_method_handler(
        call, request_deserializer=parse, response_serializer=_serialize
    )


def _serialize(message: Any) -> bytes:
    raw = type(message).pb(message) if hasattr(type(message), "pb") else message
    return bytes(raw.SerializeToString())
