"""Runs the benchmarks: `python -m tests.benchmarks [NAME]`. Each is a module `bench_<name>` with `run() -> Outcome`."""

import importlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import cast

from tests.benchmarks.outcome import Outcome

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "build" / "bench"


def found(only: str) -> list[str]:
    """The names of the benchmarks there are, or just `only`."""
    names = sorted(
        path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py")
    )
    return [name for name in names if only in {"", name}]


def main(only: str) -> int:
    """Prints each table and verdict; 0 when all goals are reached."""
    names = found(only)
    if not names:
        print(f"There is no benchmark {only!r}; there are: {', '.join(found(''))}.")
        return 2
    outcomes = [_measured(name) for name in names]
    return 0 if all(outcome.reached for outcome in outcomes) else 1


def _measured(name: str) -> Outcome:
    module = importlib.import_module(f"tests.benchmarks.bench_{name}")
    run = cast(Callable[[], Outcome], module.run)
    outcome = run()
    RESULTS.mkdir(parents=True, exist_ok=True)
    record = json.dumps(outcome.record, indent=2, sort_keys=True) + "\n"
    (RESULTS / f"{name}.json").write_text(record)
    missing = [f"not measured: {peer} ({why})" for peer, why in outcome.not_measured.items()]
    print("\n".join([*outcome.table, *missing, outcome.verdict]), flush=True)
    return outcome


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
