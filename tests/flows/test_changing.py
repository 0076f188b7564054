"""A campaign changed by the form, and cancelled in each of its states."""

from datetime import datetime, timedelta

import pytest

from bot.cards.buttons import Action, ButtonValue, seal
from bot.core.campaign import CampaignState
from bot.errors import Refused
from tests.flows.town import (
    ADA,
    CAMPAIGNS,
    CART,
    END,
    ERIK,
    FINN,
    MAYA,
    SAM,
    SEAL,
    SHOP,
    START,
    Town,
)

MINUTE = timedelta(minutes=1)


async def test_change_opens_the_form_with_what_was_announced(town: Town) -> None:
    await town.proposed()
    await town.click("Change")
    await town.run()

    shown = repr(town.chat.views[0][1].body)
    for said in ("Black Friday push", "2025-11-28", "18:00", "22:00", "Europe/Berlin"):
        assert said in shown
    assert town.whispers() == []


async def test_a_changed_campaign_is_planned_anew_in_the_same_message(town: Town) -> None:
    campaign = await town.proposed()
    await town.change(campaign, multiplier="2")
    await town.run()

    changed = await town.campaign()
    assert (changed.id, changed.plan_version) == (campaign.id, 2)
    assert changed.state is CampaignState.PROPOSED
    assert changed.announcement.multiplier == 2
    assert len(town.chat.posts) == 1
    assert "400 → 800/s" in town.card()


async def test_a_changed_campaign_must_be_confirmed_again(town: Town) -> None:
    campaign = await town.scheduled()
    await town.change(campaign, multiplier="2")
    await town.run(START + MINUTE)

    assert await town.state() is CampaignState.EXPIRED
    assert town.cloud.writes == []


@pytest.mark.parametrize("who", [SAM, FINN, ERIK])
async def test_a_campaign_is_changed_only_by_its_announcer_or_an_admin(
    town: Town, who: str
) -> None:
    campaign = await town.proposed()
    await town.change(campaign, multiplier="9", by=who)
    await town.click("Change", by=who)
    await town.run()

    assert (await town.campaign()).announcement.multiplier == 3
    assert len(town.whispers()) == 2
    assert all(f"Only <@{MAYA}>" in whisper for whisper in town.whispers())


async def test_an_admin_may_change_it(town: Town) -> None:
    campaign = await town.proposed()
    await town.change(campaign, multiplier="2", by=ADA)
    await town.run()

    assert (await town.campaign()).announcement.multiplier == 2


async def test_what_is_being_warmed_cannot_be_changed(town: Town) -> None:
    campaign = await town.scheduled()
    await town.run(START - 10 * MINUTE)
    await town.change(campaign, multiplier="2")
    await town.press(Action.CHANGE, seal(ButtonValue(Action.CHANGE, campaign.id, 1), SEAL))
    await town.run()

    assert (await town.campaign()).announcement.multiplier == 3
    assert all("can't be changed any more" in whisper for whisper in town.whispers())
    assert len(town.whispers()) == 2


async def test_a_refused_campaign_is_changed_into_one_that_is_allowed(town: Town) -> None:
    campaign = await town.proposed("Big push Fri 28 Nov 18:00-22:00 Europe/Berlin x50 #web")
    assert campaign.state is CampaignState.REFUSED
    await town.change(campaign, multiplier="3")
    await town.run()

    assert await town.state() is CampaignState.PROPOSED


async def test_a_change_of_what_is_gone_is_answered(town: Town) -> None:
    campaign = await town.proposed()
    await town.change(campaign, campaign_id="c-gone")
    await town.run()

    assert "don't know that campaign" in town.whispers()[0]


async def test_the_button_stays_when_the_form_does_not_open(town: Town) -> None:
    await town.proposed()
    town.chat.faults.add("open_view", Refused("expired", code="expired_trigger_id"))
    await town.click("Change")
    await town.run()
    assert "press the button once more" in town.whispers()[0]

    await town.click("Change")
    await town.run()
    assert len(town.chat.views) == 1


@pytest.mark.parametrize("when", [START - 170 * MINUTE, START - 60 * MINUTE])
async def test_a_campaign_cancelled_before_anything_is_raised_is_over_at_once(
    town: Town, when: datetime
) -> None:
    await town.scheduled()
    await town.run(when)
    await town.click("Cancel")
    await town.run()

    campaign = await town.campaign()
    assert campaign.state is CampaignState.CANCELLED
    assert campaign.cancelled_by == MAYA
    assert f"Cancelled by <@{MAYA}>" in town.card()
    await town.run(START)
    assert town.cloud.writes == []


async def test_a_proposal_is_cancelled(town: Town) -> None:
    await town.proposed()
    card = town.chat.shown_in(CAMPAIGNS)[0]
    await town.click("Cancel", on=card)
    await town.click("Cancel", on=card)
    await town.click("Confirm", on=card)
    await town.run()

    assert await town.state() is CampaignState.CANCELLED
    assert len(town.whispers()) == 2
    assert all(w.startswith(f"Already cancelled by <@{MAYA}>") for w in town.whispers())


@pytest.mark.parametrize("when", [START - 18 * MINUTE, START - 10 * MINUTE, START + 30 * MINUTE])
async def test_a_campaign_stopped_after_the_raise_gives_its_capacity_back(
    town: Town, when: datetime
) -> None:
    await town.scheduled()
    await town.run(when)
    await town.click("Stop and give back", by=ERIK)
    await town.run()
    assert await town.state() is CampaignState.RESTORING

    await town.run(timedelta(minutes=45))
    campaign = await town.campaign()
    assert campaign.state is CampaignState.CANCELLED
    assert campaign.restored_at is not None
    assert (town.cloud.floor(SHOP.key), town.cloud.floor(CART.key)) == (2, 1)
    assert not any("the report" in text for text in town.chat.texts(CAMPAIGNS))
    await town.run(END)
    assert await town.database.shelf.next_due() is None


async def test_a_campaign_that_is_over_cannot_be_stopped(town: Town) -> None:
    await town.scheduled()
    await town.run(START)
    card = town.chat.shown_in(CAMPAIGNS)[0]
    await town.run(END + MINUTE)
    await town.click("Stop and give back", on=card)
    await town.run()

    assert "being given back" in town.whispers()[0]
    assert await town.state() is CampaignState.RESTORING


async def test_a_stranger_cannot_stop_it(town: Town) -> None:
    await town.scheduled()
    await town.run(START)
    await town.click("Stop and give back", by=SAM)
    await town.run()

    assert await town.state() is CampaignState.LIVE
    assert "an engineer or an administrator" in town.whispers()[0]


async def test_a_second_stop_is_answered(town: Town) -> None:
    await town.scheduled()
    await town.run(START)
    card = town.chat.shown_in(CAMPAIGNS)[0]
    await town.click("Stop and give back", on=card)
    await town.click("Stop and give back", on=card, by=ERIK)
    await town.run()

    assert (await town.campaign()).cancelled_by == MAYA
    assert town.whispers()[0].startswith(f"Already cancelled by <@{MAYA}>")
