"""Alerts: one incident answered in its thread, then hundreds at once, Slack away, and the bot killed."""

import asyncio
from datetime import timedelta

from bot.sandbox.stories.narrator import Narrator
from bot.sandbox.stories.stage import Item, Stage, shortly

CALM_RATE, STORM_RATE = 2.0, 1.0
STORM = 150
DOWN_SECONDS = 3600
LINES = 14


async def play(stage: Stage, tell: Narrator) -> None:
    """Plays it; what was promised and seen is in `tell.promises`."""
    stage.town.clock.set_rate(CALM_RATE)
    stage.watch = shortly(stage.watch, LINES)
    await stage.look("erik")
    await stage.look("ada")
    await _one_incident(stage, tell)
    await _both_ways(stage, tell)
    await _storm(stage, tell)
    await _calm(stage, tell)
    await _slack_away(stage, tell)


# What Cloud Monitoring would say of each, by the policy's name.
SUMMARIES = {
    "p95 latency is high": "95th percentile of request latencies of storefront-web is above the "
    "threshold of 1500 ms with a value of 2130 ms.",
    "Errors above budget": "Ratio of 5xx responses of storefront-web is above the threshold of 0.014 "
    "with a value of 0.031.",
    "Service is slow": "95th percentile of request latencies is above the threshold of 1500 ms.",
    "Queue is old": "Oldest unacknowledged message is older than the threshold of 900 s.",
    "Checkout is slow": "95th percentile of request latencies is above the threshold of 900 ms.",
    "Payments fail": "Ratio of 5xx responses is above the threshold of 0.014 with a value of 0.22.",
}


async def _alert(stage: Stage, policy: str, **order: object) -> None:
    told = {"policy": policy, "summary": SUMMARIES[policy], **order}
    await stage.steer("/town/world", {"alert": told})


async def _one_incident(stage: Stage, tell: Narrator) -> None:
    tell.scene("One alert: who is on call hears it, takes it, and sees it end")
    runbook = "1. Look at the *dashboard*. 2. Roll back the newest revision."
    await _alert(stage, policy="p95 latency is high", documentation=runbook)
    first = await stage.sees("erik", "p95 latency is high", "Acknowledge")
    tell.promise(
        "one message mentions who is on call",
        kept="erik" in first["text"].casefold() and "Paged" in first["text"],
    )
    tell.said(stage.now(), "erik", "presses Acknowledge")
    await stage.click("erik", "Acknowledge")
    await stage.sees("erik", "Acknowledged", "p95 latency", test=_edited, after=first["seq"])
    await stage.sees("ada", "looks at it")
    tell.promise("everybody sees in the same message that Erik has it", kept=True)
    tell.said(stage.now(), "maya", "/headroom alerts")
    await stage.say("maya", "/headroom alerts")
    await stage.sees("maya", "1 open incident", "p95 latency")
    stage.town.clock.jump(stage.now() + timedelta(minutes=30))
    await _alert(stage, policy="p95 latency is high", state="closed")
    await stage.sees("erik", "Resolved", "p95 latency", test=_edited)
    tell.promise("it was resolved by itself, in place", kept=await _roots(stage, "p95") == 1)
    pages = [i for i in await stage.look("erik") if "📟" in i["text"] or ":pager:" in i["text"]]
    tell.promise(
        "nobody was paged after the acknowledgement", kept=all(_edited(i) for i in pages[1:])
    )


async def _both_ways(stage: Stage, tell: Narrator) -> None:
    tell.scene("The same alert by Pub/Sub and by webhook; a snooze that outlasts flapping")
    await _alert(stage, policy="Errors above budget", via="both")
    shown = await stage.sees("erik", "Errors above budget", "Acknowledge")
    tell.promise("it counts once", kept="1 of 1 alert" in shown["text"])
    tell.said(stage.now(), "erik", "snoozes it for 1 hour")
    await stage.steer(
        "/town/click",
        {"as": "erik", "action_id": "incident.snooze", "value": "1 hour", "ts": shown["ts"]},
    )
    await stage.sees("erik", "Snoozed", "Errors above budget", test=_edited)
    await stage.sees("erik", "has snoozed it")
    before = await _posts(stage)
    await _alert(stage, policy="Errors above budget", state="closed", via="both")
    await asyncio.sleep(1)
    await _alert(stage, policy="Errors above budget", number=2)
    await asyncio.sleep(2)
    told = await _posts(stage) - before
    tell.promise("what flaps while snoozed says nothing", kept=told == 0, detail=f"{told} messages")


