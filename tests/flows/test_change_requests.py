"""A change of a campaign under way that needs a yes: asked, reminded, handed on and decided like its first plan."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from bot.cards.buttons import Action, unseal
from bot.core.campaign import CampaignState
from bot.core.message import Message
from bot.core.money import Money
from bot.core.oversight import ApprovalRule, Oversight
from bot.core.verdict import Role
from bot.errors import TryAgain
from bot.flows.approve import approve
from bot.flows.steer import steer
from tests.flows.town import (
    ADA,
    CAMPAIGNS,
    END,
    FINN,
    HOUSE,
    MAYA,
    OPS,
    SAM,
    SEAL,
    SHOP,
    START,
    Town,
    buttons,
    labels,
)

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
FAY = "U0FAY"
NAME = "Black Friday push"
ASKED_AT = START + 30 * MINUTE


@pytest.fixture
async def asked(town: Town) -> Town:
    """Live; half an hour after the start an hour more is asked for, which two of finance must allow."""
    await town.scheduled()
    await town.run(ASKED_AT)
    town.house(
        roles={**HOUSE.roles, FAY: (Role.FINANCE,)},
        guardrails=replace(town.kit.house.guardrails, auto_budget=Money(Decimal("0.01"))),
        oversight=Oversight(rules={"budget": ApprovalRule(needed=2)}),
    )
    await town.say(f"extend {NAME} 1h", command="/headroom")
    await town.run()
    assert labels(question(town)) == ["Approve", "Decline", "Hand it on"]
    return town


def change_shown(town: Town, channel: str) -> Message:
    shown = town.chat.shown_in(channel)
    return [m for m in shown if "wants *" in m.text or "wanted *" in m.text][-1]


def question(town: Town) -> Message:
    return change_shown(town, OPS)


async def presses(town: Town, label: str, *people: str) -> None:
    for person in people:
        await town.click(label, by=person, on=question(town), channel=OPS)
        await town.run()


async def window_end(town: Town) -> datetime:
    return (await town.campaign()).announcement.window.end


async def hand_on(town: Town, *, by: str, to: str) -> None:
    await presses(town, "Hand it on", by)
    _, form = town.chat.views[-1]
    await town.send_form(
        {"taker": to}, metadata=form.body["private_metadata"], by=by, form=form.callback_id
    )
    await town.run()


async def test_approvers_are_reminded_under_the_question_and_then_asked_directly(
    asked: Town,
) -> None:
    await asked.run(ASKED_AT + 31 * MINUTE)
    [reminder] = [p for p in asked.chat.posts if p.channel == OPS and p.thread_ts]
    assert "Still waiting" in reminder.message.text and "extended by 1 h" in reminder.message.text
    assert asked.chat.shown_in(ADA) == []
    await asked.run(ASKED_AT + 61 * MINUTE)
    [nudge] = asked.chat.shown_in(ADA)
    assert "waits for a decision" in nudge.text

    await presses(asked, "Approve", FINN, ADA)
    assert await window_end(asked) == END + HOUR
    [nudge] = asked.chat.shown_in(ADA)
    assert "nothing left to decide" in nudge.text and f"Approved by <@{FINN}>" in nudge.text


async def test_reminders_come_in_time_where_little_time_is_left(town: Town) -> None:
    await town.scheduled()
    await town.run(END - 20 * MINUTE)
    dear = replace(town.kit.house.guardrails, auto_budget=Money(Decimal("0.01")))
    town.house(guardrails=dear)
    await town.say(f"extend {NAME} 1h", command="/headroom")
    await town.run(END - 9 * MINUTE)
    assert any("Still waiting" in text for text in town.chat.texts(OPS))
    await town.run(END - 4 * MINUTE)
    assert "waits for a decision" in town.chat.shown_in(ADA)[0].text


async def test_an_unanswered_question_is_closed_at_the_end_wherever_it_was_asked(
    asked: Town,
) -> None:
    await asked.run(END + MINUTE)
    assert labels(question(asked)) == [] and "Nobody decided" in question(asked).text
    assert "nothing left to decide" in asked.chat.shown_in(ADA)[0].text
    assert any("wanted *" in text and "Nobody" in text for text in asked.chat.texts(CAMPAIGNS))
    await asked.run(END + 2 * HOUR)
    assert await asked.state() is CampaignState.DONE
    assert await asked.database.shelf.next_due() is None


async def test_ending_the_campaign_closes_the_question(asked: Town) -> None:
    await asked.click("End now")
    await asked.run()
    assert labels(question(asked)) == [] and "Nothing was changed" in question(asked).text


async def test_stopping_the_campaign_closes_the_question(asked: Town) -> None:
    await asked.click("Stop and give back")
    await asked.run()
    assert labels(question(asked)) == [] and "Nothing was changed" in question(asked).text


def in_thread(town: Town) -> Message:
    """What the campaign's thread says of the change."""
    return change_shown(town, CAMPAIGNS)


