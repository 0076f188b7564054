"""The last of two yeses is said while Slack does not tell who is in which user group: it is kept, and counts later."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from bot.core.campaign import CampaignState
from bot.core.message import Message
from bot.core.money import Money
from bot.core.oversight import ApprovalRule, Oversight
from bot.core.verdict import Role
from bot.errors import TryAgain
from tests.flows.town import (
    CAMPAIGNS,
    END,
    FINN,
    HOUSE,
    OPS,
    SHOP,
    START,
    Town,
    labels,
)

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NAME, SRE = "Black Friday push", "U0SRE"
NOTED = "Your yes is noted"


def needs_two(town: Town, budget: str) -> None:
    """Two yeses to what costs more; one may come from the user group of the SREs."""
    town.chat.groups["S0SRE"] = frozenset({SRE})
    town.house(
        role_groups={"S0SRE": (Role.APPROVER,)},
        guardrails=replace(town.kit.house.guardrails, auto_budget=Money(Decimal(budget))),
        oversight=Oversight(rules={"budget": ApprovalRule(needed=2)}),
    )


@pytest.fixture
async def planned(town: Town) -> Town:
    """A plan that two have to say yes to."""
    needs_two(town, "0")
    await town.proposed()
    await town.click("Confirm and ask")
    await town.run()
    return town


@pytest.fixture
async def changing(town: Town) -> Town:
    """Live: an hour more that two have to say yes to."""
    await town.scheduled()
    await town.run(START + 30 * MINUTE)
    needs_two(town, "0.01")
    await town.say(f"extend {NAME} 1h", command="/headroom")
    await town.run()
    return town


def question(town: Town) -> Message:
    return town.chat.shown_in(OPS)[-1]


async def says_yes(town: Town, who: str, on: Message | None = None) -> None:
    await town.click("Approve", on=on or question(town), by=who, channel=OPS)
    await town.run()


def slack_is_silent(town: Town, times: int = 10_000) -> None:
    town.chat.faults.add("members", TryAgain("503"), times=times)


async def both_say_yes(town: Town) -> None:
    """The first yes counts; at the second one Slack has stopped telling who is in the group."""
    asked = question(town)
    await says_yes(town, SRE, asked)
    slack_is_silent(town)
    await says_yes(town, FINN, asked)


async def window_end(town: Town) -> datetime:
    return (await town.campaign()).announcement.window.end


async def rows(town: Town) -> int:
    """How much is on record of the campaign."""
    subject = f"campaign/{(await town.campaign()).id}"
    async with town.database.begin() as tx:
        return len(await tx.audit.about(subject))


async def test_a_plan_is_scheduled_as_soon_as_slack_tells_who_said_yes(planned: Town) -> None:
    await both_say_yes(planned)
    await planned.run(5 * MINUTE)
    assert await planned.state() is CampaignState.AWAITING_APPROVAL
    assert f"Approved by <@{SRE}>" in question(planned).text
    assert f"Approved by <@{FINN}>" in question(planned).text
    [told] = planned.whispers()
    assert NOTED in told

    planned.chat.faults.clear()
    await planned.run()
    assert await planned.state() is CampaignState.SCHEDULED
    assert any("is scheduled" in text for text in planned.chat.texts(CAMPAIGNS))
    await planned.run(START + MINUTE)
    assert await planned.state() is CampaignState.LIVE


async def test_a_change_takes_effect_as_soon_as_slack_tells_who_said_yes(changing: Town) -> None:
    await both_say_yes(changing)
    await changing.run(5 * MINUTE)
    assert await window_end(changing) == END and labels(question(changing))
    [told] = changing.whispers()
    assert NOTED in told

    changing.chat.faults.clear()
    await changing.run()
    assert await window_end(changing) == END + HOUR
    assert labels(question(changing)) == [] and "said yes" in question(changing).text
    await changing.run(END + 30 * MINUTE)
    assert changing.cloud.floor(SHOP.key) == 55


async def test_a_second_press_is_answered_truly_while_slack_is_silent(changing: Town) -> None:
    await both_say_yes(changing)
    await says_yes(changing, FINN)
    assert f"Already approved by <@{FINN}>" in changing.whispers()[-1]
    changing.chat.faults.clear()
    await changing.run()
    assert await window_end(changing) == END + HOUR


async def test_one_yes_of_two_stays_one_whatever_slack_tells(planned: Town) -> None:
    slack_is_silent(planned)
    await says_yes(planned, FINN)
    assert planned.whispers() == []
    planned.chat.faults.clear()
    await planned.run(HOUR)
    assert await planned.state() is CampaignState.AWAITING_APPROVAL


async def test_a_yes_of_who_has_left_the_group_meanwhile_does_not_count(planned: Town) -> None:
    await both_say_yes(planned)
    planned.chat.groups["S0SRE"] = frozenset()
    planned.chat.faults.clear()
    await planned.run(5 * MINUTE)
    assert await planned.state() is CampaignState.AWAITING_APPROVAL


async def test_a_yes_taken_back_while_slack_is_silent_does_not_count(changing: Town) -> None:
    await both_say_yes(changing)
    await changing.click("Take my yes back", on=question(changing), by=FINN, channel=OPS)
    await changing.run()
    changing.chat.faults.clear()
    await changing.run(5 * MINUTE)
    assert await window_end(changing) == END


async def test_while_slack_stays_silent_nothing_is_raised_and_the_card_does_not_say_nobody(
    planned: Town,
) -> None:
    await both_say_yes(planned)
    await planned.run(START + MINUTE)
    assert await planned.state() is CampaignState.EXPIRED
    assert planned.cloud.floor(SHOP.key) == 2
    assert "Nobody" not in planned.card()
    assert "Not all the yeses that it needs could be counted before the start" in planned.card()
    asked = planned.chat.shown_in(OPS)[0]
    assert "expired before enough yeses counted" in asked.text and labels(asked) == []


async def test_what_is_forbidden_by_then_is_said_to_who_pressed_last_and_tried_again(
    changing: Town,
) -> None:
    await both_say_yes(changing)
    free = changing.kit.house.guardrails
    changing.house(guardrails=replace(free, auto_multiplier=1.0, max_multiplier=2.0))
    rows_before = await rows(changing)
    changing.chat.faults.clear()
    await changing.run(5 * MINUTE)
    assert await window_end(changing) == END and await rows(changing) == rows_before
    [told] = changing.chat.shown_in(FINN)
    assert "can't do this now" in told.text
    changing.house(guardrails=free)
    await changing.run(2 * MINUTE)
    assert await window_end(changing) == END + HOUR


async def test_listed_people_do_not_wait_for_slack(planned: Town) -> None:
    planned.house(roles={**HOUSE.roles, "U0FAY": (Role.FINANCE,)})
    slack_is_silent(planned)
    asked = question(planned)
    await says_yes(planned, FINN, asked)
    await says_yes(planned, "U0FAY", asked)
    assert await planned.state() is CampaignState.SCHEDULED
