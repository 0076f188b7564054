"""Bounds that others change between and during campaigns: the maximum, a revision's own, a minimum of before."""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.core.campaign import CampaignState
from bot.core.house import Repair
from bot.core.series import Metric
from bot.errors import Refused
from tests.flows.test_overlapping import states
from tests.flows.test_settled_first import settled, with_maximum
from tests.flows.town import CAMPAIGNS, CART, END, ERIK, OPS, SHOP, START, STORY, Town, everything

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
EVENING = "Evening sale Fri 28 Nov 20:00-23:59 Europe/Berlin x2 #web"


def id_after(clicks: int) -> str:
    """The id of a campaign announced by the so-manieth delivery."""
    return hashlib.sha256(f"command-{clicks}".encode()).hexdigest()[:10]


@pytest.mark.parametrize("repair", [Repair.ASK, Repair.LEAVE])
async def test_a_floor_lowered_between_two_campaigns_is_raised_for_the_next(
    town: Town, repair: Repair
) -> None:
    def much(at: datetime) -> float:
        return 400.0 * (4.5 if START <= at < END else 1)

    town.house(repair=repair)
    for one in (SHOP, CART):
        seen = town.cloud.fleet[one.key]
        town.cloud.fleet[one.key] = replace(seen, scaling=replace(seen.scaling, floor=60))
        town.metrics.put(Metric.REQUESTS, one.key, much)
    await settled(town, "Black Friday push Fri 28 Nov 18:00-22:00 Europe/Berlin x4.5 #web")
    await town.run(END + 2 * HOUR)
    assert await town.state() is CampaignState.DONE
    for one in (SHOP, CART):
        town.cloud.someone_sets(one.key, 2)  # nothing is held
    await settled(town, "Saturday push Sat 29 Nov 18:00-20:00 Europe/Berlin x2 #web")
    await town.run(START + DAY + 5 * MINUTE)

    assert town.cloud.floor(SHOP.key) == 49


@pytest.mark.parametrize("repair", list(Repair))
async def test_a_maximum_that_somebody_lowers_is_told(town: Town, repair: Repair) -> None:
    town.house(repair=repair)
    with_maximum(town, 60)
    await settled(town, STORY)
    await town.run(START + 10 * MINUTE)
    before = list(town.chat.texts(OPS))
    town.cloud.someone_sets(SHOP.key, 55, ceiling=55, by="erik@cymbal.example")
    await town.run(30 * MINUTE)

    [told] = [text for text in town.chat.texts(OPS) if text not in before]
    assert "erik@cymbal.example set the maximum of *shop*" in told and "to 55" in told
    put_back = repair is Repair.AUTO
    assert town.cloud.fleet[SHOP.key].scaling.ceiling == (62 if put_back else 55)
    assert ("I have put it back until the campaign is over" in told) is put_back


async def test_a_lowered_maximum_is_put_back_when_an_engineer_says_so(town: Town) -> None:
    town.house(repair=Repair.ASK)
    with_maximum(town, 60)
    await settled(town, STORY)
    await town.run(START + 10 * MINUTE)
    town.cloud.someone_sets(SHOP.key, 55, ceiling=55)
    await town.run(5 * MINUTE)
    assert "somebody else set the maximum to 55, and an engineer is asked" in town.card()
    await town.click("Put back", by=ERIK, channel=OPS)
    await town.run(5 * MINUTE)

    assert town.cloud.fleet[SHOP.key].scaling.ceiling == 62


async def test_a_floor_is_put_back_for_the_campaign_that_still_needs_it(town: Town) -> None:
    town.house(repair=Repair.ASK)
    first, second = await town.scheduled(), await town.scheduled(EVENING)
    await town.run(END - 10 * MINUTE)
    town.cloud.someone_sets(SHOP.key, 3)
    await town.run(END + 40 * MINUTE)
    assert await states(town, first, second) == [CampaignState.DONE, CampaignState.LIVE]
    await town.click("Put back", by=ERIK, channel=OPS)
    await town.run(5 * MINUTE)

    assert town.cloud.floor(SHOP.key) == 37


async def test_a_deploy_that_allows_fewer_instances_is_told_and_not_called_proven(
    town: Town,
) -> None:
    await town.scheduled()
    await town.run(START + 10 * MINUTE)
    assert "*shop* 55 held, proven" in everything(town.chat.shown_in(CAMPAIGNS)[0])
    town.cloud.someone_deploys(SHOP.key, "shop-00002")
    small = town.cloud.fleet[SHOP.key]
    small = replace(small, scaling=replace(small.scaling, revision_ceiling=10))
    town.cloud.fleet[SHOP.key] = small
    await town.run(10 * MINUTE)
    [told] = list(town.chat.texts(OPS))
    assert "the deployed revision allows at most 10 of the 55 instances to be held" in told
    assert "*shop* 55 held, proven" not in everything(town.chat.shown_in(CAMPAIGNS)[0])

    mended = replace(small, scaling=replace(small.scaling, revision_ceiling=100))
    town.cloud.fleet[SHOP.key] = mended
    await town.run(20 * MINUTE)
    assert "solved" in list(town.chat.texts(OPS))[-1]
    assert "*shop* 55 held, proven" in everything(town.chat.shown_in(CAMPAIGNS)[0])


async def test_an_alarm_is_called_solved_also_after_another_campaign_has_joined(town: Town) -> None:
    # The second campaign's id sorts before the first one's.
    town.clicks = next(n for n in range(100) if id_after(n + 3) < id_after(n + 1))
    await town.scheduled()
    await town.scheduled("Evening sale Fri 28 Nov 18:20-23:30 Europe/Berlin x2 #web")
    refused = Refused("the service account may not change it", code="PERMISSION_DENIED")
    town.cloud.faults.add("set_scaling", refused, times=10_000)
    await town.run(START + 10 * MINUTE)
    assert any("may not change it" in text for text in town.chat.texts(OPS))
    town.cloud.faults.clear()
    await town.run(START + HOUR)

    assert not any("may not change it" in text for text in town.chat.texts(OPS))
