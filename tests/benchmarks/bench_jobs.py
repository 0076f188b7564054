"""How many jobs a second, and how soon one starts: our two engines beside bare Procrastinate.

Each measurement in a process of its own with one worker in it, on SQLite or on a fresh PostgreSQL with
its usual durability, in alternating rounds. The embedded engine on PostgreSQL is not what the product
runs: it says what Procrastinate costs and brings against a lease table of our own. `ratio` is the worse of Procrastinate's rate over that of our
distributed engine, and our median latency over Procrastinate's.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.outcome import Outcome
from tests.postgres import PostgresServer, new_server

ROUNDS = 3
DURABLE = dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes", "autovacuum"), "on")
# Our wake is a flow's own transaction (begin, wake, commit), Procrastinate's one bare statement: with the
# fetch and the end of the run that is five round trips for three, and SQLAlchemy between. A round on a
# shared machine varies by a fifth.
GOAL = 1.75
ROOT = Path(__file__).parents[2]
NAMES = {
    "sqlite": "Headroom, embedded, SQLite",
    "postgresql": "Headroom, distributed, PostgreSQL",
    "lease": "Headroom, embedded, PostgreSQL",
    "procrastinate": "Procrastinate alone, PostgreSQL",
}


@dataclass
class Measured:
    """All rounds of one engine."""

    rates: list[float] = field(default_factory=list)
    p50s: list[float] = field(default_factory=list)
    p99s: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    @property
    def summary(self) -> dict[str, float]:
        """Medians over the rounds: jobs per second, milliseconds."""
        return {
            "jobs_per_s": statistics.median(self.rates),
            "p50_ms": statistics.median(self.p50s),
            "p99_ms": statistics.median(self.p99s),
            "cpu_ms": statistics.median(self.cpu),
        }


def run() -> Outcome:
    """Measures all, in alternating order."""
    measured = {name: Measured() for name in NAMES}
    with new_server(**DURABLE) as server:
        for number in range(ROUNDS):
            for name in list(NAMES) if number % 2 == 0 else list(reversed(NAMES)):
                _note(measured[name], _load(name, server))
    return _outcome({name: found.summary for name, found in measured.items()}, measured)


def _outcome(
    summaries: Mapping[str, Mapping[str, float]], rounds: Mapping[str, Measured]
) -> Outcome:
    ours, bare = summaries["postgresql"], summaries["procrastinate"]
    by_rate = bare["jobs_per_s"] / ours["jobs_per_s"]
    by_latency = ours["p50_ms"] / bare["p50_ms"]
    table = [
        f"Jobs enqueued one transaction each and done, one worker, {ROUNDS} rounds (medians)",
        f"{'':<36}{'jobs/s':>8}{'start p50 ms':>14}{'p99 ms':>9}{'CPU ms/job':>12}",
        *(_line(NAMES[name], found) for name, found in summaries.items()),
        f"rate: alone / ours = {by_rate:.2f}   latency: ours / alone = {by_latency:.2f}",
    ]
    numbers = {
        "summary": summaries,
        "rate_ratio": by_rate,
        "latency_ratio": by_latency,
        "rounds": {name: vars(found) for name, found in rounds.items()},
    }
    return Outcome("jobs", max(by_rate, by_latency), GOAL, table, numbers)


def _line(name: str, found: Mapping[str, float]) -> str:
    rate, cpu = found["jobs_per_s"], found["cpu_ms"]
    return f"{name:<36}{rate:>8,.0f}{found['p50_ms']:>14.1f}{found['p99_ms']:>9.1f}{cpu:>12.2f}"


def _note(into: Measured, result: Mapping[str, object]) -> None:
    latencies, rate, cpu = result["latencies"], result["rate"], result["cpu_ms"]
    assert isinstance(latencies, list) and isinstance(rate, float) and isinstance(cpu, float)
    ordered = sorted(latencies)
    into.rates.append(rate)
    into.cpu.append(cpu)
    into.p50s.append(ordered[len(ordered) // 2])
    into.p99s.append(ordered[int(0.99 * len(ordered))])


def _load(name: str, server: PostgresServer) -> Mapping[str, object]:
    """One round on a fresh database."""
    if name != "sqlite":
        with server.database() as url:
            return _measure(name, url)
    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=build) as folder:
        return _measure(name, f"sqlite:///{folder}/headroom.db")


def _measure(name: str, url: str) -> Mapping[str, object]:
    command = [sys.executable, "-m", "tests.benchmarks.jobs_load", name, url]
    found = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    result: Mapping[str, object] = json.loads(found.stdout)
    return result
