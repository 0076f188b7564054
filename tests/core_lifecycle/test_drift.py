"""Who changed what: Headroom's own writes, lost answers, and everybody else."""

from datetime import timedelta

import pytest

from bot.core.drift import Drift, begin_anew, finished, recognise, wrote
from bot.core.fleet import OperationState
from bot.core.holding import LedgerEntry, Outcome
from tests.core_lifecycle.sample import START, entry, holding, workload

NOW = START + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("sentence", "written", "seen", "drift", "baseline"),
    [
        ("what we wrote is still there", 61, 61, Drift.NONE, 2),
        ("nothing was written and nothing changed", None, 2, Drift.NONE, 2),
        ("somebody raised what we wrote", 61, 80, Drift.RAISED, 80),
        ("somebody lowered what we wrote", 61, 10, Drift.LOWERED, 10),
        ("somebody put the old value back", 61, 2, Drift.LOWERED, 2),
        ("somebody switched it off", 61, 0, Drift.LOWERED, 0),
        ("somebody raised the baseline under us", None, 5, Drift.RAISED, 5),
    ],
)
def test_a_value_that_is_not_ours_becomes_the_baseline(
    sentence: str, written: int | None, seen: int, drift: Drift, baseline: int
) -> None:
    found = recognise(holding(written=written), workload(seen), [], held=True, now=NOW)

    assert (found.drift, found.holding.baseline) == (drift, baseline), sentence
    assert found.holding.written == (written if drift is Drift.NONE else None), sentence
    assert (found.holding.observed, found.holding.observed_at) == (seen, NOW), sentence


def test_a_change_is_adopted_silently_when_nothing_is_held() -> None:
    found = recognise(holding(), workload(7), [], held=False, now=NOW)

    assert (found.drift, found.holding.baseline) == (Drift.NONE, 7)


def test_a_proof_is_void_when_somebody_lowers_the_floor() -> None:
    proven = holding(written=61, proven_floor=61, proven_at=START, admin_proven_at=START)

    found = recognise(proven, workload(30), [], held=True, now=NOW)

    assert (found.holding.proven_floor, found.holding.proven_at) == (0, None)
    assert found.holding.admin_proven_at is None


def test_a_changed_ceiling_becomes_the_baseline_ceiling() -> None:
    found = recognise(holding(written=61), workload(61, ceiling=90), [], held=True, now=NOW)

    assert (found.drift, found.holding.baseline_ceiling) == (Drift.CEILING, 90)
    assert found.holding.written == 61


def test_an_unset_ceiling_reads_the_same_as_zero() -> None:
    found = recognise(holding(written=61), workload(61, ceiling=0), [], held=True, now=NOW)

    assert found.drift is Drift.NONE


@pytest.mark.parametrize(
    ("sentence", "outstanding", "seen", "outcomes", "written"),
    [
        ("the answer was lost, the write was not", [entry(1, 61)], 61, {1: Outcome.DONE}, 61),
        ("the write has not arrived and still may", [entry(1, 61)], 2, {}, None),
        (
            "it will never arrive",
            [entry(1, 61, at=NOW - timedelta(minutes=5))],
            2,
            {1: Outcome.FAILED},
            None,
        ),
        (
            "the first of two arrived, and the second still may",
            [entry(2, 70), entry(1, 61)],
            61,
            {1: Outcome.DONE},
            61,
        ),
        (
            "the second arrived and overtook the first",
            [entry(2, 61), entry(1, 40)],
            61,
            {1: Outcome.FAILED, 2: Outcome.DONE},
            61,
        ),
        ("restoring arrived: nothing of ours stands", [entry(1, 2)], 2, {1: Outcome.DONE}, None),
    ],
)
def test_a_write_without_answer_is_told_by_looking(
    sentence: str,
    outstanding: list[LedgerEntry],
    seen: int,
    outcomes: dict[int, Outcome],
    written: int | None,
) -> None:
    found = recognise(holding(), workload(seen), outstanding, held=True, now=NOW)

    assert {one.id: one.outcome for one in found.settled} == outcomes, sentence
    assert (found.holding.written, found.drift) == (written, Drift.NONE), sentence
    assert found.holding.baseline == 2, sentence
    assert all(one.settled_at == NOW for one in found.settled), sentence


def test_a_write_is_not_recognised_when_its_ceiling_differs() -> None:
    found = recognise(
        holding(), workload(61, ceiling=100), [entry(1, 61, ceiling=150)], held=True, now=NOW
    )

    assert found.drift is Drift.RAISED
    assert found.settled == ()


@pytest.mark.parametrize(
    ("sentence", "floor", "ceiling", "written", "written_ceiling"),
    [
        ("a raised floor is ours", 61, None, 61, None),
        ("the baseline is nobody's", 2, None, None, None),
        ("a raised ceiling is ours", 61, 150, 61, 150),
        ("the old ceiling is nobody's", 2, 100, None, None),
    ],
)
def test_a_write_in_effect_is_ours_unless_it_equals_the_baseline(
    sentence: str,
    floor: int,
    ceiling: int | None,
    written: int | None,
    written_ceiling: int | None,
) -> None:
    before = holding(baseline_ceiling=100)

    after = wrote(before, entry(1, floor, ceiling=ceiling))

    assert (after.written, after.written_ceiling) == (written, written_ceiling), sentence


def test_a_ceiling_that_was_unset_is_nobodys_once_it_is_unset_again() -> None:
    after = wrote(holding(written=61, written_ceiling=150), entry(1, 61, ceiling=0))

    assert after.written_ceiling is None


def test_a_new_holding_keeps_the_version_of_the_old_one() -> None:
    old = holding(baseline=9, written=61, proven_floor=61, proven_at=START, version=7)

    fresh = begin_anew(old.key, workload(4, ceiling=50), old)

    assert (fresh.baseline, fresh.baseline_ceiling, fresh.version) == (4, 50, 7)
    assert (fresh.written, fresh.proven_at, fresh.restored_at) == (None, None, None)


@pytest.mark.parametrize(("error", "outcome"), [("", Outcome.DONE), ("no", Outcome.FAILED)])
def test_a_finished_operation_settles_only_its_own_entry(error: str, outcome: Outcome) -> None:
    ledger = [
        entry(2, 61, Outcome.ACCEPTED, operation="op-2"),
        entry(1, 40, Outcome.ACCEPTED, operation="op-1"),
    ]

    settled = finished(ledger, OperationState("op-2", done=True, error=error), NOW)

    assert [(one.id, one.outcome, one.detail) for one in settled] == [(2, outcome, error)]
