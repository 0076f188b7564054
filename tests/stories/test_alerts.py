"""Alerts end to end: real notifications, a real bot, people who press buttons, and a kill in a storm."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx

from bot.sandbox.stories.stage import Item, Stage
from tests.stories.steps import is_private

FIRST, SECOND = 60, 40
OPS = "#headroom-ops"


async def alert(stage: Stage, **order: Any) -> None:
    """Cloud Monitoring sends it."""
    await stage.steer("/town/world", {"alert": order})


async def channel(stage: Stage) -> list[Item]:
    """All messages of the engineers' channel as they are now."""
    answer = await stage.http.get("/town/messages", params={"channel": "headroom-ops"})
    found: list[Item] = answer.json()["messages"]
    return found


def roots(messages: list[Item], words: str) -> list[Item]:
    """Messages with these words that are no replies."""
    return [
        one
        for one in messages
        if words in str(one) and one.get("thread_ts", one["ts"]) == one["ts"]
    ]


async def test_complaint_22_nothing_is_lost_or_doubled_when_the_bot_is_killed_in_a_storm(
    stage: Stage,
) -> None:
    stage.town.clock.set_rate(1)
    await alert(stage, policy="Slow", count=FIRST)
    await stage.sees("erik", "Alert storm", within=30)
    await stage.bot.kill()
    await alert(stage, policy="Old", count=SECOND)
    await stage.bot.start()
    names = [f"Slow {n:03}" for n in range(1, FIRST + 1)]
    names += [f"Old {n:03}" for n in range(1, SECOND + 1)]
    shown: list[Item] = []
    for _ in range(120):
        shown = await channel(stage)
        if all(name in str(shown) for name in names):
            break
        await asyncio.sleep(0.5)
    assert [name for name in names if name not in str(shown)] == []
    assert len(roots(shown, "Alert storm")) == 1
    assert len(shown) <= 15
    single = [one for one in roots(shown, "Critical: ") if "Alert storm" not in str(one)]
    titles = [one["text"].splitlines()[0] for one in single]
    assert len(titles) == len(set(titles)), "no incident has two messages"


async def test_an_alert_is_taken_in_slack_and_a_late_click_is_answered_politely(
    stage: Stage,
) -> None:
    stage.town.clock.set_rate(1)
    await alert(stage, policy="Errors", via="both")
    first = await stage.sees("erik", "Critical: Errors", "Acknowledge")
    assert "1 of 1 alert" in first["text"] and "erik" in first["text"].casefold()
    await stage.click("erik", "Acknowledge")
    await stage.sees("ada", "Acknowledged", "Errors", test=lambda item: item["kind"] == "edit")
    await stage.click("ada", "More")
    view = await stage.sees("ada", "What happened", test=lambda item: item["kind"] == "view")
    assert "acknowledged" in view["text"]
    await stage.fill("ada", {"note": "The cache is cold", "deed": "Snooze 1 hour"})
    await stage.sees("erik", "Snoozed: Errors", test=lambda item: item["kind"] == "edit")
    await stage.say("maya", "/headroom alerts")
    answer = await stage.sees("maya", "1 open incident", test=is_private)
    assert "Errors" in answer["text"]


async def test_a_snooze_in_cloud_monitoring_too_is_silent_there_until_it_ends(stage: Stage) -> None:
    stage.town.clock.set_rate(1)
    await alert(stage, policy="Errors")
    await stage.sees("erik", "Critical: Errors", "Acknowledge")
    await stage.click("erik", "More")
    await stage.sees("erik", "What happened", test=lambda item: item["kind"] == "view")
    await stage.fill("erik", {"deed": "Snooze 1 hour", "mirror": "Also in Cloud Monitoring"})
    await stage.sees("erik", "in Cloud Monitoring too", "1 alert, closed by the snooze")
    (kept,) = stage.town.google.snoozes.kept.values()
    assert 'resource.labels.service_name="storefront-web"' in kept.criteria.filter
    sent = stage.town.notifier.sent
    await alert(stage, policy="Errors", number=2)
    await alert(stage, policy="Errors", number=3, workload="checkout-api")
    elsewhere = await stage.sees("erik", "Critical: Errors", "Service checkout-api")
    assert stage.town.notifier.sent == sent + 1, "the snoozed service sends nothing"
    stage.town.clock.jump(stage.now() + timedelta(minutes=61))
    await stage.sees("erik", "please look", "Errors", after=elsewhere["seq"])


async def test_who_is_not_google_and_knows_no_secret_is_not_let_in(stage: Stage) -> None:
    url = f"http://127.0.0.1:{stage.town.bot_port}/alerts"
    async with httpx.AsyncClient() as stranger:
        forged = {"authorization": "Bearer eyJhbGciOiJub25lIn0.e30."}
        for path in ("pubsub", "webhook?auth_token=guess"):
            answer = await stranger.post(f"{url}/{path}", json={"incident": {}}, headers=forged)
            assert answer.status_code == 401
    await alert(stage, test=True)
    await stage.sees("erik", "test notification came")


async def test_complaint_23_a_channel_is_archived_and_comes_back_by_slacks_own_word(
    stage: Stage,
) -> None:
    stage.town.clock.set_rate(1)
    await alert(stage, policy="Errors")
    await stage.sees("erik", "Critical: Errors", "Acknowledge")
    await stage.steer("/town/channel", {"as": "ada", "channel": "headroom-ops", "act": "archive"})
    told = await stage.sees("ada", "I cannot post alerts in", "archived")
    assert "meanwhile" in told["text"]
    await stage.sees("erik", "Critical: Errors", test=lambda item: item["channel"] != OPS)
    await stage.click("erik", "Acknowledge")
    await stage.sees("erik", "Acknowledged", test=lambda item: item["kind"] == "edit")
    again = {"as": "ada", "channel": "headroom-ops", "act": "unarchive"}
    await stage.steer("/town/channel", again)
    back = await stage.sees(
        "erik", "Acknowledged", test=lambda item: item["channel"] == OPS and item["kind"] == "edit"
    )
    assert "Errors" in back["text"]
