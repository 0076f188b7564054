"""What Headroom holds of one workload, and the ledger of what it wrote; kept by the reconciler."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.fleet import WorkloadKey


class Answer(StrEnum):
    """What a person decided about a floor that somebody else lowered during a campaign."""

    NONE = ""
    PUT_BACK = "put back"  # this once
    LEAVE = "leave it"  # until the capacity is given back


@dataclass(frozen=True, slots=True)
class Holding:
    """One row per workload that a claim ever touched.

    `baseline`/`baseline_ceiling`: the last values not written by Headroom. `written`/`written_ceiling`:
    the last values Headroom wrote (None: none since the baseline stands). `wanted`: the floor the
    claims ask for now. `observed`: the floor seen at `observed_at`. `operation`: a long-running
    operation still being looked at ("" none). `proven_at`: when `proven_floor` was proven warm.
    `lowered_at`: the last step down. `trouble`: what stands in the way, in words ("" nothing).
    `answer`: what a person decided about the floor that somebody else lowered, `changed_by` who did.
    `drained_by`: who said that a worker pool has nothing left to do ("" nobody).
    """

    key: WorkloadKey
    baseline: int
    baseline_ceiling: int | None
    written: int | None = None
    written_ceiling: int | None = None
    wanted: int = 0
    observed: int = 0
    observed_at: datetime | None = None
    operation: str = ""
    admin_proven_at: datetime | None = None
    proven_floor: int = 0
    proven_at: datetime | None = None
    raised_at: datetime | None = None
    lowered_at: datetime | None = None
    restored_at: datetime | None = None
    trouble: str = ""
    version: int = 0
    answer: Answer = Answer.NONE
    changed_by: str = ""
    drained_by: str = ""


class Outcome(StrEnum):
    """What became of an intent."""

    INTENDED = "intended"
    ACCEPTED = "accepted"  # the operation was accepted, not yet finished
    DONE = "done"
    STALE = "stale"  # somebody else wrote first; read again
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One write to Google: the intent before it and the outcome after it.

    `id` is 0 until stored.
    """

    id: int
    workload: WorkloadKey
    at: datetime
    previous_floor: int
    floor: int
    previous_ceiling: int | None
    ceiling: int | None
    claims: tuple[str, ...]
    token: str
    reason: str
    outcome: Outcome = Outcome.INTENDED
    operation: str = ""
    detail: str = ""
    settled_at: datetime | None = None
