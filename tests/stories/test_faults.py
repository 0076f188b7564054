"""Slack and Google at their worst: one effect, a clear answer, nothing lost."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from bot.sandbox.stories.black_friday import COMMAND, START
from bot.sandbox.stories.stage import Item, Stage
from tests.stories.steps import (
    NAME,
    floors,
    is_private,
    is_reply,
    is_settled,
    messages,
    newest,
    propose,
    prove,
    schedule,
)

WEB = "service/cymbal-shop/europe-west1/storefront-web"


async def test_one_campaign_is_made_when_slack_delivers_the_command_three_times(
    stage: Stage,
) -> None:
    await stage.steer("/town/faults", {"kind": "repeat", "copies": 3})
    await propose(stage)
    await asyncio.sleep(1)
    assert len(messages(await stage.look("maya"), NAME)) == 1


async def test_one_confirmation_counts_when_the_button_is_pressed_twice(stage: Stage) -> None:
    await propose(stage)
    await asyncio.gather(stage.click("maya", "Confirm"), stage.click("maya", "Confirm"))
    await stage.sees("maya", NAME, "Scheduled.", test=is_settled)
    assert await stage.sees("maya", "lready", test=is_private)


@pytest.mark.parametrize("how", ["stale", "wrong", "missing"])
async def test_nothing_happens_when_a_request_is_not_genuine(stage: Stage, how: str) -> None:
    await stage.steer("/town/faults", {"kind": "forge", "how": how})
    outcome = await stage.say("maya", COMMAND)
    assert outcome["ok"] is False
    deliveries = (await stage.http.get("/town/deliveries")).json()["deliveries"]
    assert deliveries[-1]["status"] == httpx.codes.UNAUTHORIZED
    await asyncio.sleep(0.5)
    assert messages(await stage.look("maya"), NAME) == set()


async def test_the_plan_appears_once_when_slack_comes_back(stage: Stage) -> None:
    await stage.steer("/town/faults", {"kind": "down", "seconds": 120})
    await stage.say("maya", COMMAND)
    await stage.sees("maya", NAME, "[Confirm]", within=30)
    assert len(messages(await stage.look("maya"), NAME)) == 1


async def test_the_message_is_not_posted_twice_when_slacks_answer_is_lost(stage: Stage) -> None:
    await stage.steer("/town/faults", {"kind": "lose_answers", "method": "chat.postMessage"})
    await propose(stage)
    assert len(messages(await stage.look("maya"), NAME)) == 1


async def test_everything_is_shown_when_slack_limits_the_rate_for_a_while(stage: Stage) -> None:
    await stage.steer("/town/faults", {"kind": "storm", "seconds": 90, "retry_after": 20})
    await propose(stage)
    assert len(messages(await stage.look("maya"), NAME)) == 1


async def test_the_report_is_readable_when_slack_refuses_charts(stage: Stage) -> None:
    await stage.steer("/town/faults", {"kind": "refuse_blocks", "types": ["data_visualization"]})
    await prove(stage)
    stage.town.clock.jump(START + timedelta(hours=4))
    stage.town.clock.set_rate(300)
    report = await stage.sees("maya", "the report", NAME, within=60)
    assert "$" in report["text"]


async def test_the_asker_hears_of_it_and_gets_the_plan_when_google_is_down(stage: Stage) -> None:
    await stage.steer("/town/world", {"google": {"code": "UNAVAILABLE", "seconds": 240}})
    await stage.say("maya", COMMAND)
    await stage.sees("maya", NAME, "Google", within=30)
    await stage.sees("maya", NAME, "[Confirm]", within=60)


async def test_the_floor_is_raised_when_google_fails_at_first(stage: Stage) -> None:
    before = floors(await stage.fleet())
    await schedule(stage)
    fault = {"code": "UNAVAILABLE", "method": "UpdateService", "calls": 4}
    await stage.steer("/town/world", {"google": fault})
    stage.town.clock.jump(START - timedelta(minutes=19))
    await stage.sees("maya", "It is warm", test=is_reply, within=60)
    assert floors(await stage.fleet())[WEB] > before[WEB]


async def test_a_write_whose_answer_was_lost_is_not_a_problem(stage: Stage) -> None:
    await schedule(stage)
    fault = {"code": "DEADLINE_EXCEEDED", "method": "UpdateService", "calls": 3, "lost": True}
    await stage.steer("/town/world", {"google": fault})
    stage.town.clock.jump(START - timedelta(minutes=19))
    assert await stage.sees("maya", "It is warm", test=is_reply, within=60)


async def test_the_engineers_hear_why_when_capacity_is_not_proven_in_time(stage: Stage) -> None:
    await schedule(stage)
    await stage.look("erik")
    short = {"region": "europe-west1", "vcpu": 60, "at": "run"}
    await stage.steer("/town/world", {"quota": short})
    stage.town.clock.jump(START - timedelta(minutes=19))
    alarm = await stage.sees("erik", NAME, "not", within=60, test=in_ops)
    assert "instances" in alarm["text"]


async def test_a_campaign_is_cancelled_with_one_click(stage: Stage) -> None:
    before = floors(await stage.fleet())
    await prove(stage)
    seen = await newest(stage, "maya")
    await stage.click("maya", "Stop and give back")
    stage.town.clock.set_rate(200)
    await stage.sees("maya", NAME, "ancelled", after=seen, within=60, test=is_settled)
    for _ in range(200):
        if floors(await stage.fleet()) == before:
            break
        await asyncio.sleep(0.1)
    assert floors(await stage.fleet()) == before


def in_ops(item: Item) -> bool:
    """In the engineers' channel."""
    return str(item.get("channel")).lstrip("#") == "headroom-ops"
