"""Billing budgets and the spend caps that name them: heard through the door for alerts, minded by the guardrails."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.core.campaign import CampaignState
from bot.core.fences import Fences
from bot.core.limits import SpendCap
from bot.core.money import Money
from tests.flows.town import CAMPAIGNS, OPS, START
from tests.flows_alerts.watchtower import Watchtower

CAP = SpendCap("cymbal-shop", Money(Decimal(1000)), budget="Cymbal")


@pytest.fixture
def capped(town: Watchtower) -> Watchtower:
    town.house(fences=Fences(spend_caps=(CAP,)))
    return town


async def says(town: Watchtower, spent: float, **more: Any) -> None:
    """The budget publishes what is spent."""
    content = {
        "budgetDisplayName": "Cymbal",
        "costAmount": spent,
        "budgetAmount": 1000.0,
        "costIntervalStart": "2025-11-01T00:00:00Z",
        "currencyCode": "USD",
    }
    await town.came(content | more, attributes={"billingAccountId": "1", "budgetId": "2"})
    await town.run()


async def finding(town: Watchtower) -> str:
    campaign = await town.campaign()
    async with town.database.begin() as tx:
        stored = await tx.campaigns.plan(campaign.id, campaign.plan_version)
    assert stored is not None
    (found,) = [f for f in stored[1].findings if f.policy == "spend_cap"]
    return f"{found.effect}: {found.reason} {found.evidence}"


async def test_finance_is_asked_while_no_budget_has_said_what_is_spent(capped: Watchtower) -> None:
    await capped.proposed()
    assert "needs approval: A spend cap can pause the services" in await finding(capped)


@pytest.mark.parametrize(
    ("spent", "said"),
    [(100, "allow"), (895, "needs approval: The campaign may reach"), (1000, "refuse")],
)
async def test_a_cap_is_judged_by_what_its_budget_said_last(
    capped: Watchtower, spent: float, said: str
) -> None:
    await says(capped, 50)
    await says(capped, spent, alertThresholdExceeded=spent / 1000)
    await capped.proposed()
    found = await finding(capped)
    assert found.startswith(said)
    assert f"at least ${spent:,}.00 spent by Fri 28 Nov 15:00 of $1,000.00" in found


async def test_a_campaign_stops_when_the_cap_is_reached_before_anything_is_raised(
    capped: Watchtower,
) -> None:
    await says(capped, 100)
    await capped.scheduled()
    await says(capped, 1001, alertThresholdExceeded=1.0)
    await capped.run(START)
    assert await capped.state() is CampaignState.REFUSED
    assert capped.cloud.writes == []
    for channel in (CAMPAIGNS, OPS):
        assert any("Google pauses its services" in said for said in capped.chat.texts(channel))


@pytest.mark.parametrize("first", [0.5, 0.9, 1.0])
@pytest.mark.parametrize("pause", [timedelta(minutes=5), timedelta(days=2)])
async def test_a_budget_is_heard_again_when_more_is_spent_after_somebody_has_resolved_it(
    town: Watchtower, first: float, pause: timedelta
) -> None:
    await says(town, first * 1000, alertThresholdExceeded=first)
    await town.fills_in(deed="resolve")
    await town.run(pause)
    await says(town, 1500, alertThresholdExceeded=1.5)
    root = town.roots("C0FINANCE")[-1].message.text
    assert "Nobody has it yet" in root and "150% of the budget is passed" in root
    assert (await town.incident()).firing == 1


async def test_what_was_passed_when_somebody_resolved_it_stays_resolved(town: Watchtower) -> None:
    await says(town, 1000, alertThresholdExceeded=1.0)
    await town.fills_in(deed="resolve")
    await says(town, 1100, alertThresholdExceeded=1.0, forecastThresholdExceeded=1.2)
    (root,) = town.roots("C0FINANCE")
    assert "Resolved" in root.message.text


async def test_the_message_says_the_highest_threshold_that_is_passed(town: Watchtower) -> None:
    await says(town, 1000, alertThresholdExceeded=1.0)
    await says(town, 1510, alertThresholdExceeded=1.5)
    await says(town, 1200, alertThresholdExceeded=1.2)
    (root,) = town.roots("C0FINANCE")
    assert "1510 of 1000.0 USD spent; 150% of the budget is passed" in root.message.text