async def _storm(stage: Stage, tell: Narrator) -> None:
    tell.scene(f"{STORM} alerts at once, and the bot is killed in the middle of it")
    stage.town.clock.set_rate(STORM_RATE)
    before = await _posts(stage)
    began = asyncio.get_running_loop().time()
    await _alert(stage, policy="Service is slow", count=STORM, severity="Error")
    await stage.sees("erik", "Alert storm", within=30)
    tell.line(stage.now(), "the process", "kill -9")
    await stage.bot.kill()
    await _alert(stage, policy="Queue is old", count=40, severity="Error")
    await stage.bot.start()
    summary = await _settled(stage)
    took = asyncio.get_running_loop().time() - began
    shown = await _named(stage)
    told = await _posts(stage) - before
    tell.promise(
        "every alert is visible, none was lost in the kill",
        kept=shown == STORM + 40,
        detail=f"{shown} of {STORM + 40} after {took:.0f} s",
    )
    tell.promise("in a few messages", kept=told <= 15, detail=f"{told} messages")
    tell.said(stage.now(), "erik", "presses Acknowledge all")
    await stage.steer("/town/click", {"as": "erik", "action_id": "storm.ack", "ts": summary["ts"]})
    await stage.sees("ada", "looks at all", within=20)
    tell.promise("one click took all of them, and everybody was told", kept=True)


async def _calm(stage: Stage, tell: Narrator) -> None:
    tell.scene("The storm ends")
    await _alert(stage, policy="Service is slow", count=STORM, severity="Error", state="closed")
    await _alert(stage, policy="Queue is old", count=40, severity="Error", state="closed")
    await stage.sees("erik", "Alert storm", "0 open", within=40)
    stage.town.clock.jump(stage.now() + timedelta(minutes=11))
    await stage.sees("erik", "Alert storm over", within=20)
    tell.promise("the summary says that it is over", kept=True)


async def _slack_away(stage: Stage, tell: Narrator) -> None:
    tell.scene("Slack is away for an hour; when it is back, it shows the truth, not a replay")
    stage.town.clock.set_rate(CALM_RATE)
    await stage.steer("/town/faults", {"kind": "down", "seconds": DOWN_SECONDS})
    await _alert(stage, policy="Checkout is slow")
    await asyncio.sleep(1)
    await _alert(stage, policy="Checkout is slow", state="closed")
    await _alert(stage, policy="Payments fail")
    await asyncio.sleep(1)
    before = await _posts(stage)
    stage.town.clock.jump(stage.now() + timedelta(seconds=DOWN_SECONDS))
    await stage.sees("erik", "Payments fail", "Acknowledge", within=60)
    over = await stage.sees("erik", "Checkout is slow", within=60)
    told = await _posts(stage) - before
    tell.promise("what ended meanwhile is told as ended", kept="Resolved" in over["text"])
    tell.promise("in one message each", kept=told <= 3, detail=f"{told} messages")


def _edited(item: Item) -> bool:
    return bool(item["kind"] == "edit")


async def _messages(stage: Stage) -> list[Item]:
    answer = await stage.http.get("/town/messages", params={"channel": "headroom-ops"})
    found: list[Item] = answer.json()["messages"]
    return found


async def _posts(stage: Stage) -> int:
    return len(await _messages(stage))


async def _roots(stage: Stage, words: str) -> int:
    found = await _messages(stage)
    roots = [one for one in found if one.get("thread_ts", one["ts"]) == one["ts"]]
    return sum(words in str(one) for one in roots)


async def _named(stage: Stage) -> int:
    """How many different alerts of the storm can be read in the channel."""
    shown = str(await _messages(stage))
    names = [f"Service is slow {number:03}" for number in range(1, STORM + 1)]
    names += [f"Queue is old {number:03}" for number in range(1, 41)]
    return sum(name in shown for name in names)


async def _settled(stage: Stage, within: float = 45) -> Item:
    """Waits until the storm's messages name all of it; the summary."""
    began = asyncio.get_running_loop().time()
    while await _named(stage) < STORM + 40:
        if asyncio.get_running_loop().time() - began > within:
            break
        await stage.look("erik")
        await asyncio.sleep(0.5)
    return await stage.sees("erik", "Alert storm")
