"""kill -9 in every phase of a campaign: one effect, nothing lost, capacity right afterwards."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.sandbox.stories.black_friday import COMMAND, END, START
from bot.sandbox.stories.stage import Stage
from tests.stories.steps import floors, is_reply, messages

Phase = Callable[[Stage], Awaitable[None]]


async def announced(stage: Stage) -> None:
    await stage.say("maya", COMMAND)


async def proposed(stage: Stage) -> None:
    await announced(stage)
    await stage.sees("maya", "[Confirm]")


async def confirmed(stage: Stage) -> None:
    await proposed(stage)
    await stage.click("maya", "Confirm")


async def scheduled(stage: Stage) -> None:
    await confirmed(stage)
    await stage.sees("maya", "Scheduled.")


async def warming(stage: Stage) -> None:
    await scheduled(stage)
    stage.town.clock.jump(START - timedelta(minutes=19))
    await stage.sees("maya", "Warming")


async def live(stage: Stage) -> None:
    await scheduled(stage)
    stage.town.clock.jump(START - timedelta(minutes=19))
    stage.town.clock.set_rate(200)
    await stage.sees("maya", "It is warm", test=is_reply)
    await stage.until(START + timedelta(minutes=5))


async def restoring(stage: Stage) -> None:
    await live(stage)
    stage.town.clock.jump(END + timedelta(minutes=11))
    await stage.until(END + timedelta(minutes=14))


PHASES: dict[str, Phase] = {
    phase.__name__: phase
    for phase in (announced, proposed, confirmed, scheduled, warming, live, restoring)
}


@pytest.mark.parametrize("phase", PHASES)
async def test_the_campaign_ends_right_when_the_bot_is_killed_while(
    stage: Stage, phase: str
) -> None:
    before = floors(await stage.fleet())
    stage.town.clock.set_rate(30)
    await PHASES[phase](stage)
    await stage.bot.kill()
    await stage.bot.start()
    await play_on(stage, asked=phase in ("announced", "proposed"))
    report = await stage.sees("maya", "Black Friday push", "the report", within=60)
    assert report
    assert floors(await stage.fleet()) == before
    assert len(messages(await stage.look("maya"), "Black Friday push")) == 1, "one campaign message"
    assert len(messages(await stage.look("maya"), "It is warm", reply=True)) == 1, "one proof"


async def play_on(stage: Stage, *, asked: bool) -> None:
    """From wherever the story is to its end, pressing Confirm only if nobody has yet.

    A Confirm that was accepted before the kill must do its work without a second one.
    """
    if asked:
        await stage.sees("maya", "[Confirm]", within=30)
        await stage.click("maya", "Confirm")
    if stage.now() < START - timedelta(minutes=19):
        await stage.sees("maya", "Scheduled.", within=30)
        stage.town.clock.jump(START - timedelta(minutes=19))
    stage.town.clock.set_rate(150)
    await stage.sees("maya", "It is warm", test=is_reply, within=60)
    await stage.until(START + timedelta(minutes=5))
    if stage.now() < END:
        stage.town.clock.jump(END)
    stage.town.clock.set_rate(300)
