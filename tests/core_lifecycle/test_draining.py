"""When instances of a worker pool may be stopped."""

from dataclasses import replace

import pytest

from bot.core.draining import Drain, Terms, draining
from bot.core.fleet import ScalingMode, Workload, WorkloadKey, WorkloadKind
from bot.core.house import Timing
from bot.core.series import Series
from tests.core_lifecycle.sample import MINUTE, START, workload

KEY = WorkloadKey(WorkloadKind.WORKER_POOL, "cymbal-shop", "europe-west1", "orders")
NOTHING = Terms((), "", START, Timing().stale_after)


def pool() -> Workload:
    return replace(workload(8, mode=ScalingMode.MANUAL), key=KEY, groups=("pipeline",))


def cpu(*values: float, ago: int = 2) -> Series:
    """One value a minute, the last one measured `ago` minutes before."""
    return Series(START - (ago + len(values)) * MINUTE, MINUTE, values)


CASES = [
    ("idle for three minutes", cpu(0.4, 0.03, 0.02, 0.03), NOTHING, Drain.IDLE),
    ("still working", cpu(0.4, 0.4, 0.4), NOTHING, Drain.ASK),
    ("idle for a moment only", cpu(0.4, 0.02, 0.02), NOTHING, Drain.ASK),
    ("idle, but long ago", cpu(0.02, 0.02, 0.02, ago=20), NOTHING, Drain.ASK),
    ("hardly any metrics", cpu(0.02), NOTHING, Drain.ASK),
    ("no metrics", None, NOTHING, Drain.ASK),
    ("somebody said so", cpu(0.9), replace(NOTHING, confirmed_by="U0ERIK"), Drain.CONFIRMED),
    (
        "the house says so by name",
        cpu(0.9),
        replace(NOTHING, survivors=("orders",)),
        Drain.SURVIVES,
    ),
    ("and by group", cpu(0.9), replace(NOTHING, survivors=("pipeline",)), Drain.SURVIVES),
]


@pytest.mark.parametrize(("what", "series", "terms", "drain"), CASES, ids=[row[0] for row in CASES])
def test_a_pool_is_free_when_nothing_is_lost(
    what: str, series: Series | None, terms: Terms, drain: Drain
) -> None:
    found = draining(pool(), series, terms)
    assert (found.drain, found.free) == (drain, drain is not Drain.ASK), what
    assert bool(found.why) is (drain is Drain.ASK)


def test_a_service_has_no_work_that_a_stop_would_end() -> None:
    assert draining(workload(8), None, NOTHING).drain is Drain.NO_POOL
