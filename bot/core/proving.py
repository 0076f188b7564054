"""Whether a floor is proven warm. Called by the reconcile flow."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.fleet import AdminProof
from bot.core.series import Series
from bot.core.wording import say_duration


@dataclass(frozen=True, slots=True)
class Warmth:
    """Whether the floor is proven; `trouble` says what is missing ("" while it is only early)."""

    admin: bool
    proven: bool
    trouble: str


def warmth(
    proof: AdminProof,
    instances: Series | None,
    *,
    floor: int,
    now: datetime,
    stale_after: timedelta,
) -> Warmth:
    """The Admin API first, then the metrics: active + idle instances, fresh and at least `floor`."""
    if not proof.settled or proof.warming or proof.provisioned < floor:
        return Warmth(False, False, _not_started(proof, floor))
    point = None if instances is None else instances.latest()
    if instances is None or point is None:
        return Warmth(True, False, "Cloud Monitoring shows no instances yet")
    age = now - (point[0] + instances.step)
    if age > stale_after:
        return Warmth(True, False, f"the newest instance metric is {say_duration(age)} old")
    if point[1] < floor:
        return Warmth(True, False, f"Cloud Monitoring shows {point[1]:.0f} of {floor} instances")
    return Warmth(True, True, "")


def _not_started(proof: AdminProof, floor: int) -> str:
    """A quota that is used up at run time is told as such: waiting does not help against it."""
    words = f"instances still starting: {proof.provisioned} of {floor}"
    if "quota" not in proof.reason.casefold():
        return words
    return (
        f"{words}; the region's CPU or memory quota is used up ({proof.reason.rstrip('.')}): free some "
        "or ask Google for more"
    )