async def withdraws(town: Town, who: str) -> None:
    await town.click("Withdraw the request", by=who, on=in_thread(town))
    await town.run()


@pytest.mark.parametrize("who", [MAYA, ADA])
async def test_who_asked_or_an_administrator_withdraws_it_and_it_can_be_asked_again(
    asked: Town, who: str
) -> None:
    await presses(asked, "Approve", FINN)
    open_still = question(asked)
    await withdraws(asked, who)
    for told in (question(asked), in_thread(asked)):
        assert (
            f"<@{who}> withdrew the request." in told.text and f"Approved by <@{FINN}>" in told.text
        )
        assert labels(told) == []
    await asked.click("Approve", by=FAY, on=open_still, channel=OPS)
    await asked.run()
    assert await window_end(asked) == END and "withdrew the request" in asked.whispers()[-1]
    await asked.run(ASKED_AT + 2 * HOUR)
    assert asked.chat.shown_in(ADA) == []

    await asked.say(f"extend {NAME} 1h", command="/headroom")
    await asked.run()
    await presses(asked, "Approve", FINN, FAY)
    assert await window_end(asked) == END + HOUR


@pytest.mark.parametrize("who", [SAM, FINN])
async def test_nobody_else_withdraws_it(asked: Town, who: str) -> None:
    await withdraws(asked, who)
    assert "withdraw this" in asked.whispers()[-1]
    assert labels(question(asked)) == ["Approve", "Decline", "Hand it on"]
    await presses(asked, "Approve", FINN, FAY)
    assert await window_end(asked) == END + HOUR


async def test_a_second_withdrawal_is_answered_and_changes_nothing(asked: Town) -> None:
    shown = in_thread(asked)
    for _ in range(2):
        await asked.click("Withdraw the request", by=MAYA, on=shown)
        await asked.run()
    assert "not open any more" in asked.whispers()[-1]


async def test_what_was_allowed_cannot_be_withdrawn_any_more(asked: Town) -> None:
    shown = in_thread(asked)
    await presses(asked, "Approve", FINN, FAY)
    await asked.click("Withdraw the request", by=MAYA, on=shown)
    await asked.run()
    assert await window_end(asked) == END + HOUR and asked.whispers()


async def test_a_withdrawal_and_the_last_yes_at_once_settle_it_one_way(asked: Town) -> None:
    await presses(asked, "Approve", FINN)
    back = await asked.click("Withdraw the request", by=MAYA, on=in_thread(asked))
    yes = await asked.click("Approve", by=FAY, on=question(asked), channel=OPS)
    both = (approve(back.identity, asked.kit), steer(yes.identity, asked.kit))
    first = await asyncio.gather(*both, return_exceptions=True)
    await asked.run()
    assert all(not isinstance(one, BaseException) or isinstance(one, TryAgain) for one in first)
    withdrawn = "withdrew the request" in question(asked).text
    assert await window_end(asked) == (END if withdrawn else END + HOUR)
    assert labels(question(asked)) == []


