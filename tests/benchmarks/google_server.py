"""The sandbox's Google for bench_sweep in a process of its own, so that its CPU is not ours:
`python -m tests.benchmarks.google_server COUNT FLOOR`.

Every service has that floor, and the marks of the campaign that holds it. Prints the port; then, for each
line it reads, one of JSON: the calls let in so far by method, and how many the quotas refused.
"""

import asyncio
import json
import sys

from bot.core.marks import Marks, marked
from tests.benchmarks.fleet_load import google_of, scenario
from tests.fakes import FakeClock
from tests.flows.town import END


async def main(count: int, floor: int) -> None:
    """Serves until its input ends."""
    clock = FakeClock()
    fleet = scenario(count, writes=60, floor=floor)
    google, writes, reads = google_of(fleet, clock)
    marks = Marks(("black-friday",), END, floor, 2)
    for spec in fleet.workloads:
        google.registry.find(spec.key).message.annotations.update(marked({}, marks))
    print(await google.start(), flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        told = {"calls": google.gate.calls, "refused": writes.refused + reads.refused}
        print(json.dumps(told), flush=True)
    await google.stop()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
