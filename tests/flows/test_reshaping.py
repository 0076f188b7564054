"""Campaigns extended, shortened, moved and ended while they are prepared or live; and what is held then."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from bot.core.campaign import CampaignState
from bot.core.freeze import Freeze
from bot.core.message import Message
from bot.core.money import Money
from bot.core.windows import Window
from tests.flows.town import (
    ADA,
    CAMPAIGNS,
    CART,
    END,
    ERIK,
    FINN,
    MAYA,
    OPS,
    SAM,
    SHOP,
    START,
    Town,
    everything,
    labels,
)

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NAME = "Black Friday push"


async def live(town: Town, *, at: datetime = START + 30 * MINUTE) -> None:
    await town.scheduled()
    await town.run(at)


async def says(town: Town, text: str, *, by: str = MAYA) -> None:
    await town.say(text, by=by, command="/headroom")
    await town.run()


async def chooses(
    town: Town,
    button: str,
    values: Mapping[str, str],
    *,
    by: str = MAYA,
    on: Message | None = None,
) -> None:
    """Presses a button that asks for how long, and sends the form with those values."""
    await town.click(button, by=by, on=on)
    await town.run()
    _, form = town.chat.views[-1]
    metadata = form.body["private_metadata"]
    await town.send_form(values, metadata=metadata, by=by, form=form.callback_id)
    await town.run()


def floor(town: Town) -> int:
    return town.cloud.floor(SHOP.key)


def thread(town: Town) -> str:
    return "\n".join(town.chat.texts(CAMPAIGNS))


async def window_end(town: Town) -> datetime:
    return (await town.campaign()).announcement.window.end


async def ends_right(town: Town, end: datetime) -> None:
    """Held to the end and through the cool-down, then given back, reported, and nothing left to do."""
    await town.run(end + 5 * MINUTE)
    assert floor(town) == 55
    await town.run(end + 2 * HOUR)
    assert (floor(town), town.cloud.floor(CART.key)) == (2, 1)
    assert town.cloud.fleet[SHOP.key].marks is None
    assert await town.state() is CampaignState.DONE
    assert await town.database.shelf.next_due() is None


async def test_the_button_asks_for_how_long_and_extends_it(town: Town) -> None:
    await live(town)
    await chooses(town, "Extend", {"minutes": "30"})

    assert await window_end(town) == END + 30 * MINUTE
    assert "lasts until" in thread(town) and "more." in thread(town)
    marks = town.cloud.fleet[SHOP.key].marks
    assert marks is not None and marks.until == END + 40 * MINUTE
    await ends_right(town, END + 30 * MINUTE)


async def test_a_second_press_of_the_same_button_does_nothing(town: Town) -> None:
    await live(town)
    card = town.chat.shown_in(CAMPAIGNS)[0]
    await chooses(town, "Extend", {"minutes": "30"}, on=card)
    await chooses(town, "Extend", {"minutes": "30"}, on=card, by=ERIK)

    assert await window_end(town) == END + 30 * MINUTE
    assert len(town.whispers()) == 2  # to the press, and to the form that was open already
    assert all(w.startswith(f"Already extended by <@{MAYA}> at ") for w in town.whispers())


FORMS = [
    ("a length", {"minutes": "120"}, END + 2 * HOUR, ""),
    ("a time", {"until": "23:10"}, END + 70 * MINUTE, ""),
    (
        "a time counts instead of the length",
        {"minutes": "30", "until": "00:30"},
        END + 150 * MINUTE,
        "",
    ),
    ("neither", {}, END, "choose a length or a time"),
    ("its own end", {"until": "22:00"}, END, "until 22:00 already"),
    ("a time long past", {"until": "19:00"}, END, "until 22:00 already"),
    ("no time at all", {"until": "soon"}, END, "“soon” is not a time of day"),
    ("a length that nobody offered", {"minutes": "-5"}, END, "choose a length or a time"),
    ("a length beyond all reason", {"minutes": "99999"}, END, "14 days"),
]


@pytest.mark.parametrize(("what", "values", "end", "answer"), FORMS, ids=[row[0] for row in FORMS])
async def test_the_form_takes_a_length_or_a_time_and_answers_what_is_neither(
    town: Town, what: str, values: dict[str, str], end: datetime, answer: str
) -> None:
    await live(town)
    await chooses(town, "Extend", values)

    assert await window_end(town) == end, what
    assert [answer in whisper for whisper in town.whispers()] == ([True] if answer else [])


async def test_a_form_sent_by_a_stranger_or_altered_changes_nothing(town: Town) -> None:
    await live(town)
    await town.click("Extend")
    await town.run()
    _, form = town.chat.views[-1]
    metadata = form.body["private_metadata"]
    for by, sent in (
        (SAM, metadata),
        (MAYA, metadata.replace("live.extend", "live.end")),
        (MAYA, ""),
    ):
        await town.send_form({"minutes": "30"}, metadata=sent, by=by, form=form.callback_id)
    await town.run()

    assert await window_end(town) == END
    assert "Only <@U0MAYA>" in town.whispers()[0]
    assert all("I don't recognise" in whisper for whisper in town.whispers()[1:])
    assert len(town.whispers()) == 3


async def test_it_is_extended_in_words_and_again(town: Town) -> None:
    await live(town)
    await says(town, "extend black friday 1h")
    await says(town, "extend black friday push until 23:30", by=ERIK)

    assert town.whispers() == []
    assert (await town.campaign()).plan_version == 3
    await ends_right(town, END + 90 * MINUTE)


async def test_end_now_gives_back_step_by_step_and_reports(town: Town) -> None:
    await live(town)
    await town.click("End now")
    await town.run()
    assert await town.state() is CampaignState.RESTORING
    assert "ended *Black Friday push*" in thread(town)

    await town.run(START + 2 * HOUR)
    floors = [w.change.floor for w in town.cloud.writes if w.key == SHOP.key]
    assert floors[-1] == 2 and len(floors) > 4 and floors == sorted(floors, reverse=True)
    assert await town.state() is CampaignState.DONE
    assert "the report" in thread(town)


async def test_a_second_end_is_answered(town: Town) -> None:
    await live(town)
    card = town.chat.shown_in(CAMPAIGNS)[0]
    await town.click("End now", on=card)
    await town.click("End now", on=card, by=ERIK)
    await says(town, f"end {NAME}")

    assert town.whispers()[0].startswith(f"Already ended by <@{MAYA}>")
    assert town.whispers()[1].startswith(f"Already ended by <@{MAYA}>")


async def test_a_shortened_campaign_ends_earlier(town: Town) -> None:
    await live(town)
    await says(town, f"shorten {NAME} 1h")
    assert "ends <" in thread(town)
    await ends_right(town, END - HOUR)


async def test_a_start_put_off_while_warming_keeps_what_is_warm(town: Town) -> None:
    await town.scheduled()
    await town.run(START - 10 * MINUTE)
    await chooses(town, "Start later", {"until": "18:30"})
    await town.run(START + 5 * MINUTE)
    assert (await town.state(), floor(town)) == (CampaignState.WARMING, 55)
    assert "What is warm stays warm" in thread(town)

    await town.run(START + 31 * MINUTE)
    assert await town.state() is CampaignState.LIVE
    await ends_right(town, END + 30 * MINUTE)


@pytest.mark.parametrize("words", [f"extend {NAME} 30m", f"move {NAME} 30m", f"shorten {NAME} 30m"])
async def test_before_anything_is_raised_it_is_planned_anew(town: Town, words: str) -> None:
    await town.scheduled()
    await says(town, words)

    assert await town.state() is CampaignState.PROPOSED
    assert "anew" in town.whispers()[0]
    await town.click("Confirm")
    await town.run()
    window = (await town.campaign()).announcement.window
    assert window.end != END or window.start != START
    await town.run(window.end + 2 * HOUR)
    assert (floor(town), await town.state()) == (2, CampaignState.DONE)


@pytest.mark.parametrize("who", [SAM, FINN])
async def test_strangers_change_nothing(town: Town, who: str) -> None:
    await live(town)
    for label in ("Extend", "End now"):
        await town.click(label, by=who)
    await says(town, f"extend {NAME} 1h", by=who)

    assert await window_end(town) == END
    assert all("Only <@U0MAYA>" in whisper for whisper in town.whispers())
    assert len(town.whispers()) == 3


async def test_what_cannot_be_is_answered_in_words(town: Town) -> None:
    await live(town)
    await says(town, f"move {NAME} 30m")
    await says(town, "extend Cyber Monday 30m")

    assert "not moved" in town.whispers()[0]
    assert "There is: “Black Friday push”" in town.whispers()[1]


async def test_a_freeze_refuses_the_longer_window(town: Town) -> None:
    await live(town)
    freeze = Freeze("Inventory", Window(END + 20 * MINUTE, END + 9 * HOUR))
    town.house(fences=replace(town.kit.house.fences, freezes=(freeze,)))
    await says(town, f"extend {NAME} 1h")

    assert "Inventory" in town.whispers()[0] and "Nothing was changed" in town.whispers()[0]
    assert await window_end(town) == END


async def dear(town: Town) -> None:
    """Live, and anything that costs more needs a yes."""
    await live(town)
    town.house(guardrails=replace(town.kit.house.guardrails, auto_budget=Money(Decimal("0.01"))))


async def test_a_yes_is_asked_for_where_the_guardrails_want_one(town: Town) -> None:
    await dear(town)
    await says(town, f"extend {NAME} 1h")
    assert await window_end(town) == END
    assert "needs a yes from" in thread(town)
    asked = town.chat.shown_in(OPS)[-1]
    assert labels(asked) == ["Approve", "Decline", "Hand it on"] and "$" in asked.text

    await town.click("Approve", on=asked, by=MAYA)  # not hers to allow
    await town.click("Approve", on=asked, by=SAM)
    await town.run()
    assert await window_end(town) == END
    await town.click("Approve", on=asked, by=FINN)
    await town.click("Approve", on=asked, by=ADA)
    await town.run()
    assert len(town.whispers()) == 3
    assert f"<@{FINN}> said yes" in thread(town) and "said yes" in town.chat.shown_in(OPS)[-1].text
    await ends_right(town, END + HOUR)


async def test_a_no_changes_nothing_and_a_late_yes_does_not_either(town: Town) -> None:
    await dear(town)
    await says(town, f"extend {NAME} 1h")
    asked = town.chat.shown_in(OPS)[-1]
    await town.click("Decline", on=asked, by=FINN)
    await town.click("Approve", on=asked, by=ADA)
    await town.run()

    assert "said no" in thread(town)
    assert await window_end(town) == END
    await ends_right(town, END)


async def test_an_unanswered_question_is_a_no(town: Town) -> None:
    await dear(town)
    await says(town, f"extend {NAME} 1h")
    asked = town.chat.shown_in(OPS)[-1]
    await says(town, f"extend {NAME} 1h")
    assert "asked already" in town.whispers()[-1]

    await ends_right(town, END)
    await town.click("Approve", on=asked, by=FINN)
    await town.run()
    assert "not open any more" in town.whispers()[-1]
    closed = next(text for text in town.chat.texts(OPS) if "wanted *" in text)
    assert "Nobody decided" in closed
    assert floor(town) == 2


async def test_the_question_is_replaced_once_the_campaign_was_changed_otherwise(town: Town) -> None:
    await dear(town)
    await says(town, f"extend {NAME} 1h")
    asked = town.chat.shown_in(OPS)[-1]
    await says(town, f"shorten {NAME} 1h")
    await town.click("Approve", on=asked, by=FINN)
    await town.run()

    assert "was replaced" in town.whispers()[-1]
    await ends_right(town, END - HOUR)


async def test_extending_one_of_two_overlapping_campaigns_holds_only_its_share(town: Town) -> None:
    await town.scheduled()
    await town.scheduled("Evening sale Fri 28 Nov 20:00-23:30 Europe/Berlin x2 #web")
    await town.run(START + 150 * MINUTE)
    assert floor(town) == 73
    await says(town, f"extend {NAME} 30m")
    await town.run(END + 20 * MINUTE)
    assert floor(town) == 73
    await says(town, "end evening")
    await town.run(END + 39 * MINUTE)
    assert floor(town) == 55
    await town.run(END + 3 * HOUR)
    assert floor(town) == 2


async def test_what_the_closed_loop_raised_is_held_for_longer_too(town: Town) -> None:
    await live(town)
    campaign = await town.campaign()
    async with town.database.begin() as tx:
        claims = await tx.capacity.claims_of(campaign.id)
        await tx.capacity.put_claims(campaign.id, [replace(one, floor=70) for one in claims])
    await says(town, f"extend {NAME} 1h")
    await town.run(END + 30 * MINUTE)
    assert floor(town) == 70


async def test_the_buttons_go_with_the_state(town: Town) -> None:
    await town.scheduled()
    await town.run(START - 10 * MINUTE)
    assert "Start later" in labels(town.chat.shown_in(CAMPAIGNS)[0])
    await town.run(START + MINUTE)
    assert {"Extend", "End now"} <= set(labels(town.chat.shown_in(CAMPAIGNS)[0]))
    await town.run(END + MINUTE)
    assert "Extend" not in everything(town.chat.shown_in(CAMPAIGNS)[0])
