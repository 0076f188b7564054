"""Faults on demand of the Google side: failing calls, lost answers, failing operations, missing metrics.

Stories and tests put them; the gate in front of every method, the operations and the metrics ask.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import grpc

from bot.ports.clock import Clock
from bot.sandbox.google.refusals import Refusal


@dataclass(slots=True)
class Fault:
    """Calls of `method` (its short name, `*` for all) about `subject` (a part of the resource name) fail.

    `calls` limits how many, `seconds` (sandbox time) how long; neither: until cleared. `code` is the
    gRPC status by name. With `lost` the call has its effect and only its answer is lost.
    """

    method: str = "*"
    code: str = "UNAVAILABLE"
    text: str = "The service is currently unavailable."
    subject: str = ""
    calls: int | None = None
    seconds: float | None = None
    lost: bool = False

    def __post_init__(self) -> None:
        if self.code not in grpc.StatusCode.__members__:
            raise ValueError(f"{self.code} is not a gRPC status")


@dataclass(slots=True)
class Silence:
    """No samples of metrics whose type contains `metric`, of workloads whose name contains `workload`."""

    metric: str = ""
    workload: str = ""
    seconds: float | None = None


@dataclass(slots=True)
class BrokenOperation:
    """The next `calls` accepted changes of `subject` end with an error and never take effect."""

    text: str = "The request failed because of an internal error. Please retry."
    subject: str = ""
    calls: int = 1


@dataclass(slots=True)
class Faults:
    """All faults in force; an empty one never says anything."""

    clock: Clock
    _failing: list[tuple[Fault, datetime | None]] = field(default_factory=list)
    _silent: list[tuple[Silence, datetime | None]] = field(default_factory=list)
    _broken: list[BrokenOperation] = field(default_factory=list)

    def put(self, fault: Fault | Silence | BrokenOperation) -> None:
        """From now on."""
        match fault:
            case Fault():
                self._failing.append((fault, self._until(fault.seconds)))
            case Silence():
                self._silent.append((fault, self._until(fault.seconds)))
            case BrokenOperation():
                self._broken.append(fault)

    def clear(self) -> None:
        """Ends all faults."""
        self._failing.clear()
        self._silent.clear()
        self._broken.clear()

    def strike(self, method: str, subject: str, *, lost: bool) -> None:
        """Raises the refusal that stands for this call, if any; `lost` asks after the effect."""
        now = self.clock.now()
        for fault, until in self._failing:
            over = (until is not None and now >= until) or fault.calls == 0
            if over or fault.lost is not lost or fault.method not in {"*", method}:
                continue
            if fault.subject not in subject:
                continue
            if fault.calls is not None:
                fault.calls -= 1
            raise Refusal(grpc.StatusCode[fault.code], fault.text)

    def breaks(self, subject: str) -> str:
        """The error with which the next operation on `subject` must end ("" none)."""
        for broken in self._broken:
            if broken.calls > 0 and broken.subject in subject:
                broken.calls -= 1
                return broken.text
        return ""

    def silent(self, metric: str, workload: str) -> bool:
        """Whether the samples of `metric` of `workload` are missing now."""
        now = self.clock.now()
        return any(
            silence.metric in metric and silence.workload in workload
            for silence, until in self._silent
            if until is None or now < until
        )

    def _until(self, seconds: float | None) -> datetime | None:
        return None if seconds is None else self.clock.now() + timedelta(seconds=seconds)
