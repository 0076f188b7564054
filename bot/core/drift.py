"""Who changed a workload's scaling: Headroom's own writes recognised, everybody else's adopted as baseline.

Called by the reconcile flow with what it has just observed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.fleet import OperationState, Workload, WorkloadKey
from bot.core.holding import Answer, Holding, LedgerEntry, Outcome

# A write whose answer was lost may still arrive; afterwards it never will.
_MAY_STILL_ARRIVE = timedelta(minutes=5)
EFFECTIVE = frozenset({Outcome.ACCEPTED, Outcome.DONE})
"""The outcomes of a write that took effect."""


class Drift(StrEnum):
    """What somebody else did to a workload while Headroom held it."""

    NONE = "none"
    RAISED = "raised"
    LOWERED = "lowered"
    CEILING = "ceiling changed"


@dataclass(frozen=True, slots=True)
class Recognised:
    """The holding as it stands after looking, the intents settled by it, and what others did."""

    holding: Holding
    settled: tuple[LedgerEntry, ...] = ()
    drift: Drift = Drift.NONE


def recognise(
    holding: Holding,
    seen: Workload,
    ledger: Sequence[LedgerEntry],
    *,
    held: bool,
    now: datetime,
) -> Recognised:
    """Compares what is seen with what Headroom wrote last.

    An intent without outcome that matches what is seen has happened, whatever became of its answer
    (`ledger`: the newest entries). Any other value is somebody else's and becomes the baseline;
    `held` says whether that matters to anybody.
    """
    accepted = max((e.id for e in ledger if e.outcome in EFFECTIVE), default=0)
    outstanding = sorted((e for e in ledger if e.outcome is Outcome.INTENDED), key=_id)
    newer = [e for e in outstanding if e.id > accepted and _matches(e, seen)]
    arrived = newer[-1] if newer else None
    settled = _settled(outstanding, accepted if arrived is None else arrived.id, arrived, now=now)
    looked = replace(holding, observed=seen.scaling.floor, observed_at=now)
    if arrived is not None:
        return Recognised(wrote(looked, arrived), settled)
    adopted, drift = _adopted(looked, seen)
    return Recognised(adopted, settled, drift if held else Drift.NONE)


def begin_anew(key: WorkloadKey, seen: Workload, before: Holding | None) -> Holding:
    """A holding in which nothing is Headroom's yet: what is seen is the baseline."""
    version = 0 if before is None else before.version
    return Holding(key, seen.scaling.floor, seen.scaling.ceiling or None, version=version)


def wrote(holding: Holding, entry: LedgerEntry) -> Holding:
    """The holding once `entry` is in effect; a value equal to the baseline is nobody's but the baseline's."""
    floor = None if entry.floor == holding.baseline else entry.floor
    ceiling = holding.written_ceiling
    if entry.ceiling is not None:
        same = (entry.ceiling or None) == holding.baseline_ceiling
        ceiling = None if same else entry.ceiling
    return replace(holding, written=floor, written_ceiling=ceiling)


def finished(
    ledger: Sequence[LedgerEntry], operation: OperationState, now: datetime
) -> tuple[LedgerEntry, ...]:
    """The accepted entry of a finished operation, with its outcome."""
    outcome = Outcome.FAILED if operation.error else Outcome.DONE
    return tuple(
        _closed(entry, outcome, operation.error, now)
        for entry in ledger
        if entry.operation == operation.name and entry.outcome is Outcome.ACCEPTED
    )


def _id(entry: LedgerEntry) -> int:
    return entry.id


def _matches(entry: LedgerEntry, seen: Workload) -> bool:
    if entry.floor != seen.scaling.floor:
        return False
    return entry.ceiling is None or (entry.ceiling or None) == (seen.scaling.ceiling or None)


def _settled(
    outstanding: Sequence[LedgerEntry],
    effective: int,
    arrived: LedgerEntry | None,
    *,
    now: datetime,
) -> tuple[LedgerEntry, ...]:
    """What looking tells of each intent without outcome; the young ones may still arrive.

    `effective` is the id of the write in effect: the etag of an older one is not valid any more.
    """
    found: list[LedgerEntry] = []
    for entry in outstanding:
        if arrived is not None and entry.id == arrived.id:
            found.append(_closed(entry, Outcome.DONE, "seen in effect; its answer was lost", now))
        elif entry.id < effective:
            found.append(_closed(entry, Outcome.FAILED, "overtaken by a later write", now))
        elif now - entry.at >= _MAY_STILL_ARRIVE:
            found.append(_closed(entry, Outcome.FAILED, "never seen in effect", now))
    return tuple(found)


def _closed(entry: LedgerEntry, outcome: Outcome, detail: str, now: datetime) -> LedgerEntry:
    return replace(entry, outcome=outcome, detail=detail, settled_at=now)


def _adopted(holding: Holding, seen: Workload) -> tuple[Holding, Drift]:
    floor, ceiling = seen.scaling.floor, seen.scaling.ceiling or None
    ours = holding.baseline if holding.written is None else holding.written
    our_ceiling = holding.baseline_ceiling
    if holding.written_ceiling is not None:
        our_ceiling = holding.written_ceiling or None
    drift = Drift.NONE
    if ceiling != our_ceiling:
        holding = replace(holding, baseline_ceiling=ceiling, written_ceiling=None)
        drift = Drift.CEILING
    if floor > ours:
        holding = replace(holding, baseline=floor, written=None)
        drift = Drift.RAISED
    elif floor < ours:
        # What was proven is not there any more.
        holding = replace(
            holding,
            baseline=floor,
            written=None,
            proven_floor=0,
            proven_at=None,
            admin_proven_at=None,
            # Lowered again after it was put back: somebody means it, so the question is open again.
            answer=Answer.LEAVE if holding.answer is Answer.LEAVE else Answer.NONE,
        )
        drift = Drift.LOWERED
    return holding, drift
