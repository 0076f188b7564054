"""One gRPC method of the sandbox: how to read its request, what to do, how to write its answer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import proto  # type: ignore[import-untyped]  # the library has no stubs


@dataclass(frozen=True, slots=True)
class Method:
    """A unary method; `call` raises Refusal to end with a status."""

    call: Callable[[Any], Awaitable[Any]]
    read: Callable[[bytes], Any]
    write: Callable[[Any], bytes]


def plus(call: Callable[[Any], Awaitable[Any]], request: type[Any]) -> Method:
    """A method whose request is a proto-plus message; its answer may be of either kind."""
    return Method(call, request.deserialize, _written)


def plain(call: Callable[[Any], Awaitable[Any]], request: type[Any]) -> Method:
    """A method whose request is a plain protobuf message."""
    return Method(call, request.FromString, _written)


def _written(answer: Any) -> bytes:
    if isinstance(answer, proto.Message):
        return bytes(type(answer).serialize(answer))
    return bytes(answer.SerializeToString())
