"""Which marks a write leaves on its workload. Called by the reconcile flow."""

from dataclasses import replace

from bot.core.fleet import ScalingChange
from bot.core.marks import Marks
from bot.core.reconciling import Sight

_NOBODY = ("headroom",)


def with_marks(sight: Sight, change: ScalingChange) -> ScalingChange:
    """The change, with what the workload is to say of itself once it is in effect."""
    return replace(change, marks=_marks_after(sight, change))


def outdated(sight: Sight) -> bool:
    """Whether the marks on the workload name another end than the claims do.

    Marks that are missing altogether come with the next write; nobody is fought over them.
    """
    holding, marks = sight.holding, sight.seen.marks
    ours = holding.written is not None or holding.written_ceiling is not None
    return ours and marks is not None and sight.until is not None and marks.until != sight.until


def _marks_after(sight: Sight, change: ScalingChange) -> Marks | None:
    holding, wanted = sight.holding, sight.wanted
    ceiling = holding.written_ceiling
    if change.ceiling is not None:
        same = (change.ceiling or None) == holding.baseline_ceiling
        ceiling = None if same else change.ceiling
    given_back = not wanted.claims and change.floor <= wanted.floor
    if ceiling is None and (given_back or change.floor == holding.baseline):
        return None
    before = sight.seen.marks
    named = tuple(sorted({claim.campaign_id for claim in wanted.claims}))
    return Marks(
        held_by=named or (before.held_by if before else _NOBODY),
        until=sight.until or sight.now,
        floor=change.floor,
        baseline=holding.baseline,
        ceiling=ceiling,
        baseline_ceiling=holding.baseline_ceiling,
    )
