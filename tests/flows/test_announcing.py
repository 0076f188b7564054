"""A campaign announced: complete, incomplete, twice, where the bot cannot post, and nowhere to warm."""

from datetime import timedelta

import pytest

from bot.core.campaign import CampaignState
from bot.errors import Refused, SlowDown, TryAgain
from bot.ports.jobs import Job, JobName
from tests.flows.town import CAMPAIGNS, FORM, MAYA, OPS, SAM, STORY, Town, everything, labels

METADATA = '{"campaign":"","channel":"C0CAMPAIGN"}'


async def test_the_same_command_delivered_thrice_is_one_campaign(town: Town) -> None:
    for _ in range(3):
        await town.say(identity="command-once", trigger_id="trigger-once")
        await town.run()

    async with town.database.begin() as tx:
        assert len(await tx.campaigns.recent(10)) == 1
    assert len(town.chat.posts) == 1


async def test_a_delivery_handled_twice_changes_nothing(town: Town) -> None:
    delivery = await town.say()
    await town.run()
    async with town.database.begin() as tx:
        await tx.jobs.wake(Job(JobName.ANNOUNCE, delivery.identity), town.clock.now())
    await town.run()

    assert len(town.chat.posts) == 1
    assert (await town.campaign()).state is CampaignState.PROPOSED


async def test_an_unknown_delivery_is_nobodys_campaign(town: Town) -> None:
    async with town.database.begin() as tx:
        await tx.jobs.wake(Job(JobName.ANNOUNCE, "never seen"), town.clock.now())
    await town.run()

    assert town.chat.posts == []
    assert town.failures == []


async def test_an_unclear_line_opens_the_form_with_what_was_understood(town: Town) -> None:
    delivery = await town.say("Black Friday")
    await town.run()

    trigger, view = town.chat.views[0]
    assert trigger == delivery.trigger_id
    assert view.callback_id == "campaign.form"
    assert town.chat.posts == []
    assert town.whispers() == []


@pytest.mark.parametrize(
    "error",
    [
        Refused("the trigger id has expired", code="expired_trigger_id"),
        TryAgain("Slack did not answer"),
        SlowDown("slower", timedelta(seconds=30)),
    ],
)
async def test_complaint_19_the_form_is_offered_by_a_button_when_it_cannot_be_opened(
    town: Town, error: Exception
) -> None:
    town.chat.faults.add("open_view", error)
    await town.say("Black Friday")
    await town.run()

    _, offer = town.chat.responses[0]
    assert labels(offer) == ["Open the form"]
    await town.click("Open the form", on=offer)
    await town.run()
    assert len(town.chat.views) == 1


async def test_the_form_makes_a_campaign_where_the_command_was_typed(town: Town) -> None:
    await town.send_form(FORM, metadata=METADATA)
    await town.run()

    campaign = await town.campaign()
    assert campaign.channel == CAMPAIGNS
    assert campaign.announcement.multiplier == 3
    assert "plan ready" in town.card()


async def test_a_form_without_a_channel_answers_in_the_houses_own(town: Town) -> None:
    await town.send_form(FORM, metadata="")
    await town.run()

    assert (await town.campaign()).channel == town.kit.house.default_channel


async def test_a_nobody_gets_a_plan_that_is_not_possible(town: Town) -> None:
    await town.say(by=SAM)
    await town.run()

    campaign = await town.campaign()
    assert campaign.state is CampaignState.REFUSED
    shown = everything(town.chat.shown_in(CAMPAIGNS)[0])
    assert "not on the list of people who may announce" in shown
    assert "Confirm" not in labels(town.chat.shown_in(CAMPAIGNS)[0])


async def test_a_group_without_workloads_is_said_to_the_asker_and_the_engineers(
    town: Town,
) -> None:
    await town.say(STORY.replace("#web", "#checkout"))
    await town.run()

    assert (await town.campaign()).state is CampaignState.REFUSED
    assert "headroom-group=checkout" in town.card()
    assert "headroom-group=checkout" in next(iter(town.chat.texts(OPS)))


async def test_an_asker_is_told_where_to_look_when_the_channel_is_closed(town: Town) -> None:
    town.chat.channels = {CAMPAIGNS, OPS}
    await town.say(channel="C0GENERAL")
    await town.run()

    assert "plan ready" in town.card(CAMPAIGNS)
    assert f"<#{CAMPAIGNS}>" in town.whispers()[0]
    assert len(town.whispers()) == 1
    assert (await town.campaign()).channel == CAMPAIGNS


async def test_a_campaign_moved_to_another_channel_goes_on_there(town: Town) -> None:
    town.chat.channels = {CAMPAIGNS, OPS}
    await town.say(channel="C0GENERAL")
    await town.run()
    await town.click("Confirm")
    await town.run((await town.campaign()).announcement.window.start)

    root, reply = town.chat.posts
    assert "live" in root.message.text
    assert reply.thread_ts == root.ts
    assert f"<@{MAYA}>" in reply.message.text


async def test_the_autoscaler_is_left_alone_where_it_copes(town: Town) -> None:
    for key in town.cloud.fleet:
        town.cloud.someone_sets(key, 60)
    await town.say()
    await town.run()

    assert "no pre-scaling needed" in town.card()
    end = (await town.campaign()).announcement.window.end
    await town.run(end + timedelta(minutes=30))
    assert town.cloud.writes == []
    assert (await town.campaign()).state is CampaignState.DONE
