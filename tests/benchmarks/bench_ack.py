"""How fast a signed slash command is acknowledged: Headroom, which stores it first, against bare Bolt.

The same server (uvicorn, one process each), the same load (32 connections from another process), in
alternating rounds. `ratio` is the worse of Bolt's rate over ours and our p99 over Bolt's, each the median
over the rounds: the two of a round are neighbours in time, so a busy machine disturbs both alike.
"""

import importlib.util
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.outcome import Outcome

CLIENTS = 32
ROUNDS = 7
SECONDS = 3.0
WARM_UP = 1.0
GOAL = 1.0
NAMES = {"ours": "Headroom (stored first)", "bolt": "Bolt AsyncApp (defaults)"}
ROOT = Path(__file__).parents[2]


@dataclass
class Measured:
    """All rounds of one server."""

    rates: list[float] = field(default_factory=list)
    p50s: list[float] = field(default_factory=list)
    p99s: list[float] = field(default_factory=list)

    @property
    def summary(self) -> dict[str, float]:
        """Medians over the rounds: requests per second, milliseconds."""
        return {
            "rps": statistics.median(self.rates),
            "p50_ms": statistics.median(self.p50s),
            "p99_ms": statistics.median(self.p99s),
        }


def run() -> Outcome:
    """Measures both, in alternating order."""
    measured = {name: Measured() for name in NAMES}
    with ExitStack() as stack:
        ports = {name: stack.enter_context(_served(name)) for name in NAMES}
        for port in ports.values():
            _load(port, WARM_UP)
        for number in range(ROUNDS):
            order = list(NAMES) if number % 2 == 0 else list(reversed(NAMES))
            for name in order:
                _note(measured[name], _load(ports[name], SECONDS))
    return _outcome({name: found.summary for name, found in measured.items()}, measured)


def _outcome(
    summaries: Mapping[str, Mapping[str, float]], rounds: Mapping[str, Measured]
) -> Outcome:
    ours, bolt = rounds["ours"], rounds["bolt"]
    by_rate = _median_ratio(bolt.rates, ours.rates)
    by_p99 = _median_ratio(ours.p99s, bolt.p99s)
    table = [
        f"Acknowledging a signed slash command, {CLIENTS} connections, "
        f"{ROUNDS} rounds of {SECONDS:g} s (medians), uvicorn with {_parser()}",
        f"{'':<26}{'req/s':>9}{'p50 ms':>9}{'p99 ms':>9}",
        *(_line(NAMES[name], found) for name, found in summaries.items()),
        f"rate: Bolt / Headroom = {by_rate:.2f}   p99: Headroom / Bolt = {by_p99:.2f}",
    ]
    numbers = {
        "summary": summaries,
        "rate_ratio": by_rate,
        "p99_ratio": by_p99,
        "rounds": {name: vars(found) for name, found in rounds.items()},
    }
    return Outcome("ack", max(by_rate, by_p99), GOAL, table, numbers)


def _median_ratio(above: Sequence[float], below: Sequence[float]) -> float:
    return statistics.median(a / b for a, b in zip(above, below, strict=True))


def _parser() -> str:
    """What uvicorn reads HTTP with: it takes httptools where that is installed."""
    return "httptools" if importlib.util.find_spec("httptools") else "h11"


def _line(name: str, found: Mapping[str, float]) -> str:
    return f"{name:<26}{found['rps']:>9,.0f}{found['p50_ms']:>9.1f}{found['p99_ms']:>9.1f}"


def _note(into: Measured, result: Mapping[str, object]) -> None:
    latencies, rate = result["latencies"], result["rps"]
    assert isinstance(latencies, list) and isinstance(rate, float)
    into.rates.append(rate)
    into.p50s.append(_percentile(latencies, 0.50))
    into.p99s.append(_percentile(latencies, 0.99))


def _percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@contextmanager
def _served(which: str) -> Iterator[int]:
    """A server process; yields its port."""
    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=build) as folder:
        command = [sys.executable, "-m", "tests.benchmarks.ack_server", which, folder]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
            assert process.stdout is not None
            try:
                yield int(process.stdout.readline())
            finally:
                process.terminate()


def _load(port: int, seconds: float) -> Mapping[str, object]:
    """One round from a fresh process; raises when an answer was not 200."""
    command = [sys.executable, "-m", "tests.benchmarks.ack_load"]
    arguments = [str(port), str(seconds), str(CLIENTS)]
    found = subprocess.run(
        [*command, *arguments], check=True, capture_output=True, text=True, cwd=ROOT
    )
    result: Mapping[str, object] = json.loads(found.stdout)
    if result["wrong"]:
        raise RuntimeError(f"answers that were not 200: {result['wrong']}")
    return result
