"""kill -9 between a decision and its effect: a yes that was given counts once, and what it promised happens."""

from datetime import timedelta
from pathlib import Path

from bot.sandbox.stories.stage import Stage
from tests.stories.steps import MONDAY_9, ask_finance, floors, messages, monday_morning


async def killed(stage: Stage) -> None:
    await stage.bot.kill()
    await stage.bot.start()


async def test_a_yes_takes_effect_once_when_the_bot_is_killed_right_after_it(
    tmp_path: Path,
) -> None:
    async with monday_morning(tmp_path, rate=30) as stage:
        await kill_after_each_step(stage)


async def kill_after_each_step(stage: Stage) -> None:
    """A sale that needs a yes, from its announcement to its proof."""
    before = floors(await stage.fleet())
    await ask_finance(stage)
    await killed(stage)  # stored and acknowledged, perhaps not yet judged
    await stage.sees("maya", "Approved by", "finn", within=60)
    await killed(stage)  # settled, nothing raised yet
    assert floors(await stage.fleet()) == before

    stage.town.clock.jump(MONDAY_9 - timedelta(minutes=20))
    await stage.sees("maya", "Cyber Monday sale: warming", within=60)
    await killed(stage)  # decided to raise, perhaps not yet written
    await stage.sees("maya", "It is warm", within=60)
    held = floors(await stage.fleet())
    assert any(held[name] > floor for name, floor in before.items())
    assert len(messages(await stage.look("maya"), "Approved by", reply=True)) == 1
    assert len(messages(await stage.look("maya"), "It is warm", reply=True)) == 1
