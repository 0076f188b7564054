"""A campaign that is to last longer: asked about, withdrawn, reminded of, allowed by who was handed the right."""

from datetime import timedelta
from pathlib import Path

from bot.sandbox.stories.stage import Stage
from tests.stories.steps import MONDAY_9, ask_finance, is_reply, monday_morning


async def test_a_longer_campaign_is_allowed_by_who_was_handed_the_right_after_a_reminder(
    tmp_path: Path,
) -> None:
    async with monday_morning(tmp_path, rate=20) as stage:
        await prepared(stage)
        await withdrawn(stage)
        await allowed(stage)


async def prepared(stage: Stage) -> None:
    """A sale that finance has said yes to, and it is warm."""
    await ask_finance(stage)
    await stage.sees("maya", "Approved by", "finn", within=60)
    stage.town.clock.jump(MONDAY_9 - timedelta(minutes=20))
    await stage.sees("maya", "It is warm", within=60)


async def withdrawn(stage: Stage) -> None:
    """One hour more is asked for, and not wanted any more before anybody has answered."""
    await stage.say("maya", "/headroom extend Cyber Monday 1h")
    await stage.sees("finn", "extended by 1 h", "[Approve]", within=60)
    await stage.sees("maya", "extended by 1 h", "[Withdraw the request]", within=60)
    await stage.click("maya", "Withdraw the request")
    for person in ("maya", "finn"):
        told = await stage.sees(person, "withdrew the request", "Nothing was changed", within=60)
        assert told["kind"] == "edit" and "[" not in told["text"]


async def allowed(stage: Stage) -> None:
    """Two hours more: finance is asked, reminded, and hands it on to an engineer."""
    await stage.say("maya", "/headroom extend Cyber Monday 2h")
    await stage.sees("finn", "extended by 2 h", "[Approve]", "[Hand it on]", within=60)
    stage.town.clock.jump(stage.now() + timedelta(minutes=31))
    await stage.sees("finn", "Still waiting", "extended by 2 h", test=is_reply, within=60)
    await stage.click("finn", "Hand it on")
    await stage.sees("finn", "Who shall decide", within=60)
    await stage.fill("finn", {"taker": "erik"})
    await stage.sees("erik", "asks you to decide", within=60)
    await stage.click("erik", "Approve")
    told = await stage.sees("maya", "lasts until", "said yes", test=is_reply, within=60)
    assert "erik" in told["text"] and "$" in told["text"]
