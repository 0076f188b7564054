"""A change that waits for a yes while another one takes effect: it is never put into effect on top of that one."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from bot.cards.buttons import Action, ButtonValue, seal
from bot.core.message import Message
from bot.core.money import Money
from tests.flows.town import (
    ADA,
    CAMPAIGNS,
    END,
    ERIK,
    FINN,
    MAYA,
    OPS,
    SEAL,
    SHOP,
    START,
    Town,
    labels,
)

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NAME = "Black Friday push"
ASKED_AT = START + 30 * MINUTE


async def under_way(town: Town, at: datetime) -> None:
    """Whatever costs more needs a yes from then on."""
    await town.scheduled()
    await town.run(at)
    dear = replace(town.kit.house.guardrails, auto_budget=Money(Decimal("0.01")))
    town.house(guardrails=dear)


async def says(town: Town, words: str, *, by: str = MAYA) -> None:
    await town.say(words, command="/headroom", by=by)
    await town.run()


async def presses(town: Town, label: str, on: Message) -> None:
    await town.click(label, by=FINN, on=on, channel=OPS)
    await town.run()


def questions(town: Town, channel: str = OPS) -> list[Message]:
    shown = town.chat.shown_in(channel)
    return [m for m in shown if "wants *" in m.text or "wanted *" in m.text]


async def window_end(town: Town) -> datetime:
    return (await town.campaign()).announcement.window.end


@pytest.fixture
async def asked(town: Town) -> Town:
    """Live: Maya wants two hours more, and Erik, an engineer, one."""
    await under_way(town, ASKED_AT)
    await says(town, f"extend {NAME} 2h")
    await says(town, f"extend {NAME} 1h", by=ERIK)
    assert [labels(one)[0] for one in questions(town)] == ["Approve", "Approve"]
    return town


async def test_a_yes_never_takes_back_what_another_yes_has_promised(asked: Town) -> None:
    for one in questions(asked):  # the second one is pressed before it is seen to be closed
        await asked.click("Approve", by=FINN, on=one, channel=OPS)
    await asked.run()
    assert await window_end(asked) == END + 2 * HOUR
    assert f"Meanwhile it was extended, as <@{MAYA}> asked." in asked.whispers()[-1]
    assert "your click changed nothing" in asked.whispers()[-1]
    await asked.run(END + 100 * MINUTE)
    assert asked.cloud.floor(SHOP.key) == 55


async def test_who_asked_is_told_and_nobody_is_asked_any_more(asked: Town) -> None:
    for who in (FINN, ADA):
        await asked.open_home(who)
    await presses(asked, "Approve", questions(asked)[0])

    *_, edited, told = questions(asked, CAMPAIGNS)
    for shown in (questions(asked)[-1], edited, told):
        assert f"<@{ERIK}> wanted *" in shown.text and labels(shown) == []
        assert f"Meanwhile it was extended, as <@{MAYA}> asked." in shown.text
        assert "ask again if it is still wanted" in shown.text
    for who in (FINN, ADA):
        assert "Nothing waits for you" in str(asked.chat.homes[who][-1].body)
    said = len(asked.chat.posts)
    await asked.run(ASKED_AT + 2 * HOUR)
    assert asked.chat.shown_in(ADA) == [] and len(asked.chat.posts) == said
    assert not any("Still waiting" in text for text in asked.chat.texts(OPS))


@pytest.mark.parametrize("label", ["Approve", "Decline", "Hand it on"])
async def test_no_button_of_it_does_anything_any_more(asked: Town, label: str) -> None:
    first, second = questions(asked)
    await presses(asked, "Approve", second)
    await presses(asked, label, first)
    assert await window_end(asked) == END + HOUR
    if label == "Hand it on":
        _, form = asked.chat.views[-1]
        metadata = form.body["private_metadata"]
        await asked.send_form({"taker": ADA}, metadata=metadata, by=FINN, form=form.callback_id)
        await asked.run()
    assert f"Meanwhile it was extended, as <@{ERIK}> asked." in asked.whispers()[-1]


async def test_it_is_not_withdrawn_either_but_answered(asked: Town) -> None:
    shown = questions(asked, CAMPAIGNS)[0]
    await presses(asked, "Approve", questions(asked)[1])
    await asked.click("Withdraw the request", on=shown)
    await asked.run()
    assert f"Meanwhile it was extended, as <@{ERIK}> asked." in asked.whispers()[-1]


async def test_it_can_be_asked_again_from_where_the_campaign_stands(asked: Town) -> None:
    await presses(asked, "Approve", questions(asked)[1])
    await says(asked, f"extend {NAME} 1h")
    await presses(asked, "Approve", questions(asked)[-1])
    assert await window_end(asked) == END + 2 * HOUR


async def test_a_move_allowed_after_an_extension_does_not_undo_it(town: Town) -> None:
    await under_way(town, START - 10 * MINUTE)
    await says(town, f"extend {NAME} 2h")
    await says(town, f"move {NAME} 30m", by=ERIK)
    extension, move = questions(town)
    await presses(town, "Approve", extension)
    await presses(town, "Approve", move)
    window = (await town.campaign()).announcement.window
    assert (window.start, window.end) == (START, END + 2 * HOUR)
    assert "ask again if it is still wanted" in questions(town)[-1].text


async def test_a_move_that_nobody_allowed_in_time_was_not_overtaken_by_what_came_later(
    town: Town,
) -> None:
    await under_way(town, START - 10 * MINUTE)
    await says(town, f"move {NAME} 30m", by=ERIK)
    await town.run(START + MINUTE)
    await says(town, f"shorten {NAME} 1h")
    [closed] = questions(town)
    assert "Nobody decided." in closed.text and "Meanwhile" not in closed.text


async def test_a_no_stays_a_no_whatever_is_changed_afterwards(asked: Town) -> None:
    first, second = questions(asked)
    await presses(asked, "Decline", second)
    await presses(asked, "Approve", first)
    assert not any("Meanwhile" in text for text in asked.chat.texts(OPS))
    assert not any("Meanwhile" in text for text in asked.chat.texts(CAMPAIGNS))


async def test_what_an_engineer_raises_meanwhile_leaves_the_question_open(asked: Town) -> None:
    more = ButtonValue(Action.RAISE, f"{SHOP.key}/{(await asked.campaign()).id}", 60)
    await asked.press(Action.RAISE, seal(more, SEAL), by=ERIK, channel=OPS)
    await asked.run()
    assert asked.cloud.floor(SHOP.key) == 60
    await presses(asked, "Approve", questions(asked)[0])
    assert await window_end(asked) == END + 2 * HOUR
    await asked.run(END + HOUR)
    assert asked.cloud.floor(SHOP.key) == 60
