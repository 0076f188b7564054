"""A campaign that goes on for days keeps all of them through the form, and one of an evening can be given more."""

from datetime import UTC, datetime

import pytest

from bot.core.campaign import CampaignState
from bot.core.windows import Window
from tests.flows.forms import answers, send_opened
from tests.flows.town import END, START, STORY, Town

SUNDAY = datetime(2025, 11, 30, 21, tzinfo=UTC)  # 22:00 in Berlin
WEEKEND = "Weekend sale Fri 28 Nov 18:00 until Sun 30 Nov 22:00 Europe/Berlin #web"


async def _window(town: Town) -> Window:
    return (await town.campaign()).announcement.window


async def test_every_day_is_planned_when_the_form_asked_for_the_multiplier(town: Town) -> None:
    await town.say(WEEKEND)
    await town.run()
    await send_opened(town, multiplier="2")

    assert await _window(town) == Window(START, SUNDAY)
    assert "Sun 30 Nov 22:00" in town.card()


@pytest.mark.parametrize("said", ["18:00 until Sun 30 Nov", "until Sun 30 Nov"])
async def test_the_last_day_is_kept_when_the_form_asked_for_the_times(
    town: Town, said: str
) -> None:
    await town.say(f"Weekend sale Fri 28 Nov {said} Europe/Berlin x2 #web")
    await town.run()
    await send_opened(town, start="18:00", end="22:00")

    assert await _window(town) == Window(START, SUNDAY)


@pytest.mark.parametrize(
    "until", ["Sat 29 Nov 14:00", "Sun 30 Nov 22:00", "Sun 30 Nov 24:00", "Sun 30 Nov 00:00"]
)
async def test_a_change_of_the_multiplier_alone_leaves_the_end_where_it_was(
    town: Town, until: str
) -> None:
    before = await town.proposed(f"Sale Fri 28 Nov 18:00 until {until} Europe/Berlin x2 #web")
    await town.click("Change")
    await town.run()
    await send_opened(town, multiplier="2.5")

    after = await town.campaign()
    assert (after.plan_version, after.announcement.multiplier) == (2, 2.5)
    assert after.announcement.window == before.announcement.window


async def test_an_evening_is_given_more_days_by_a_last_day(town: Town) -> None:
    await town.proposed(STORY)
    await town.click("Change")
    await town.run()
    assert answers(town, town.chat.views[-1][1])["until"] == ""
    await send_opened(town, until="2025-11-30")

    assert await _window(town) == Window(START, SUNDAY)


async def test_an_evening_may_end_in_the_afternoon_of_the_next_day(town: Town) -> None:
    await town.proposed(STORY)
    await town.click("Change")
    await town.run()
    await send_opened(town, end="14:00", until="2025-11-29")

    assert await _window(town) == Window(START, datetime(2025, 11, 29, 13, tzinfo=UTC))


@pytest.mark.parametrize("until", ["", "2025-11-28"])
async def test_days_are_one_evening_again_without_a_last_day(town: Town, until: str) -> None:
    await town.proposed(f"{WEEKEND} x2")
    await town.click("Change")
    await town.run()
    await send_opened(town, until=until)

    assert await _window(town) == Window(START, END)


async def test_a_last_day_before_the_first_is_asked_about_at_its_field_and_stays_as_entered(
    town: Town,
) -> None:
    await town.proposed(f"{WEEKEND} x2")
    await town.click("Change")
    await town.run()
    await send_opened(town, until="2025-11-27", multiplier="3")

    assert (await town.campaign()).announcement.multiplier == 2
    form = town.chat.views[-1][1]
    blocks = form.body["blocks"]
    at = [block.get("block_id") for block in blocks].index("until")
    beside = blocks[at + 1]["elements"][0]["text"]
    assert "The last day, Thu 27 Nov, is before the first, Fri 28 Nov." in beside
    again = answers(town, form)
    assert (again["until"], again["multiplier"]) == ("2025-11-27", "3")

    await send_opened(town, until="2025-11-30")
    assert await town.state() is CampaignState.PROPOSED
    assert await _window(town) == Window(START, SUNDAY)


async def test_the_last_day_is_kept_when_something_else_is_asked_again(town: Town) -> None:
    await town.say(WEEKEND)
    await town.run()
    await send_opened(town, multiplier="lots")
    await send_opened(town, multiplier="2")

    assert await _window(town) == Window(START, SUNDAY)
