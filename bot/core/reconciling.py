"""What to do with one workload now: raise, prove, hold, lower or rest. Called by the reconcile flow.

Pure: what is wanted and what is seen in, at most one change out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.claiming import Wanted
from bot.core.claims import Claim, campaign_of
from bot.core.drift import EFFECTIVE
from bot.core.fleet import ScalingChange, ScalingMode, Workload, WorkloadKey
from bot.core.holding import Answer, Holding, LedgerEntry, Outcome
from bot.core.house import Repair, Timing
from bot.errors import GiveUp, SlowDown, Stale, TryAgain

ROLLOUT_FAILED = "Google could not roll it out"
_LATELY = timedelta(minutes=1)
ENGINEER_NEEDED = timedelta(minutes=2)  # between attempts that only a person's act can help


class Purpose(StrEnum):
    """What a tick of a workload is about."""

    RAISE = "raise"
    LOWER = "lower"
    PROVE = "prove"
    HOLD = "hold"
    REST = "rest"
    LEAVE = "leave"  # lowered by somebody else, and it is to stay so
    ASK = "ask"  # lowered by somebody else, and a person is to decide


@dataclass(frozen=True, slots=True)
class Known:
    """What the tables say of a workload: `claims` of campaigns that may hold capacity now, the ledger
    newest first.
    """

    key: WorkloadKey
    holding: Holding | None
    claims: Sequence[Claim]
    ledger: Sequence[LedgerEntry]
    now: datetime

    @property
    def active(self) -> list[Claim]:
        """The claims that hold now."""
        return [claim for claim in self.claims if claim.hold.contains(self.now)]

    @property
    def idle(self) -> bool:
        """Whether nothing is claimed and nothing is left to be given back."""
        restored = self.holding is None or self.holding.restored_at is not None
        return restored and not self.active

    @property
    def next_start(self) -> datetime | None:
        """When the next claim begins."""
        return min((c.hold.start for c in self.claims if c.hold.start > self.now), default=None)

    @property
    def until(self) -> datetime | None:
        """When the last claim ends."""
        return max((claim.hold.end for claim in self.claims), default=None)

    @property
    def certain_until(self) -> datetime | None:
        """When it was seen or written last: a look that others share must be later than that.

        None while the outcome of a write is open: only a look of one's own tells.
        """
        if any(entry.outcome is Outcome.INTENDED for entry in self.ledger):
            return None
        moments = [self.now - _LATELY, *(entry.settled_at or entry.at for entry in self.ledger[:1])]
        if self.holding is not None and self.holding.observed_at is not None:
            moments.append(self.holding.observed_at)
        return max(moments)

    @property
    def campaigns(self) -> list[str]:
        """The campaigns that the claims belong to."""
        return sorted({claim.campaign_id for claim in self.claims})

    @property
    def last(self) -> LedgerEntry | None:
        """The newest entry of the ledger."""
        return self.ledger[0] if self.ledger else None


@dataclass(frozen=True, slots=True)
class Failure:
    """What a failed write means; an outcome of INTENDED says that only looking can tell."""

    outcome: Outcome
    words: str
    pause: timedelta


@dataclass(frozen=True, slots=True)
class Sight:
    """One workload at one instant: what is held, what is seen, what is wanted.

    `until` is when the last claim ends (None: there is none).
    """

    holding: Holding
    seen: Workload
    wanted: Wanted
    now: datetime
    until: datetime | None = None


def purpose(sight: Sight, *, last: LedgerEntry | None, repair: Repair) -> Purpose:
    """What this tick is about; `last` is the newest entry of the ledger."""
    holding, wanted, floor = sight.holding, sight.wanted, sight.seen.scaling.floor
    if wanted.claims and (floor < wanted.floor or ceiling_too_low(sight)):
        return _lowered(holding.answer, repair) if _undone(last, sight) else Purpose.RAISE
    if holding.written is not None and floor > wanted.floor:
        return Purpose.LOWER
    if holding.written is not None and floor < wanted.floor and not wanted.claims:
        return Purpose.RAISE  # a baseline that was decided to be higher
    if not wanted.claims:
        return Purpose.REST if holding.written_ceiling is None else Purpose.LOWER
    proven = holding.proven_at is not None and holding.proven_floor >= wanted.floor
    return Purpose.HOLD if proven else Purpose.PROVE


def raising(sight: Sight) -> ScalingChange:
    """Floor and, where it is too low, ceiling in one write; never lowers either."""
    floor = max(sight.seen.scaling.floor, sight.wanted.floor)
    return ScalingChange(floor, sight.wanted.ceiling if ceiling_too_low(sight) else None)


def ceiling_too_low(sight: Sight) -> bool:
    """Whether the service's maximum has to be raised for what is wanted."""
    wanted, scaling = sight.wanted, sight.seen.scaling
    if wanted.ceiling is None or scaling.mode is ScalingMode.MANUAL:
        return False
    if not scaling.ceiling:  # not set: the revision's maximum applies
        return wanted.ceiling > scaling.revision_ceiling
    return scaling.ceiling < wanted.ceiling


def cramped(sight: Sight) -> bool:
    """Whether the serving revision allows fewer instances than are wanted: only a deploy helps."""
    scaling = sight.seen.scaling
    automatic = scaling.mode is ScalingMode.AUTOMATIC
    return automatic and scaling.revision_ceiling < sight.wanted.floor


def unanswered(error: TryAgain, what: str) -> str:
    """Why Google did not do it, in words; `what` its quota is for."""
    if isinstance(error, SlowDown):
        return f"Google's {what} quota is used up for the moment"
    return f"Google Cloud does not answer ({error.reason})"


def failure_of(error: TryAgain | GiveUp, timing: Timing) -> Failure:
    """Decide anew, wait, look what became of it, or let a person act."""
    match error:
        case Stale():
            return Failure(Outcome.STALE, "", timedelta(0))
        case SlowDown():
            words = unanswered(error, "write")
            return Failure(Outcome.FAILED, words, error.after or timing.look_again)
        case TryAgain():
            words = unanswered(error, "write")
            return Failure(Outcome.INTENDED, words, error.after or timing.look_again_warming)
        case GiveUp():
            return Failure(Outcome.FAILED, error.reason, ENGINEER_NEEDED)


def _lowered(answer: Answer, repair: Repair) -> Purpose:
    """Somebody took our floor back; a person's answer counts more than the house rule."""
    if answer is Answer.PUT_BACK or (answer is Answer.NONE and repair is Repair.AUTO):
        return Purpose.RAISE
    return Purpose.ASK if answer is Answer.NONE and repair is Repair.ASK else Purpose.LEAVE


def _undone(last: LedgerEntry | None, sight: Sight) -> bool:
    """Whether our last write asked for this much, took effect, and somebody took it back.

    A write for campaigns that are over promised nothing to those of now, unless a person has decided
    since that it is left.
    """
    if last is None or last.outcome not in EFFECTIVE:
        return False
    written_for = {campaign_of(one) for one in last.claims}
    theirs = not written_for.isdisjoint(claim.campaign_id for claim in sight.wanted.claims)
    answered = sight.holding.answer is Answer.LEAVE
    return last.floor >= sight.wanted.floor and (theirs or answered)
