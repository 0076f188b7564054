"""Random days against the reference model of capacity, others each time: how many, and whether all ended right."""

import time

from tests.benchmarks.outcome import Outcome
from tests.flows.model import Stage
from tests.flows.test_model import play

_DAYS, _ACTS = 200, 40


class _Counting(Stage):
    """Counts the days as they begin; each day empties the tables once."""

    def __init__(self) -> None:
        super().__init__()
        self.days = 0

    async def empty(self) -> None:
        self.days += 1
        await super().empty()


def run() -> Outcome:
    """Raises the first broken promise, with the shortest day that leads to it."""
    stage = _Counting()
    began = time.perf_counter()
    try:
        play(stage, days=_DAYS, acts=_ACTS, same=False)
    finally:
        stage.close()
    seconds = time.perf_counter() - began
    return Outcome(
        name="days",
        ratio=0.0,
        goal=0.0,
        table=[f"{stage.days} random days in {seconds:.0f} s, no promise broken"],
        numbers={"days": stage.days, "seconds": round(seconds, 1)},
    )
