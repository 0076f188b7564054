"""A part of the rough day, as `make run STORY=rough-day` plays it: others change what is held, and the bot dies."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.sandbox.stories import rough_day
from bot.sandbox.stories.black_friday import END
from bot.sandbox.stories.narrator import Narrator
from bot.sandbox.stories.rough_log import Log
from bot.sandbox.stories.stage import Stage
from tests.stories.steps import floors, prove


async def test_a_campaign_that_ends_while_headroom_is_dead_is_restored_to_what_others_want(
    stage: Stage,
) -> None:
    tell = Narrator(ZoneInfo("Europe/Berlin"))
    log = Log(stage, tell)
    before = floors(await stage.fleet())
    await log.begin("maya", "ada")
    await prove(stage)
    await rough_day.drift(log)
    assert [one for one in tell.promises if not one.kept] == []

    await stage.bot.kill()
    stage.town.clock.jump(END + timedelta(minutes=25))
    await stage.bot.start()
    stage.town.clock.set_rate(300)
    await stage.sees("maya", "the report", "Black Friday push", within=60)
    wanted = before | {rough_day.WEB: 3, rough_day.SEARCH: 2}
    assert floors(await stage.fleet()) == wanted
    assert await log.marked() == []
