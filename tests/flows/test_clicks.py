"""Confirm and cancel: by whom, when, how often, on which plan."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cards.buttons import Action, ButtonValue, seal
from bot.core.campaign import CampaignState
from bot.core.house import Guardrails
from bot.core.message import Message
from bot.core.verdict import Role
from bot.errors import SlowDown, TryAgain
from bot.ports.jobs import Job, JobName
from tests.flows.town import (
    ADA,
    CAMPAIGNS,
    ERIK,
    FINN,
    MAYA,
    SAM,
    SEAL,
    SHOP,
    START,
    Town,
    everything,
    labels,
)

MINUTE = timedelta(minutes=1)
ANNOUNCERS = (Role.ANNOUNCER,)


def root(town: Town) -> Message:
    return town.chat.shown_in(CAMPAIGNS)[0]


async def test_a_double_click_confirms_once_and_is_answered_politely(town: Town) -> None:
    await town.proposed()
    card = root(town)
    await town.click("Confirm", on=card)
    await town.click("Confirm", on=card)
    await town.run()

    assert await town.state() is CampaignState.SCHEDULED
    assert len(town.whispers()) == 1
    assert town.whispers()[0].startswith(f"Already confirmed by <@{MAYA}> at ")


async def test_the_same_click_delivered_twice_is_one_click(town: Town) -> None:
    await town.proposed()
    click = await town.click("Confirm")
    await town.run()
    async with town.database.begin() as tx:
        await tx.jobs.wake(Job(JobName.APPROVE, click.identity), town.clock.now())
    await town.run()

    assert await town.state() is CampaignState.SCHEDULED
    assert town.whispers() == []


async def test_a_late_click_on_an_old_message_says_who_confirmed(town: Town) -> None:
    await town.proposed()
    card = root(town)
    await town.click("Confirm", on=card)
    await town.run(START + MINUTE)
    await town.click("Confirm", on=card, by=ADA)
    await town.run()

    assert await town.state() is CampaignState.LIVE
    assert town.whispers()[0].startswith(f"Already confirmed by <@{MAYA}>")


@pytest.mark.parametrize(
    ("who", "state"),
    [
        (SAM, CampaignState.PROPOSED),
        (FINN, CampaignState.PROPOSED),
        (ERIK, CampaignState.PROPOSED),
        (ADA, CampaignState.SCHEDULED),
    ],
)
async def test_only_the_announcer_or_an_admin_confirms(
    town: Town, who: str, state: CampaignState
) -> None:
    await town.proposed()
    await town.click("Confirm", by=who)
    await town.run()

    assert await town.state() is state
    if state is CampaignState.PROPOSED:
        assert f"Only <@{MAYA}>" in town.whispers()[0]


async def test_a_forged_button_does_nothing(town: Town) -> None:
    campaign = await town.proposed()
    value = seal(ButtonValue(Action.CONFIRM, campaign.id, 1), b"another secret")
    await town.press(Action.CONFIRM, value)
    await town.run()

    assert await town.state() is CampaignState.PROPOSED
    assert "don't recognise that button" in town.whispers()[0]


async def test_a_button_of_another_version_is_answered_with_what_to_do(town: Town) -> None:
    newer = seal(ButtonValue("campaign.rehearse", "c-1", 1), SEAL)  # type: ignore[arg-type]
    await town.press("campaign.rehearse", newer)
    await town.press(Action.CONFIRM, newer)
    await town.run()

    assert len(town.whispers()) == 2
    for heard in town.whispers():
        assert "another version of Headroom" in heard and "press it again in a minute" in heard


async def test_a_button_of_a_campaign_that_is_gone_is_answered(town: Town) -> None:
    await town.press(Action.CONFIRM, seal(ButtonValue(Action.CONFIRM, "c-gone", 1), SEAL))
    await town.press(Action.CHANGE, seal(ButtonValue(Action.CHANGE, "c-gone", 1), SEAL))
    await town.press(Action.APPROVE, seal(ButtonValue(Action.APPROVE, "c-gone", 1), SEAL))
    await town.press(Action.OPEN_FORM, seal(ButtonValue(Action.OPEN_FORM, "never", 0), SEAL))
    await town.run()

    assert len(town.whispers()) == 4
    assert all("don't know that campaign" in whisper for whisper in town.whispers())


async def test_an_older_plan_cannot_be_confirmed(town: Town) -> None:
    campaign = await town.proposed()
    await town.press(Action.CONFIRM, seal(ButtonValue(Action.CONFIRM, campaign.id, 0), SEAL))
    await town.run()

    assert await town.state() is CampaignState.PROPOSED
    assert "That plan was replaced" in town.whispers()[0]


async def test_a_click_while_the_plan_is_made_waits_for_no_one(town: Town) -> None:
    town.cloud.faults.add("discover", TryAgain("503"), times=100)
    await town.say()
    await town.run()
    campaign = await town.campaign()
    await town.press(Action.CONFIRM, seal(ButtonValue(Action.CONFIRM, campaign.id, 0), SEAL))
    await town.run()

    assert "still being worked out" in town.whispers()[0]


async def test_a_plan_that_is_refused_by_now_stays_undone_and_says_why(town: Town) -> None:
    await town.proposed()
    card = root(town)
    town.house(roles={})
    await town.click("Confirm", on=card)
    await town.run()

    assert await town.state() is CampaignState.REFUSED
    assert "not on the list" in town.whispers()[0]
    assert "not on the list" in everything(root(town))
    assert "Confirm" not in labels(root(town))
    await town.run(START)
    assert town.cloud.writes == []


async def test_a_plan_that_needs_approval_by_now_is_shown_to_the_approvers(town: Town) -> None:
    await town.proposed()
    card = root(town)
    town.house(guardrails=replace(Guardrails(), auto_multiplier=2.0))
    await town.click("Confirm", on=card)
    await town.run()

    campaign = await town.campaign()
    assert campaign.state is CampaignState.AWAITING_APPROVAL
    assert campaign.plan_version == 2


async def test_an_unconfirmed_plan_expires_at_its_start(town: Town) -> None:
    await town.proposed()
    card = root(town)
    await town.run(START + MINUTE)

    assert await town.state() is CampaignState.EXPIRED
    assert town.cloud.writes == []
    await town.click("Confirm", on=card)
    await town.run()
    assert "expired" in town.whispers()[0]
    assert await town.state() is CampaignState.EXPIRED


async def test_roles_come_from_slacks_user_groups_too(town: Town) -> None:
    town.house(roles={}, role_groups={"S0MARKETING": ANNOUNCERS, "S0GONE": ANNOUNCERS})
    town.chat.groups["S0MARKETING"] = frozenset({MAYA})
    await town.scheduled()

    assert await town.state() is CampaignState.SCHEDULED


@pytest.mark.parametrize("error", [TryAgain("503"), SlowDown("slower", timedelta(seconds=10))])
async def test_a_click_waits_while_slack_does_not_tell_who_is_in_a_group(
    town: Town, error: Exception
) -> None:
    town.house(roles={}, role_groups={"S0MARKETING": ANNOUNCERS})
    town.chat.groups["S0MARKETING"] = frozenset({MAYA})
    await town.proposed()
    town.chat.faults.add("members", error, times=3)
    await town.click("Confirm")
    await town.run()

    assert await town.state() is CampaignState.SCHEDULED
    assert town.whispers() == []


async def test_a_click_is_refused_when_slack_never_tells(town: Town) -> None:
    town.house(roles={}, role_groups={"S0MARKETING": ANNOUNCERS})
    town.chat.groups["S0MARKETING"] = frozenset({MAYA})
    await town.proposed()
    town.chat.faults.add("members", TryAgain("503"), times=1000)
    await town.click("Confirm")
    await town.run(5 * MINUTE)

    assert await town.state() is CampaignState.REFUSED
    assert "not on the list" in town.whispers()[0]


async def test_a_promise_is_kept_when_slack_does_not_tell_who_is_in_a_group(town: Town) -> None:
    town.house(roles={}, role_groups={"S0MARKETING": ANNOUNCERS})
    town.chat.groups["S0MARKETING"] = frozenset({MAYA})
    await town.scheduled()
    town.chat.faults.add("members", TryAgain("503"), times=10_000)
    await town.run(START)

    assert town.cloud.floor(SHOP.key) == 55


async def test_a_promise_is_taken_back_before_raising_when_it_is_not_allowed_any_more(
    town: Town,
) -> None:
    await town.scheduled()
    town.house(roles={})
    await town.run(START)

    assert await town.state() is CampaignState.REFUSED
    assert town.cloud.writes == []
    first, reply = (post for post in town.chat.posts if post.channel == CAMPAIGNS)
    assert reply.thread_ts == first.ts
    assert f"<@{MAYA}> I stopped" in reply.message.text
    assert "I stopped" in next(iter(town.chat.texts("C0OPS")))
