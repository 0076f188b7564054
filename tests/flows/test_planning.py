"""Google or Slack down while a campaign is planned: said, tried again, nothing lost."""

from datetime import timedelta

import pytest

from bot.core.campaign import CampaignState
from bot.errors import NotAllowed, SlowDown, TryAgain
from tests.flows.town import CAMPAIGNS, OPS, START, Town, labels

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("call", ["discover", "series"])
async def test_the_asker_sees_since_when_google_is_silent(town: Town, call: str) -> None:
    town.cloud.faults.add(call, TryAgain("HTTP 503"), times=1000)
    town.metrics.faults.add(call, TryAgain("HTTP 503"), times=1000)
    await town.say()
    await town.run(10 * MINUTE)

    assert await town.state() is CampaignState.PLANNING
    since = "Google Cloud has not answered since 15:00 Europe/Berlin (HTTP 503)"
    assert since in town.card()
    assert labels(town.chat.shown_in(CAMPAIGNS)[0]) == []


async def test_the_plan_is_made_when_google_is_back(town: Town) -> None:
    town.cloud.faults.add("discover", TryAgain("HTTP 503"), times=3)
    town.metrics.faults.add("series", TryAgain("HTTP 503"), times=3)
    await town.say()
    await town.run(5 * MINUTE)

    assert await town.state() is CampaignState.PROPOSED
    assert (await town.campaign()).trouble == ""
    assert "not answered" not in town.card()
    assert len(town.chat.posts) == 1


async def test_google_is_asked_again_only_when_it_wants(town: Town) -> None:
    town.cloud.faults.add("discover", SlowDown("quota", timedelta(minutes=3)))
    await town.say()
    await town.run(2 * MINUTE)
    assert await town.state() is CampaignState.PLANNING

    await town.run(2 * MINUTE)
    assert await town.state() is CampaignState.PROPOSED


async def test_a_missing_permission_is_told_to_the_engineers_once(town: Town) -> None:
    words = "Headroom lacks run.services.list"
    town.cloud.faults.add("discover", NotAllowed(words), times=3)
    await town.say()
    await town.run(12 * MINUTE)
    assert words in town.card()
    assert [words in text for text in town.chat.texts(OPS)] == [True]

    await town.run(10 * MINUTE)
    assert await town.state() is CampaignState.PROPOSED


async def test_nobody_is_refused_because_slack_does_not_tell_the_roles(town: Town) -> None:
    town.house(roles={}, role_groups={"S0MARKETING": town.kit.house.roles["U0MAYA"]})
    town.chat.groups["S0MARKETING"] = frozenset({"U0MAYA"})
    town.chat.faults.add("members", TryAgain("HTTP 503"), times=3)
    await town.say()
    await town.run(2 * MINUTE)

    assert await town.state() is CampaignState.PROPOSED


async def test_a_campaign_cancelled_while_google_is_down_is_not_planned(town: Town) -> None:
    town.cloud.faults.add("discover", TryAgain("HTTP 503"), times=1000)
    await town.say()
    await town.run()
    campaign = await town.campaign()
    await town.cancel(campaign)
    town.cloud.faults.clear()
    await town.run(START)

    assert await town.state() is CampaignState.CANCELLED
    assert town.cloud.writes == []


async def test_planning_goes_on_until_the_window_is_over(town: Town) -> None:
    town.cloud.faults.add("discover", TryAgain("HTTP 503"), times=10_000)
    await town.say()
    await town.run(START + 5 * MINUTE)
    town.cloud.faults.clear()
    await town.run(5 * MINUTE)

    assert await town.state() is CampaignState.REFUSED
    assert town.cloud.writes == []
