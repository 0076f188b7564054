"""What was settled first keeps what it was promised, whatever other campaigns want later."""

from dataclasses import replace
from datetime import timedelta

from bot.core.campaign import Campaign, CampaignState
from bot.core.plan import Plan
from tests.flows.test_overlapping import states
from tests.flows.town import (
    ADA,
    CAMPAIGNS,
    CART,
    END,
    OPS,
    SHOP,
    START,
    STORY,
    Town,
    everything,
    labels,
)

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
NIGHT = "Night sale Fri 28 Nov 22:30-23:30 Europe/Berlin x2 #web"
EVENING = "Evening sale Fri 28 Nov 20:00-23:30 Europe/Berlin x2 #web"
TOMORROW = "Paid social wave Sat 29 Nov 18:00-22:00 Europe/Berlin x3 #web"


def with_maximum(town: Town, most: int) -> None:
    for one in (SHOP, CART):
        seen = town.cloud.fleet[one.key]
        town.cloud.fleet[one.key] = replace(seen, scaling=replace(seen.scaling, ceiling=most))


async def approve(town: Town) -> None:
    for shown in list(town.chat.shown_in(OPS)):
        if "Approve" in labels(shown):
            await town.click("Approve", on=shown, by=ADA)
            await town.run()


async def confirm(town: Town, campaign: Campaign) -> None:
    card = next(
        post.message for post in reversed(town.chat.posts) if post.mark.endswith(campaign.id)
    )
    if labels(card)[0].startswith("Confirm"):
        await town.click(labels(card)[0], on=card)
        await town.run()
    await approve(town)


async def settled(town: Town, text: str) -> Campaign:
    campaign = await town.proposed(text)
    await confirm(town, campaign)
    return campaign


async def plan_of(town: Town, campaign: Campaign) -> Plan:
    async with town.database.begin() as tx:
        found = await tx.campaigns.get(campaign.id)
        assert found is not None
        stored = await tx.campaigns.plan(found.id, found.plan_version)
    assert stored is not None
    return stored[0]


async def test_an_extension_does_not_take_the_place_of_a_campaign_that_follows(town: Town) -> None:
    with_maximum(town, 70)
    first, night = await settled(town, STORY), await settled(town, NIGHT)
    await town.run(START + 30 * MINUTE)
    await town.say("extend Black Friday push 1h", command="/headroom")
    await town.run()
    await approve(town)
    await town.run(END + 35 * MINUTE)

    assert await states(town, first, night) == [CampaignState.LIVE, CampaignState.LIVE]
    assert town.cloud.fleet[SHOP.key].scaling.ceiling == 82  # as the extension was allowed


async def test_shortening_asks_nobody_and_takes_nothing_more(town: Town) -> None:
    with_maximum(town, 70)
    first = await settled(town, STORY)
    await town.run(START + 30 * MINUTE)
    before = await plan_of(town, first)
    async with town.database.begin() as tx:
        claims = await tx.capacity.claims_of(first.id)
        await tx.capacity.put_claims(first.id, [replace(one, floor=65) for one in claims])
    await settled(town, EVENING)
    await town.say("shorten Black Friday push 15m", command="/headroom")
    await town.run()

    after = await plan_of(town, first)
    assert after.window.end == before.window.end - 15 * MINUTE
    assert [one.floor for one in after.workloads] == [one.floor for one in before.workloads]
    assert after.made_at == before.made_at  # it keeps its place
    needed = [one.ceiling_needed for one in before.workloads]
    assert [one.ceiling_needed for one in after.workloads] == needed
    async with town.database.begin() as tx:
        held = await tx.capacity.claims_of(first.id)
    assert {one.floor for one in held} == {65}


async def test_who_was_settled_first_goes_first_however_late_it_was_announced(town: Town) -> None:
    with_maximum(town, 70)
    first = await town.proposed(STORY)
    evening = await settled(town, EVENING)
    await town.change(first)
    await town.run()
    await confirm(town, first)
    await town.run(START + 150 * MINUTE)

    assert await states(town, evening) == [CampaignState.LIVE]


async def test_a_maximum_that_is_lent_to_one_campaign_is_not_planned_with_for_another(
    town: Town,
) -> None:
    with_maximum(town, 40)
    await settled(town, STORY)
    await town.run(START + 30 * MINUTE)
    lent = town.cloud.fleet[SHOP.key].scaling.ceiling
    tomorrow = await settled(town, TOMORROW)
    await town.run(START + DAY + timedelta(hours=1))

    planned = {one.key: one for one in (await plan_of(town, tomorrow)).workloads}[SHOP.key]
    assert (lent, planned.ceiling, planned.ceiling_needed) == (62, 40, 62)
    assert town.cloud.fleet[SHOP.key].scaling.ceiling == 62


async def test_no_maximum_above_the_revisions_own_is_planned_for_all_together(town: Town) -> None:
    await settled(town, "Black Friday push Fri 28 Nov 18:00-22:00 Europe/Berlin x4 #web")
    second = await settled(town, "Evening sale Fri 28 Nov 20:00-23:30 Europe/Berlin x3 #web")

    [shop] = [one for one in (await plan_of(town, second)).workloads if one.key == SHOP.key]
    assert shop.joint_floor == 110
    assert shop.ceiling_needed is None  # the revision allows 100
    assert await states(town, second) == [CampaignState.REFUSED]
    assert "both together do not fit" in everything(town.chat.shown_in(CAMPAIGNS)[-1])
