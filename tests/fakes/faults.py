"""Scripted failures, shared by the fakes of the outside world."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Fault:
    """One scripted failure: `error` is raised by `call` about `about` ("" = whatever), `times` times.

    `after_effect` lets the call do its work first: a lost answer.
    """

    call: str
    error: Exception
    times: int
    about: str
    after_effect: bool


@dataclass
class Faults:
    """The failures still to come, oldest first."""

    waiting: list[Fault] = field(default_factory=list)

    def add(
        self,
        call: str,
        error: Exception,
        *,
        times: int = 1,
        about: str = "",
        after_effect: bool = False,
    ) -> None:
        """Lets the next `times` calls of `call` ("*": of anything) fail with `error`."""
        self.waiting.append(Fault(call, error, times, about, after_effect))

    def clear(self) -> None:
        """Ends all trouble."""
        self.waiting.clear()

    @asynccontextmanager
    async def around(self, call: str, about: str = "") -> AsyncIterator[None]:
        """Fails before or after the effect inside the block, if that is scripted."""
        fault = self._take(call, about)
        if fault is not None and not fault.after_effect:
            raise fault.error
        yield
        if fault is not None:
            raise fault.error

    def _take(self, call: str, about: str) -> Fault | None:
        for fault in self.waiting:
            if fault.call not in {call, "*"} or fault.about not in {"", about}:
                continue
            fault.times -= 1
            if fault.times <= 0:
                self.waiting.remove(fault)
            return fault
        return None
