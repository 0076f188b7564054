"""More workloads than Google lets us change in a minute: begun earlier, and done in time."""

from collections import Counter
from datetime import timedelta

from bot.core.campaign import CampaignState
from bot.core.house import CapacityRules, LoopMode
from tests.fakes import service
from tests.flows.town import CAMPAIGNS, START, Town, everything

MINUTE = timedelta(minutes=1)
PER_MINUTE = 2


async def test_a_raise_of_many_workloads_begins_earlier_and_is_proven_before_the_start(
    town: Town,
) -> None:
    town.house(capacity=CapacityRules(PER_MINUTE, LoopMode.OFF))
    more = [service(f"web-{number}") for number in range(6)]
    town.cloud.add(*more)
    for one in more:
        town.measure(one.key, requests=400.0)
    campaign = await town.scheduled()
    async with town.database.begin() as tx:
        stored = await tx.campaigns.plan(campaign.id, campaign.plan_version)
    assert stored is not None
    # 8 workloads at 2 a minute take three minutes longer than one; alone it is 19.
    assert START - stored[0].raise_at == 22 * MINUTE
    assert "2 changes a minute and region" in everything(town.chat.shown_in(CAMPAIGNS)[0])

    await town.run(START - 5 * MINUTE)
    ups = Counter(write.at.replace(second=0) for write in town.cloud.writes)
    assert max(ups.values()) <= PER_MINUTE and sum(ups.values()) == len(more) + 2
    proven = (await town.campaign()).proven_at
    assert proven is not None and proven < START - 5 * MINUTE
    assert await town.state() is CampaignState.WARMING
