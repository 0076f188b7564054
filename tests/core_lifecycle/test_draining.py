"""When instances of a worker pool may be stopped."""

from dataclasses import replace

import pytest

from bot.core.draining import Drain, Terms, draining, emptied_by
from bot.core.fleet import ScalingMode, Workload, WorkloadKey, WorkloadKind
from bot.core.house import Timing
from bot.core.pipelines import Pipeline, Signal
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


def backlog(waiting: Series | None, age: Series | None, name: str = "orders") -> Terms:
    """What is known of one subscription."""
    known = {Signal.WAITING: waiting, Signal.AGE: age}
    measured = {signal: series for signal, series in known.items() if series is not None}
    return replace(NOTHING, backlogs={name: measured})


BACKLOGS = [
    ("nothing waits", cpu(9, 0, 0, 0), None, Drain.DRAINED, ""),
    ("a stream that keeps up", cpu(6, 7, 6, 5), cpu(90, 1, 2, 1), Drain.DRAINED, ""),
    (
        "it has piled up",
        cpu(9000, 8000, 7040),
        cpu(400, 340, 300),
        Drain.ASK,
        "it is a worker pool, and 7,040 messages wait in its subscription orders (the oldest for 6 min)",
    ),
    ("it was drained only just now", cpu(900, 8, 6), cpu(300, 2, 1), Drain.ASK, "the oldest for 5"),
    ("nothing is measured", None, None, Drain.ASK, "nothing fresh tells what waits in its subsc"),
    ("too few points", cpu(0, 0), None, Drain.ASK, "nothing fresh"),
    ("metrics are late", cpu(0, 0, 0, ago=20), None, Drain.ASK, "nothing fresh tells"),
    ("its age is not known", cpu(6, 6, 6), None, Drain.ASK, "nothing fresh tells"),
    ("its age is late", cpu(6, 6, 6), cpu(1, 1, 1, ago=20), Drain.ASK, "nothing fresh tells"),
]


@pytest.mark.parametrize(
    ("what", "waiting", "age", "drain", "why"), BACKLOGS, ids=[row[0] for row in BACKLOGS]
)
def test_a_pool_with_a_subscription_is_free_when_nothing_has_piled_up(
    what: str, waiting: Series | None, age: Series | None, drain: Drain, why: str
) -> None:
    for busy in (cpu(0.9, 0.9, 0.9), cpu(0.01, 0.01, 0.01)):
        found = draining(pool(), busy, backlog(waiting, age))
        assert found.drain is drain, what
        assert why in found.why
        assert found.until == "its subscription orders is drained"


def test_all_its_subscriptions_must_be_drained() -> None:
    full = backlog(cpu(900, 900, 900), cpu(300, 300, 300), "refunds").backlogs
    drained = backlog(cpu(0, 0, 0), None).backlogs
    found = draining(pool(), None, replace(NOTHING, backlogs={**drained, **full}))
    assert not found.free
    assert "refunds" in found.why and "orders (" not in found.why
    assert draining(pool(), None, replace(NOTHING, backlogs=drained)).because


def test_a_person_who_says_that_it_is_drained_needs_no_metrics() -> None:
    terms = replace(backlog(None, None), confirmed_by="U0ERIK")
    assert draining(pool(), None, terms).drain is Drain.CONFIRMED


def test_a_pools_subscriptions_are_those_of_the_pipelines_that_it_works_for() -> None:
    mine = Pipeline("o", "Orders", "cymbal-shop", workers=("orders",), subscription="orders")
    by_key = replace(mine, name="k", workers=(str(KEY),))
    others = replace(mine, name="x", workers=("mailer",))
    job = replace(mine, name="j", subscription="", job="export")
    assert emptied_by(KEY, [mine, by_key, others, job]) == (mine, by_key)
