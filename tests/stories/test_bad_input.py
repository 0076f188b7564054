"""What is asked wrongly gets a clear answer, and nothing happens."""

import pytest

from bot.sandbox.stories.stage import Stage

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("bad-input")]

CASES = [
    ("an unknown group", "Push Fri 28 Nov 18:00-22:00 x3 #wbe", ("wbe", "web")),
    ("an end before the start", "Push 28 Nov 2025 18:00 to 28 Nov 2025 17:00 x3 #web", ("end",)),
    ("a past date", "Push 3 Nov 2025 18:00-22:00 x3 #web", ("passed",)),
    ("an absurd multiplier", "Push Fri 28 Nov 18:00-22:00 x900 #web", ("900",)),
    ("an unknown zone", "Push Fri 28 Nov 18:00-22:00 Europe/Berln x3 #web", ("Berln",)),
    ("a weekday that contradicts the date", "Push Mon 28 Nov 18:00-22:00 x3 #web", ("Friday",)),
    ("no group at all", "Push Fri 28 Nov 18:00-22:00 x3", ("warmed",)),
    ("no multiplier", "Push Fri 28 Nov 18:00-22:00 #web", ("times",)),
]


@pytest.mark.parametrize(("what", "text", "words"), CASES, ids=[case[0] for case in CASES])
async def test_the_form_opens_with_what_was_understood_when_something_is_wrong(
    shared_stage: Stage, what: str, text: str, words: tuple[str, ...]
) -> None:
    before = (await shared_stage.look("maya") or [{"seq": 0}])[-1]["seq"]
    await shared_stage.say("maya", f"/campaign {text}")
    form = await shared_stage.sees(
        "maya", *words, after=before, test=lambda item: item["kind"] == "view"
    )
    assert "Push" in form["text"], what


async def test_the_form_makes_the_campaign_when_the_gap_is_filled(shared_stage: Stage) -> None:
    before = (await shared_stage.look("maya") or [{"seq": 0}])[-1]["seq"]
    await shared_stage.say("maya", "/campaign Gap push Fri 28 Nov 19:00-21:00 x2")
    await shared_stage.sees("maya", after=before, test=lambda item: item["kind"] == "view")
    await shared_stage.fill("maya", {"groups": "web"})
    plan = await shared_stage.sees("maya", "Gap push", "[Confirm]", after=before)
    assert plan["kind"] in {"message", "edit"}


async def test_every_day_of_a_weekend_is_planned_when_the_form_is_sent_as_it_opened(
    shared_stage: Stage,
) -> None:
    before = (await shared_stage.look("maya") or [{"seq": 0}])[-1]["seq"]
    await shared_stage.say(
        "maya", "/campaign Weekend sale Fri 5 Dec 18:00 until Sun 7 Dec 22:00 #web"
    )
    form = await shared_stage.sees(
        "maya", "Last day (optional)", after=before, test=lambda item: item["kind"] == "view"
    )
    assert "2025-12-07" in form["text"]
    await shared_stage.fill("maya", {"multiplier": "2"})
    plan = await shared_stage.sees("maya", "Weekend sale", "plan ready", after=form["seq"])
    assert "Sun 7 Dec 22:00" in plan["text"]


async def test_a_stranger_is_told_whom_to_ask(shared_stage: Stage) -> None:
    await shared_stage.say("sam", "/campaign Sam push Fri 28 Nov 18:00-22:00 x3 #web")
    answer = await shared_stage.sees("sam", "Sam push", "announce")
    assert "[Confirm]" not in answer["text"]


async def test_an_unknown_command_is_answered_with_help(shared_stage: Stage) -> None:
    await shared_stage.say("maya", "/headroom statsu")
    assert await shared_stage.sees("maya", "status")


async def test_nobody_hears_of_a_stack_trace(shared_stage: Stage) -> None:
    for person in ("maya", "sam", "erik"):
        for item in await shared_stage.look(person):
            assert "Traceback" not in item["text"]
            assert "Error(" not in item["text"]
