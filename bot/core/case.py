"""Everything a guardrail may look at, as one value; gathered by the flows, judged by policies."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.campaign import Campaign
from bot.core.house import House
from bot.core.plan import Plan
from bot.core.verdict import Role


@dataclass(frozen=True, slots=True)
class Case:
    """One plan of one campaign at one instant; `roles` are the roles of the campaign's announcer."""

    campaign: Campaign
    plan: Plan
    roles: frozenset[Role]
    house: House
    now: datetime
