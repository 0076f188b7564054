"""The Why? button: the numbers of the plan it was pressed on, for anybody."""

from bot.core.campaign import CampaignState
from bot.errors import TryAgain
from tests.flows.town import MAYA, SAM, Town


async def test_anybody_who_presses_why_sees_where_each_number_comes_from(town: Town) -> None:
    await town.proposed()
    await town.click("Why?", by=SAM)
    await town.run()

    (_, view) = town.chat.views[-1]
    assert view.callback_id == "campaign.why"
    for label in ("Usual demand", "By CPU", "Lead time", "Cost at the worst"):
        assert f"*{label}*" in str(view.body)
    assert await town.state() is CampaignState.PROPOSED
    assert town.whispers() == []


async def test_why_on_an_older_plan_explains_that_one(town: Town) -> None:
    campaign = await town.proposed()
    card = town.chat.shown_in(campaign.channel)[0]
    await town.change(campaign, multiplier="2")
    await town.run()
    await town.click("Why?", on=card, by=MAYA)
    await town.run()

    (_, view) = town.chat.views[-1]
    assert "plan 1" in str(view.body)


async def test_there_is_no_why_before_there_is_a_plan(town: Town) -> None:
    town.cloud.faults.add("discover", TryAgain("Google is away"), times=1000)
    await town.say()
    await town.run()
    assert "Why?" not in str(town.chat.shown_in((await town.campaign()).channel)[0].blocks)
