"""Two campaigns on the same workloads: demand adds up, and each gives back only its own."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.cards.buttons import Action, ButtonValue, seal
from bot.core.campaign import Campaign, CampaignState
from bot.core.house import CapacityRules, LoopMode
from bot.core.series import Metric
from bot.core.verdict import Effect
from bot.flows.adjusting import neighbours
from tests.flows.town import (
    CAMPAIGNS,
    CART,
    END,
    ERIK,
    OPS,
    SEAL,
    SHOP,
    START,
    Town,
    everything,
    labels,
)

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


def comes(town: Town, times: float = 3.0) -> None:
    """The first campaign brings three times the usual 400 requests/s, the later one adds 400 of its own;
    half an hour later it is `times` the usual and these 400.
    """

    def coming(at: datetime) -> float:
        now = 3.0 if at < START + 150 * MINUTE else times
        rate = 400.0 * (now if START <= at < END else 1.0)
        return rate + (400.0 if START + 120 * MINUTE <= at < END + 90 * MINUTE else 0.0)

    for one in (SHOP, CART):
        town.metrics.put(Metric.REQUESTS, one.key, coming)


def allow(town: Town, ceiling: int) -> None:
    for one in (SHOP, CART):
        seen = town.cloud.fleet[one.key]
        town.cloud.fleet[one.key] = replace(seen, scaling=replace(seen.scaling, ceiling=ceiling))


@pytest.mark.parametrize("mode", [LoopMode.AUTO, LoopMode.ASK])
async def test_what_the_other_campaign_was_planned_to_bring_is_not_more_than_planned(
    mode: LoopMode, town: Town
) -> None:
    town.house(capacity=CapacityRules(loop=mode))
    comes(town)
    await both(town)
    await town.run(START + 170 * MINUTE)
    assert town.cloud.floor(SHOP.key) == 73
    assert not list(town.chat.texts(OPS))
    assert [(await town.campaign()).note] == [""]


async def test_raise_to_a_number_makes_it_that_number_with_the_other_campaigns_share(
    town: Town,
) -> None:
    town.house(capacity=CapacityRules(loop=LoopMode.ASK))
    allow(town, 100)
    comes(town, 5.0)
    await both(town)
    await town.run(START + 165 * MINUTE)
    asked = [one for one in town.chat.shown_in(OPS) if "*shop*" in one.text]
    assert [labels(one) for one in asked] == [["Raise to 99"], ["Raise to 99"]]
    assert "and the campaigns beside it bring more to *shop*" in asked[1].text
    assert "2,000 requests/s besides what the others bring, planned were 1,977" in asked[1].text
    assert "99 instances would carry it, 73 are held" in asked[1].text

    for question in asked:
        await town.click("Raise to 99", on=question, by=ERIK, channel=OPS)
        await town.run(3 * MINUTE)
        scaling = town.cloud.fleet[SHOP.key].scaling
        assert (scaling.floor, scaling.ceiling) == (99, 100)
    assert "as many instances by now" in town.whispers()[-1]
    await town.run(END + timedelta(hours=3))
    assert town.cloud.floor(SHOP.key) == 2


async def test_what_all_campaigns_hold_already_cannot_be_raised_to(town: Town) -> None:
    town.house(capacity=CapacityRules(loop=LoopMode.ASK))
    allow(town, 100)
    comes(town)
    first, _ = await both(town)
    await town.run(START + 150 * MINUTE)
    value = ButtonValue(Action.RAISE, f"{SHOP.key}/{first.id}", 73)
    await town.press(Action.RAISE, seal(value, SEAL), by=ERIK, channel=OPS)
    await town.run(3 * MINUTE)
    scaling = town.cloud.fleet[SHOP.key].scaling
    assert (scaling.floor, scaling.ceiling) == (73, 100)
    assert "as many instances by now" in town.whispers()[-1]


async def test_together_they_are_not_raised_above_the_maximum_that_was_allowed(
    town: Town,
) -> None:
    town.house(capacity=CapacityRules())
    allow(town, 85)
    comes(town, 6.0)
    await both(town)
    await town.run(START + 170 * MINUTE)
    scaling = town.cloud.fleet[SHOP.key].scaling
    assert 73 < scaling.floor <= 85
    assert scaling.ceiling == 85
    assert "its ceiling of 85 is reached" in everything(town.chat.shown_in(CAMPAIGNS)[0])


async def test_a_campaign_that_brings_less_gives_back_without_what_the_other_needs(
    town: Town,
) -> None:
    town.house(capacity=CapacityRules())
    comes(town, 1.5)
    await both(town)
    await town.run(END - 10 * MINUTE)
    assert 46 <= town.cloud.floor(SHOP.key) < 73  # 1,000 requests/s come


async def test_a_word_about_a_campaign_is_no_change_of_what_it_holds_beside_others(
    town: Town,
) -> None:
    first, second = await both(town)
    await town.run(START + 150 * MINUTE)
    async with town.database.begin() as tx:
        before = await neighbours(tx, first.id)
        other = await tx.campaigns.get(second.id)
        assert other is not None
        await tx.campaigns.save(replace(other, note="1,234 requests/s"))
        noted = await neighbours(tx, first.id)
        claims = await tx.capacity.claims_of(second.id)
        await tx.capacity.put_claims(second.id, [replace(one, floor=90) for one in claims])
        raised = await neighbours(tx, first.id)

    assert before and before != noted
    assert [one.holds for one in before] == [one.holds for one in noted]
    assert [one.holds for one in noted] != [one.holds for one in raised]
