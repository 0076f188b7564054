"""The story of what people look at, as `make run STORY=monday-morning` plays it."""

from zoneinfo import ZoneInfo

from bot.sandbox.stories import monday_morning
from bot.sandbox.stories.narrator import Narrator
from bot.sandbox.stories.stage import Stage


async def test_every_promise_of_monday_morning_is_kept(stage: Stage) -> None:
    tell = Narrator(ZoneInfo("Europe/Berlin"))
    await monday_morning.play(stage, tell)
    assert len(tell.promises) == 17
    assert [promise for promise in tell.promises if not promise.kept] == []
