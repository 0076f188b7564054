"""Advice in the sandbox, end to end: found in Monitoring, approved in Slack, written to Cloud Run in steps."""

import asyncio

from bot.sandbox.stories.stage import Stage

NEWSLETTER = "service/cymbal-shop/us-central1/newsletter-api"
FAST = 600.0


async def test_an_idle_floor_is_given_back_after_a_second_yes(stage: Stage) -> None:
    await stage.steer("/town/world", {"drift": {"workload": NEWSLETTER, "floor": 6}})
    for person in ("erik", "ada"):
        await stage.look(person)
    await stage.say("erik", "/headroom advice")
    advice = await stage.sees("erik", "newsletter-api", "instead of 6 instances", within=90)
    assert "a month" in advice["text"]
    await stage.click("erik", "Apply to newsletter-api")
    asked = await stage.sees("ada", "newsletter-api", "wants to apply this")
    await stage.click("ada", "Approve")
    await stage.sees("ada", "newsletter-api", "Applied by", after=asked["seq"])
    stage.town.clock.set_rate(FAST)
    for _ in range(600):
        floor = (await stage.fleet())[NEWSLETTER]["floor"]
        if floor < 6:
            break
        await asyncio.sleep(0.1)
    assert floor < 6
