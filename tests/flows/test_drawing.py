"""The plan as a chart in the campaign's thread, and as a picture where Slack refuses the chart."""

from dataclasses import replace

from bot.adapters.charts import PlanCharts
from bot.cards.blocks import actions, button, header
from bot.cards.figures import chart
from bot.core.campaign import Campaign
from bot.core.figure import Figure
from bot.core.message import Message, WantedPost
from bot.errors import Refused
from tests.fakes import FakeChat
from tests.flows.town import CAMPAIGNS, Town


def charts(town: Town) -> list[Message]:
    return [post.message for post in town.chat.posts if post.mark.startswith("plan-chart/")]


async def asked(town: Town) -> Campaign:
    """A proposed campaign whose Why? somebody has pressed."""
    campaign = await town.proposed()
    await town.click("Why?")
    await town.run()
    return campaign


async def test_the_plan_is_drawn_in_its_thread_for_whoever_asks_why(town: Town) -> None:
    campaign = await asked(town)
    (post,) = [p for p in town.chat.posts if p.mark == f"plan-chart/{campaign.id}"]
    assert post.thread_ts == town.chat.posts[0].ts
    assert "data_visualization" in str(post.message.blocks)


async def test_a_new_plan_changes_the_chart_in_place(town: Town) -> None:
    campaign = await asked(town)
    before = charts(town)[0]
    await town.change(campaign, multiplier="5")
    await town.run()
    assert len(charts(town)) == 1 and charts(town)[0] != before


class ChartlessChat(FakeChat):
    """A workspace that does not know the chart block yet."""

    async def post(
        self, channel: str, message: Message, *, thread_ts: str = "", mark: str = ""
    ) -> str:
        """Refuses charts as Slack refuses blocks it does not know."""
        if "data_visualization" in str(message.blocks):
            raise Refused("the blocks are not valid", code="invalid_blocks")
        return await super().post(channel, message, thread_ts=thread_ts, mark=mark)


async def test_slack_s_refusal_of_the_chart_brings_a_picture_and_the_numbers(town: Town) -> None:
    town.chat = ChartlessChat(town.clock)
    town.kit = replace(town.kit, chat=town.chat, charts=PlanCharts())
    campaign = await asked(town)
    (picture,) = town.chat.pictures
    assert picture[:3] == (CAMPAIGNS, town.chat.posts[0].ts, f"{campaign.id}-plan.png")
    assert picture[3].startswith(b"\x89PNG")
    assert "requests/s expected at the peak" in charts(town)[0].text


async def test_nothing_is_drawn_before_somebody_asks(town: Town) -> None:
    await town.proposed()
    assert charts(town) == []


async def test_without_a_pencil_the_numbers_remain(town: Town) -> None:
    town.chat = ChartlessChat(town.clock)
    town.kit = replace(town.kit, chat=town.chat)
    await asked(town)
    assert town.chat.pictures == []
    assert "requests/s expected at the peak" in charts(town)[0].text


async def test_a_chart_that_slack_refuses_goes_alone_and_the_buttons_stay(town: Town) -> None:
    town.chat = ChartlessChat(town.clock)
    town.kit = replace(town.kit, chat=town.chat, charts=PlanCharts())
    drawn = chart(Figure("Cost", "Dollars", ["Mon", "Tue"], {"Cost": [3.0, 4.0]}))
    assert drawn is not None
    press = actions(button("Why?", action_id="why", value="v"))
    digest = Message("the digest", (header("Digest"), drawn, press))
    async with town.database.begin() as tx:
        await tx.posts.want(WantedPost(CAMPAIGNS, "digest/1", digest), town.clock.now())
    await town.run()
    [post] = [post for post in town.chat.posts if post.mark == "digest/1"]
    assert [block["type"] for block in post.message.blocks] == ["header", "section", "actions"]
    [picture] = town.chat.pictures
    assert picture[:3] == (CAMPAIGNS, post.ts, "cost.png")


class TextChat(FakeChat):
    """A Slack that takes no blocks at all."""

    async def post(
        self, channel: str, message: Message, *, thread_ts: str = "", mark: str = ""
    ) -> str:
        """Refuses whatever is not bare text."""
        if message.blocks:
            raise Refused("the blocks are not valid", code="invalid_blocks")
        return await super().post(channel, message, thread_ts=thread_ts, mark=mark)


async def test_the_text_is_shown_when_slack_refuses_the_rest_too(town: Town) -> None:
    town.chat = TextChat(town.clock)
    town.kit = replace(town.kit, chat=town.chat)
    drawn = chart(Figure("Cost", "Dollars", ["Mon"], {"Cost": [3.0]}))
    assert drawn is not None
    async with town.database.begin() as tx:
        digest = WantedPost(CAMPAIGNS, "digest/1", Message("the digest", (drawn,)))
        await tx.posts.want(digest, town.clock.now())
    await town.run()
    assert [post.message for post in town.chat.posts] == [Message("the digest")]
