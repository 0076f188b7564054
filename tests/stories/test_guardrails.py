"""The story of the guardrails, as `make run STORY=guardrails` plays it."""

from zoneinfo import ZoneInfo

from bot.sandbox.stories import guardrails
from bot.sandbox.stories.narrator import Narrator
from bot.sandbox.stories.stage import Stage


async def test_every_promise_of_the_guardrails_is_kept(stage: Stage) -> None:
    tell = Narrator(ZoneInfo("Europe/Berlin"))
    await guardrails.play(stage, tell)
    assert len(tell.promises) == 11
    assert [promise for promise in tell.promises if not promise.kept] == []
