"""A campaign: what was announced, and where it stands. Its transitions are in lifecycle."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.windows import Window


class CampaignKind(StrEnum):
    """How the audience arrives; decides the shape of the arrival."""

    PUSH = "push"
    EMAIL = "e-mail"
    TV = "TV"
    PAID_SOCIAL = "paid social"
    SALE = "sale"
    DROP = "drop"
    OTHER = "other"


class CampaignState(StrEnum):
    """Where a campaign stands; the last four are final."""

    PLANNING = "planning"  # accepted; the plan is being made
    PROPOSED = "proposed"  # the plan is shown; waits for the announcer
    AWAITING_APPROVAL = "awaiting approval"  # confirmed; waits for the approvers
    SCHEDULED = "scheduled"  # settled; waits for the lead time
    WARMING = "warming"  # floors are being raised and proven
    LIVE = "live"  # between start and end
    RESTORING = "restoring"  # over or cancelled; capacity is being given back
    DONE = "done"  # restored and reported
    CANCELLED = "cancelled"
    REFUSED = "refused"
    EXPIRED = "expired"  # nobody confirmed or approved before the start

    @property
    def final(self) -> bool:
        """Whether nothing more will happen."""
        return self in {
            CampaignState.DONE,
            CampaignState.CANCELLED,
            CampaignState.REFUSED,
            CampaignState.EXPIRED,
        }


UNDER_WAY = (CampaignState.LIVE, CampaignState.WARMING, CampaignState.RESTORING)
"""Capacity is raised, held or given back."""
SETTLED = frozenset({CampaignState.SCHEDULED, CampaignState.WARMING, CampaignState.LIVE})
"""Promised: capacity will be raised, or is."""
UNSETTLED = (CampaignState.AWAITING_APPROVAL, CampaignState.PROPOSED, CampaignState.PLANNING)
"""Somebody's word is still missing, or the plan."""


@dataclass(frozen=True, slots=True)
class Rate:
    """The demand expected at its peak, in requests/s at the groups' busiest workload."""

    rps: float


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is reached: `people`, the share of them that follows (0.04 = 4 %), the pages each opens."""

    people: float
    click_rate: float
    pages: float = 1.0


@dataclass(frozen=True, slots=True)
class Announcement:
    """What a person asked for, complete and understood.

    `zone` is the IANA zone the person spoke in; `window` is UTC. `multiplier` is times the usual
    demand of that weekday and hour; where `demand` says how much comes instead, the planner works
    the multiplier out and this one is 1.
    """

    name: str
    kind: CampaignKind
    window: Window
    zone: str
    multiplier: float
    groups: tuple[str, ...]
    demand: Rate | Audience | None = None


@dataclass(frozen=True, slots=True)
class Campaign:
    """An announcement with its life.

    `id` is derived from the delivery that brought it, so the same command delivered thrice is one
    campaign. `version` grows with every save (optimistic locking); `plan_version` is the plan shown
    (0: none yet). `asked_at` is when the approvers were asked about it. `trouble` is what stands in the way now, in words for people ("" when nothing), `note` what the
    demand brought while it was live.
    """

    id: str
    announcement: Announcement
    channel: str
    announcer: str
    announced_at: datetime
    state: CampaignState = CampaignState.PLANNING
    version: int = 0
    plan_version: int = 0
    confirmed_by: str = ""
    asked_at: datetime | None = None
    cancelled_by: str = ""
    cancelled_at: datetime | None = None
    proven_at: datetime | None = None
    alarmed_at: datetime | None = None
    restored_at: datetime | None = None
    trouble: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Approval:
    """One person's decision on one plan version; never edited, but its giver may take a yes back in time.

    `content` is the fingerprint of the plan that was decided on.
    """

    campaign_id: str
    plan_version: int
    by: str
    approved: bool
    at: datetime
    content: str = ""


@dataclass(frozen=True, slots=True)
class Delegation:
    """`giver` lets `taker` decide in their place, on one plan version."""

    campaign_id: str
    plan_version: int
    giver: str
    taker: str
    at: datetime
