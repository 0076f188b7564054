"""A campaign is announced without a command: in plain words to the app, and from a colleague's message."""

from collections.abc import Mapping
from typing import Any

import pytest

from bot.sandbox.stories.stage import Stage

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("bad-input")]


async def test_the_plan_comes_to_the_direct_conversation_when_it_was_announced_there(
    shared_stage: Stage,
) -> None:
    words = "Direct push Fri 28 Nov 18:00-22:00 x3 #web"
    await shared_stage.say("maya", words, "@headroom")
    plan = await shared_stage.sees("maya", "Direct push", "[Confirm]")
    assert plan["raw"]["channel"] == "D0MAYA"


async def test_a_question_in_the_direct_conversation_is_answered_there(shared_stage: Stage) -> None:
    await shared_stage.say("maya", "statsu", "@headroom")
    answer = await shared_stage.sees("maya", "Did you mean")
    assert answer["raw"]["channel"] == "D0MAYA"


async def test_a_colleagues_message_becomes_a_campaign_of_who_chose_the_shortcut(
    shared_stage: Stage,
) -> None:
    await shared_stage.say("erik", "Colleague push Fri 28 Nov 19:00-21:00 x2 #web")
    posted = await shared_stage.sees("maya", "Colleague push")
    await shared_stage.shortcut("maya", "Plan this as a campaign", on=posted)
    await shared_stage.sees("maya", "Colleague push", "Asked for by @maya", "[Confirm]")


async def test_the_form_opens_or_is_offered_when_the_shortcut_is_chosen(
    shared_stage: Stage,
) -> None:
    def asks_for_all(item: Mapping[str, Any]) -> bool:
        # Slack opens a form for three seconds only; on a busy machine it is offered instead.
        return bool(item["kind"] == "view" or "[Open the form]" in item["text"])

    before = (await shared_stage.look("ada") or [{"seq": 0}])[-1]["seq"]
    await shared_stage.shortcut("ada", "Announce a campaign")
    await shared_stage.sees("ada", "campaign", after=before, test=asks_for_all)
