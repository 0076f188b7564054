"""What a team may spend in a month, and what of it is taken: reserved at approval, then settled or released.

The books follow the campaigns' states (`entry_of`); the store keeps one line a campaign.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import assert_never
from zoneinfo import ZoneInfo

from bot.core.campaign import Campaign, CampaignState
from bot.core.fences import Team
from bot.core.house import House
from bot.core.money import ZERO, Money
from bot.core.plan import Plan


class Booking(StrEnum):
    """What a line of the books means."""

    RESERVED = "reserved"  # settled that it will be spent
    SETTLED = "settled"  # over; the amount is what it really cost
    RELEASED = "released"  # was reserved, will not be spent


@dataclass(frozen=True, slots=True)
class BudgetEntry:
    """One campaign's line: `month` is `2025-11`, of its start in the house's zone."""

    campaign_id: str
    team: str
    month: str
    amount: Money
    booking: Booking


@dataclass(frozen=True, slots=True)
class TeamSpend:
    """What others' campaigns of the team have taken of the month's money already; `reserved` is the campaign's own."""

    team: Team
    month: str
    taken: Money
    campaigns: int = 0
    reserved: Money = ZERO


def team_of(campaign: Campaign, house: House) -> Team | None:
    """The team that pays: the first that names the announcer, else the channel; None where none does."""
    teams = house.fences.teams
    by_person = (team for team in teams if campaign.announcer in team.people)
    by_channel = (team for team in teams if campaign.channel in team.channels)
    return next(by_person, None) or next(by_channel, None)


def month_of(instant: datetime, zone: str) -> str:
    """`2025-11`, in the IANA zone `zone`."""
    return f"{instant.astimezone(ZoneInfo(zone)):%Y-%m}"


def entry_of(
    campaign: Campaign, plan: Plan, *, house: House, actual: Money | None = None
) -> BudgetEntry | None:
    """The line the books must hold for the campaign as it stands; None where no team pays.

    `actual` is what it really cost, once that is known. What was stopped while its capacity was up has
    cost its share of the plan, by time.
    """
    team = team_of(campaign, house)
    if team is None:
        return None
    month = month_of(campaign.announcement.window.start, house.zone)
    stopped = campaign.state is CampaignState.CANCELLED and campaign.restored_at is not None
    booking = Booking.SETTLED if stopped else _booking(campaign.state)
    amount = _share(campaign, plan) if stopped else plan.cost
    return BudgetEntry(campaign.id, team.name, month, actual or amount, booking)


def _share(campaign: Campaign, plan: Plan) -> Money:
    """The plan's cost for the time that its capacity was up."""
    until = campaign.restored_at or plan.give_back_at
    part = (until - plan.raise_at) / (plan.give_back_at - plan.raise_at)
    return Money(plan.cost.amount * Decimal(min(1.0, max(0.0, part))), plan.cost.currency)


def _booking(state: CampaignState) -> Booking:
    match state:
        case (
            CampaignState.SCHEDULED
            | CampaignState.WARMING
            | CampaignState.LIVE
            | CampaignState.RESTORING
        ):
            return Booking.RESERVED
        case CampaignState.DONE:
            return Booking.SETTLED
        case (
            CampaignState.PLANNING
            | CampaignState.PROPOSED
            | CampaignState.AWAITING_APPROVAL
            | CampaignState.CANCELLED
            | CampaignState.REFUSED
            | CampaignState.EXPIRED
        ):
            return Booking.RELEASED
        case _:
            assert_never(state)