async def test_a_right_handed_on_counts_once_for_both(asked: Town) -> None:
    await hand_on(asked, by=FINN, to=SAM)
    assert f"<@{SAM}> decides for <@{FINN}>" in question(asked).text
    assert "asks you to decide" in asked.chat.shown_in(SAM)[0].text
    await presses(asked, "Approve", SAM, FINN)
    assert await window_end(asked) == END
    await presses(asked, "Approve", FAY)
    assert await window_end(asked) == END + HOUR
    assert asked.cloud.floor(SHOP.key) == 55


@pytest.mark.parametrize(("by", "to"), [(FINN, MAYA), (SAM, ADA), (FINN, FINN)])
async def test_a_right_goes_neither_to_the_asker_nor_from_a_stranger(
    asked: Town, by: str, to: str
) -> None:
    await hand_on(asked, by=by, to=to)
    assert "decides for" not in question(asked).text
    assert asked.whispers()


async def test_a_yes_taken_back_does_not_count(asked: Town) -> None:
    await presses(asked, "Approve", FINN)
    await presses(asked, "Take my yes back", FINN)
    await presses(asked, "Approve", FAY)
    assert await window_end(asked) == END
    await presses(asked, "Approve", FINN)
    assert await window_end(asked) == END + HOUR


async def test_two_approvers_at_once_settle_it_together(asked: Town) -> None:
    value = next(
        str(b["value"]) for b in buttons(question(asked)) if b["text"]["text"] == "Approve"
    )
    action = unseal(value, SEAL).action
    keys = [(await asked.press(action, value, by=who, channel=OPS)).identity for who in (FINN, FAY)]
    first = await asyncio.gather(*(steer(k, asked.kit) for k in keys), return_exceptions=True)
    await asked.run()
    assert all(not isinstance(one, BaseException) or isinstance(one, TryAgain) for one in first)
    assert await window_end(asked) == END + HOUR


async def test_what_is_forbidden_at_the_last_yes_can_be_allowed_once_it_is_possible_again(
    asked: Town,
) -> None:
    await presses(asked, "Approve", FINN)
    free = asked.kit.house.guardrails
    asked.house(guardrails=replace(free, auto_multiplier=1.0, max_multiplier=2.0))
    await presses(asked, "Approve", FAY)
    assert await window_end(asked) == END and "can't do this now" in asked.whispers()[-1]
    asked.house(guardrails=free)
    await presses(asked, "Approve", FAY)
    assert await window_end(asked) == END + HOUR


async def test_a_change_waits_on_the_home_tab_and_can_be_decided_there(asked: Town) -> None:
    for who in (FAY, SAM):
        await asked.open_home(who)
    await asked.run()
    tab = asked.chat.homes[FAY][-1].body
    assert "extended by 1 h" in str(tab) and "Approve" not in str(asked.chat.homes[SAM][-1].body)
    found = [e for b in tab["blocks"] if b["type"] == "actions" for e in b["elements"]]
    value = next(e["value"] for e in found if e["action_id"] == Action.ALLOW)
    await asked.press(Action.ALLOW, value, by=FAY, channel=FAY)
    await presses(asked, "Approve", FINN)
    assert await window_end(asked) == END + HOUR
    assert "Nothing waits for you" in str(asked.chat.homes[FAY][-1].body)


async def test_a_start_put_off_can_be_allowed_only_until_the_start_it_was_put_off_from(
    town: Town,
) -> None:
    await town.scheduled()
    await town.run(START - 10 * MINUTE)
    dear = replace(town.kit.house.guardrails, auto_budget=Money(Decimal("0.01")))
    town.house(guardrails=dear)
    await town.say(f"move {NAME} 30m", command="/headroom")
    await town.run()
    shown = question(town)
    await town.run(START + MINUTE)
    await town.click("Approve", by=FINN, on=shown, channel=OPS)
    await town.run()
    assert (await town.campaign()).announcement.window.start == START
    assert "not open any more" in town.whispers()[-1] and labels(question(town)) == []
    assert f"<@{FINN}> said yes" not in "\n".join(town.chat.texts(CAMPAIGNS))
