"""2 web and 3 worker processes, kill -9 at random all day long: nothing lost, nothing done twice.

HEADROOM_LONG_DAY=4 plays the same day four times as slowly, with four times as many kills.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

import pytest

from bot.sandbox.bot_fleet import BotFleet
from bot.sandbox.stories.black_friday import COMMAND, END, START
from bot.sandbox.stories.stage import Item, Stage
from tests.processes.database import Row, count, rows
from tests.stories.steps import NAME, floors, is_settled, warm_in_time

pytestmark = pytest.mark.timeout(900)

SLOWNESS = float(os.environ.get("HEADROOM_LONG_DAY", "1"))  # noqa: TID251  (a test's own knob)
SEED = 2025
KILL_EVERY = 4.0
MINUTE = timedelta(minutes=1)
OTHERS = (
    "Checkout drop Fri 28 Nov 19:00-20:00 x2 #checkout",
    "Tips mail Fri 28 Nov 20:00-21:00 x2 #recommendations",
)


async def test_the_day_ends_right_when_processes_are_killed_at_random(
    crowd: tuple[Stage, BotFleet],
) -> None:
    stage, fleet = crowd
    before = floors(await stage.fleet())
    over = asyncio.Event()
    killing = asyncio.create_task(
        fleet.kill_at_random(random.Random(SEED), every=KILL_EVERY, until=over)
    )
    try:
        accepted = await talk(stage, fleet)
        held = await warm_up(stage, before)
        await sell(stage)
        over.set()
        await killing
        await give_back(stage, before)
    finally:
        over.set()
        await killing
    assert fleet.kills >= 10 * SLOWNESS
    await everything_was_answered(stage, fleet, accepted)
    floors_were_kept(stage, held)
    nothing_was_done_twice(stage, (await stage.http.get("/town/messages")).json()["messages"])


async def talk(stage: Stage, fleet: BotFleet) -> int:
    """Everybody has something to say; returns how many commands and clicks were accepted."""
    pace(stage, 20)
    accepted = await insist(stage, "maya", COMMAND)
    await fleet.kill_the_workers()
    await stage.sees("maya", NAME, "[Confirm]", within=60)
    accepted += await confirm(stage)
    for number in range(4):
        for person in ("maya", "erik", "finn"):
            accepted += await insist(stage, person, "/headroom status")
        if number < len(OTHERS):
            accepted += await insist(stage, "maya", f"/campaign {OTHERS[number]}")
        await asyncio.sleep(SLOWNESS)
    return accepted


async def warm_up(stage: Stage, before: Mapping[str, int]) -> dict[str, int]:
    """The capacity is proven before the start; returns the floors that are held then."""
    stage.town.clock.jump(START - 20 * MINUTE)
    await warm_in_time(stage, START, fastest=35 / SLOWNESS)
    await stage.until(START)
    now = floors(await stage.fleet())
    held = {key: floor for key, floor in now.items() if floor > before[key]}
    assert held
    return held


async def sell(stage: Stage) -> None:
    """The beginning and the end of the sale."""
    pace(stage, 60)
    await stage.until(START + 8 * MINUTE)
    stage.town.clock.jump(END - 2 * MINUTE)
    await stage.until(END + 4 * MINUTE)


async def give_back(stage: Stage, before: Mapping[str, int]) -> None:
    """In quiet, everything goes back."""
    pace(stage, 300)
    await stage.sees("maya", NAME, "planned", within=120)
    async with asyncio.timeout(180):
        while floors(await stage.fleet()) != before:
            await stage.until(stage.now() + MINUTE)


def pace(stage: Stage, rate: float) -> None:
    """The speed of the town's clock."""
    stage.town.clock.set_rate(rate / SLOWNESS)


async def insist(stage: Stage, person: str, text: str) -> int:
    """Types it until it is accepted, as a person does who sees that it failed."""
    for _ in range(20):
        if (await stage.say(person, text))["ok"]:
            return 1
        await asyncio.sleep(0.3)
    pytest.fail(f"{text!r} was never accepted")


async def confirm(stage: Stage) -> int:
    """Presses Confirm until that is accepted, and sees what it did."""
    for _ in range(20):
        if (await stage.click("maya", "Confirm"))["ok"]:
            break
        await asyncio.sleep(0.3)
    # A worker may die with it in hand: the clock must not jump before another has carried it out.
    await stage.sees("maya", NAME, "Scheduled.", test=is_settled, within=60)
    return 1


async def said(fleet: BotFleet) -> list[Row]:
    """What is still to be said after up to half a minute: channels take one message a second."""
    owed = "SELECT subject FROM posts WHERE shown_rev < wanted_rev AND given_up_rev < wanted_rev"
    left: list[Row] = []
    for _ in range(60):
        # Asked once a round: the day goes on, and the next thing may be wanted a moment later.
        left = await rows(fleet.environment, owed)
        if not left:
            break
        await asyncio.sleep(0.5)
    return left


async def everything_was_answered(stage: Stage, fleet: BotFleet, accepted: int) -> None:
    """Each accepted delivery was handled, and all that was to be said was said."""
    kept = await count(fleet.environment, "inbox")
    handled = await count(fleet.environment, "inbox WHERE handled_at IS NOT NULL")
    unsaid = await said(fleet)
    assert kept >= accepted
    assert handled == kept
    assert unsaid == []
    for person in ("maya", "erik", "finn"):
        answers = [item for item in await stage.look(person) if item["kind"] == "ephemeral"]
        assert len(answers) >= 4, person


def floors_were_kept(stage: Stage, held: Mapping[str, int]) -> None:
    """No write took away, during the sale, what was promised for it."""
    for change in stage.town.google.registry.changes:
        if START <= change.at < END and str(change.key) in held:
            assert change.settings.least >= held[str(change.key)], change


def nothing_was_done_twice(stage: Stage, messages: list[Item]) -> None:
    """No write that changed nothing, no message that was there already."""
    assert [change for change in stage.town.google.registry.changes if change.same] == []
    marks = Counter(
        (message["channel"], message["metadata"]["event_payload"]["mark"])
        for message in messages
        if message.get("metadata")
    )
    assert marks
    assert [mark for mark, times in marks.items() if times > 1] == []
