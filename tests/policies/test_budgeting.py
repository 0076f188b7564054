"""A team's books: who pays, for which month, and what a campaign's state makes of its line."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.budgeting import Booking, entry_of, month_of, team_of
from bot.core.campaign import CampaignState
from bot.core.case import Case
from bot.core.fences import Fences, Team
from tests.policies.cases import case
from tests.policies.surroundings import dollars

MARKETING = Team("marketing", "Marketing", channels=("C0CAMPAIGN",))
LOYALTY = Team("loyalty", "Loyalty", people=("U0MAYA",))


def booked(state: CampaignState, **changes: object) -> Booking:
    asked = _asked(MARKETING)
    campaign = replace(asked.campaign, state=state, **changes)  # type: ignore[arg-type]
    entry = entry_of(campaign, asked.plan, house=asked.house)
    assert entry is not None
    return entry.booking


def _asked(*teams: Team) -> Case:
    return case(fences=Fences(teams=teams))


def test_a_person_pays_for_their_team_before_the_channel_does() -> None:
    asked = _asked(MARKETING, LOYALTY)
    assert team_of(asked.campaign, asked.house) is LOYALTY
    stranger = replace(asked.campaign, announcer="U0SAM")
    assert team_of(stranger, asked.house) is MARKETING
    assert team_of(replace(stranger, channel="C0OTHER"), asked.house) is None


def test_the_month_is_the_companys() -> None:
    last_evening = datetime(2025, 11, 30, 23, 30, tzinfo=UTC)
    assert month_of(last_evening, "Europe/Berlin") == "2025-12"
    assert month_of(last_evening, "America/New_York") == "2025-11"


@pytest.mark.parametrize("state", list(CampaignState))
def test_money_is_reserved_while_a_campaign_is_settled(state: CampaignState) -> None:
    taken = {
        CampaignState.SCHEDULED,
        CampaignState.WARMING,
        CampaignState.LIVE,
        CampaignState.RESTORING,
    }
    expected = Booking.RESERVED if state in taken else Booking.RELEASED
    assert booked(state) is (Booking.SETTLED if state is CampaignState.DONE else expected)


def test_the_real_cost_counts_once_it_is_known() -> None:
    asked = _asked(MARKETING)
    done = replace(asked.campaign, state=CampaignState.DONE)
    entry = entry_of(done, asked.plan, house=asked.house, actual=dollars("9.87"))
    assert entry is not None
    assert (entry.amount, entry.month) == (dollars("9.87"), "2025-11")


def test_what_is_stopped_halfway_has_cost_half() -> None:
    asked = _asked(MARKETING)
    plan = asked.plan
    half = plan.raise_at + (plan.give_back_at - plan.raise_at) / 2
    stopped = replace(asked.campaign, state=CampaignState.CANCELLED, restored_at=half)
    entry = entry_of(stopped, plan, house=asked.house)
    assert entry is not None
    assert (entry.booking, entry.amount.cents()) == (Booking.SETTLED, dollars("6.17"))


def test_what_is_stopped_long_after_its_end_has_not_cost_more_than_planned() -> None:
    asked = _asked(MARKETING)
    late = asked.plan.give_back_at + timedelta(days=1)
    stopped = replace(asked.campaign, state=CampaignState.CANCELLED, restored_at=late)
    entry = entry_of(stopped, asked.plan, house=asked.house)
    assert entry is not None and entry.amount == asked.plan.cost
