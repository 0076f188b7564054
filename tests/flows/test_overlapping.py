"""Two campaigns on the same workloads: demand adds up, and each gives back only its own."""

from dataclasses import replace
from datetime import timedelta

from bot.core.campaign import Campaign, CampaignState
from bot.core.verdict import Effect
from tests.flows.town import END, SHOP, START, Town

MINUTE = timedelta(minutes=1)
LATER = "Evening sale Fri 28 Nov 20:00-23:30 Europe/Berlin x2 #web"

SMALL = "Flash sale Fri 28 Nov 18:00-22:00 Europe/Berlin x2 #web"


async def both(town: Town) -> tuple[Campaign, Campaign]:
    first = await town.scheduled()
    second = await town.scheduled(LATER)
    return first, second


async def states(town: Town, *campaigns: Campaign) -> list[CampaignState]:
    async with town.database.begin() as tx:
        found = [await tx.campaigns.get(campaign.id) for campaign in campaigns]
    return [campaign.state for campaign in found if campaign is not None]


async def test_overlapping_campaigns_add_their_demand(town: Town) -> None:
    await both(town)
    await town.run(START + 30 * MINUTE)
    alone = town.cloud.floor(SHOP.key)
    await town.run(START + 150 * MINUTE)

    assert alone == 55
    assert town.cloud.floor(SHOP.key) == 73  # 400 usual + 800 + 400 requests/s


async def test_a_claim_in_parts_needs_the_yes_that_the_whole_would_need(town: Town) -> None:
    town.house(guardrails=replace(town.kit.house.guardrails, auto_multiplier=3.0))
    await town.scheduled(SMALL.replace("sale", "sale part 1"))
    await town.scheduled(SMALL.replace("sale", "sale part 2"))
    third = await town.proposed(SMALL.replace("sale", "sale part 3"))
    async with town.database.begin() as tx:
        stored = await tx.campaigns.plan(third.id, third.plan_version)
    assert stored is not None
    finding = next(one for one in stored[1].findings if one.policy == "uplift")
    assert finding.effect is Effect.NEEDS_APPROVAL
    assert finding.reason.startswith("x4 together with “Flash sale part ")
    assert "“Flash sale part 1”" in finding.reason and "“Flash sale part 2”" in finding.reason


async def test_each_campaign_gives_back_its_own_share(town: Town) -> None:
    first, second = await both(town)
    await town.run(END + 40 * MINUTE)
    assert await states(town, first, second) == [CampaignState.DONE, CampaignState.LIVE]
    assert town.cloud.floor(SHOP.key) == 37  # 800 requests/s are still claimed

    await town.run(END + timedelta(hours=3))
    assert await states(town, first, second) == [CampaignState.DONE, CampaignState.DONE]
    assert town.cloud.floor(SHOP.key) == 2


async def test_the_baseline_is_never_what_another_campaign_holds(town: Town) -> None:
    await town.scheduled()
    await town.run(START + 30 * MINUTE)
    second = await town.proposed(LATER)

    async with town.database.begin() as tx:
        stored = await tx.campaigns.plan(second.id, second.plan_version)
    assert stored is not None
    assert {w.key.name: w.baseline for w in stored[0].workloads} == {"shop": 2, "cart": 1}


async def test_stopping_one_campaign_keeps_what_the_other_needs(town: Town) -> None:
    first, second = await both(town)
    await town.run(START + 150 * MINUTE)
    await town.cancel(first)
    await town.run(40 * MINUTE)

    assert await states(town, first, second) == [CampaignState.CANCELLED, CampaignState.LIVE]
    assert town.cloud.floor(SHOP.key) == 37
    writes = [w.change.floor for w in town.cloud.writes if w.key == SHOP.key]
    assert writes[:3] == [55, 73, 55]
    assert min(writes) == writes[-1] == 37


async def test_the_same_campaign_twice_in_a_row_is_two_campaigns(town: Town) -> None:
    first = await town.scheduled(SMALL)
    second = await town.scheduled(SMALL)

    assert first.id != second.id
    assert await states(town, first, second) == [CampaignState.SCHEDULED] * 2
