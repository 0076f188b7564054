"""Whether a floor is proven warm. Called by the reconcile flow."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.fleet import AdminProof
from bot.core.house import Timing
from bot.core.series import Series
from bot.core.wording import say_duration


@dataclass(frozen=True, slots=True)
class Warmth:
    """Whether the floor is proven; `trouble` says what is missing ("" while it is only early)."""

    admin: bool
    proven: bool
    trouble: str


def warmth(proof: AdminProof, unseen: str, *, floor: int) -> Warmth:
    """The Admin API first, then the metrics: `unseen` is what these do not show yet ("" nothing)."""
    if not proof.settled or proof.warming or proof.provisioned < floor:
        return Warmth(False, False, _not_started(proof, floor))
    return Warmth(True, not unseen, unseen)


def not_seen(instances: Series | None, *, floor: int, now: datetime, stale_after: timedelta) -> str:
    """What the metrics do not show yet: active + idle instances, fresh and at least `floor`; "" nothing."""
    point = None if instances is None else instances.latest()
    if instances is None or point is None:
        return "Cloud Monitoring shows no instances yet"
    age = now - (point[0] + instances.step)
    if age > stale_after:
        return f"the newest instance metric is {say_duration(age)} old"
    if point[1] < floor:
        return f"Cloud Monitoring shows {point[1]:.0f} of {floor} instances"
    return ""


def look_again_in(waited: timedelta, timing: Timing) -> timedelta:
    """Soon at first, then rarer, at most `look_again`: each look costs several reads of Google's quota."""
    return min(max(waited / 2, timing.look_again_warming), timing.look_again)


def _not_started(proof: AdminProof, floor: int) -> str:
    """A quota that is used up at run time is told as such: waiting does not help against it."""
    words = f"instances still starting: {proof.provisioned} of {floor}"
    if "quota" not in proof.reason.casefold():
        return words
    return (
        f"{words}; the region's CPU or memory quota is used up ({proof.reason.rstrip('.')}): free some "
        "or ask Google for more"
    )
