"""Random days against the reference model of capacity, others each time: how many, and whether all ended right."""

import time

from tests.benchmarks.outcome import Outcome
from tests.flows.model import Stage
from tests.flows.test_model import play

_DAYS, _ACTS = 200, 40


def run() -> Outcome:
    """Raises the first broken promise, with the shortest day that leads to it."""
    stage = Stage()
    began = time.perf_counter()
    try:
        play(stage, days=_DAYS, acts=_ACTS, same=False)
    finally:
        stage.close()
    seconds = time.perf_counter() - began
    return Outcome(
        name="model",
        ratio=0.0,
        goal=0.0,
        table=[
            f"{stage.days} random days, {stage.ticks:,} ticks, in {seconds:.0f} s: no promise broken"
        ],
        numbers={"days": stage.days, "ticks": stage.ticks, "seconds": round(seconds, 1)},
    )
