"""Who needs what of a workload when; overlapping claims add demand, then the sum is sized."""

from dataclasses import dataclass

from bot.core.fleet import WorkloadKey
from bot.core.plan import Sizing
from bot.core.windows import Window


@dataclass(frozen=True, slots=True)
class Claim:
    """What one campaign needs of one workload during `hold`.

    Either a demand increment (`added_rps` on top of `usual_rps`, turned into instances by `sizing`)
    or, where `sizing` is None, the explicit `floor`. `floor` is what people were promised in any case.
    """

    id: str
    campaign_id: str
    workload: WorkloadKey
    hold: Window
    floor: int
    usual_rps: float
    added_rps: float
    sizing: Sizing | None
    ceiling: int | None
    requester: str
    reason: str


def claim_id(campaign_id: str, workload: WorkloadKey, number: int) -> str:
    """The id of the campaign's claim for the step of that `number` in the workload's plan."""
    return f"{campaign_id}/{workload}/{number}"


def campaign_of(claim: str) -> str:
    """The campaign that the claim of this id is of."""
    return claim.partition("/")[0]
