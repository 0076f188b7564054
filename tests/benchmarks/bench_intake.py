"""How fast a storm of alerts is taken in, each durable before it is answered, against storing nothing.

The same server (uvicorn, one process each), the same load: a storm of single pushes from another
process, round after round in changing order. Ours verifies the token, stores and then answers, on
SQLite and on PostgreSQL (both with a flush to the disk for each commit); the peer is a bare Starlette
endpoint. `ratio` is the peer's rate over the worse of ours, compared within each round and then the
median: other load on the machine hits all of a round alike. At most 2 means at least half as fast.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.benchmarks.intake_load import CONNECTIONS
from tests.benchmarks.outcome import Outcome
from tests.postgres import new_server

AMOUNT = 10_000
WARM_UP = 1_000
ROUNDS = 5
GOAL = 2.0
NAMES = {
    "bare": "Starlette (stores nothing)",
    "sqlite": "Headroom on SQLite",
    "postgresql": "Headroom on PostgreSQL",
}
ROOT = Path(__file__).parents[2]


@dataclass
class Measured:
    """All rounds of one server."""

    rates: list[float] = field(default_factory=list)
    p99s: list[float] = field(default_factory=list)

    @property
    def summary(self) -> dict[str, float]:
        """Medians over the rounds: alerts per second, milliseconds."""
        return {"per_second": statistics.median(self.rates), "p99_ms": statistics.median(self.p99s)}


@dataclass(frozen=True)
class Served:
    """A server process that listens."""

    port: int
    token: str


def run() -> Outcome:
    """Measures all that can be measured here."""
    missing: dict[str, str] = {}
    with ExitStack() as stack:
        servers = {
            "bare": stack.enter_context(_served("bare")),
            "sqlite": stack.enter_context(_served(stack.enter_context(_sqlite()))),
        }
        try:
            url = stack.enter_context(_postgres())
            servers["postgresql"] = stack.enter_context(_served(url))
        except pytest.skip.Exception as skipped:
            missing[NAMES["postgresql"]] = str(skipped)
        measured = _measured(servers)
    return _outcome({name: found.summary for name, found in measured.items()}, measured, missing)


def _measured(servers: Mapping[str, Served]) -> dict[str, Measured]:
    measured = {name: Measured() for name in servers}
    for server in servers.values():
        _load(server, WARM_UP)
    for number in range(ROUNDS):
        order = sorted(servers, reverse=number % 2 == 1)
        for name in order:
            result = _load(servers[name], AMOUNT)
            measured[name].rates.append(float(str(result["rate"])))
            measured[name].p99s.append(_percentile(result["latencies"], 0.99))
    return measured


def _outcome(
    summaries: Mapping[str, Mapping[str, float]],
    rounds: Mapping[str, Measured],
    missing: Mapping[str, str],
) -> Outcome:
    ratios = {name: _ratio(rounds["bare"], found) for name, found in rounds.items()}
    table = [
        f"Taking in {AMOUNT:,} alerts (500 groups, duplicates, ends) in single pushes, "
        f"{CONNECTIONS} connections, {ROUNDS} rounds (medians)",
        f"{'':<28}{'alerts/s':>10}{'p99 ms':>9}{'of bare':>9}",
        *(_line(NAMES[name], found, 1 / ratios[name]) for name, found in summaries.items()),
    ]
    numbers = {
        "summary": summaries,
        "ratios": ratios,
        "rounds": {name: vars(found) for name, found in rounds.items()},
    }
    return Outcome("intake", max(ratios.values()), GOAL, table, numbers, missing)


def _ratio(bare: Measured, ours: Measured) -> float:
    """The median over the rounds of the peer's rate over ours."""
    return statistics.median(a / b for a, b in zip(bare.rates, ours.rates, strict=True))


def _line(name: str, found: Mapping[str, float], share: float) -> str:
    return f"{name:<28}{found['per_second']:>10,.0f}{found['p99_ms']:>9.1f}{share:>9.2f}"


def _percentile(values: object, share: float) -> float:
    assert isinstance(values, list)
    ordered = sorted(float(one) for one in values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@contextmanager
def _sqlite() -> Iterator[str]:
    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=build) as folder:
        yield f"sqlite:///{folder}/headroom.db"


@contextmanager
def _postgres() -> Iterator[str]:
    """A durable server, unlike that of the tests."""
    durable = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
    with new_server(**durable, max_wal_size="1GB") as server, server.database() as url:
        yield url


@contextmanager
def _served(which: str) -> Iterator[Served]:
    command = [sys.executable, "-m", "tests.benchmarks.intake_server", which]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        try:
            told = json.loads(process.stdout.readline())
            yield Served(told["port"], told["token"])
        finally:
            process.terminate()


def _load(server: Served, amount: int) -> Mapping[str, object]:
    """One storm from a fresh process; raises when an answer was not 200."""
    command = [sys.executable, "-m", "tests.benchmarks.intake_load"]
    arguments = [str(server.port), server.token, str(amount)]
    found = subprocess.run(
        [*command, *arguments], check=True, capture_output=True, text=True, cwd=ROOT
    )
    result: Mapping[str, object] = json.loads(found.stdout)
    if result["wrong"]:
        raise RuntimeError(f"answers that were not 200: {result['wrong']}")
    return result
