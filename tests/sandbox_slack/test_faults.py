"""What goes wrong on demand, and Slack's own rate limits."""

import asyncio
import time
from datetime import timedelta
from typing import Any

import httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.sandbox.slack.errors import RateLimited
from bot.sandbox.slack.faults import Forgery, Outage, SlackFaults
from bot.sandbox.slack.limits import Limiter
from tests.sandbox_slack.kit import chart, section
from tests.sandbox_slack.rig import SECRETS, START, Rig
from tests.sandbox_slack.test_web_api import code_of

MINUTE = timedelta(minutes=1)


async def raw(rig: Rig, method: str, **fields: str) -> httpx.Response:
    """One call without any client's comfort."""
    headers = {"authorization": f"Bearer {SECRETS.token}"}
    async with httpx.AsyncClient(trust_env=False, timeout=1.0) as http:
        return await http.post(f"{rig.url}/api/{method}", data=fields, headers=headers)


async def test_channel_is_paced_at_one_a_second_when_a_burst_is_over(rig: Rig) -> None:
    post = {"channel": "C0OPS", "text": "x"}
    answers = [await raw(rig, "chat.postMessage", **post) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 4 + [429] * 2
    assert answers[-1].headers["retry-after"] == "1"
    assert answers[-1].json()["error"] == "ratelimited"
    other = await raw(rig, "chat.postMessage", channel="C0CAMPAIGN", text="x")
    assert other.status_code == 200
    rig.clock.advance(timedelta(seconds=1))
    assert (await raw(rig, "chat.postMessage", **post)).status_code == 200
    assert (await raw(rig, "chat.postMessage", **post)).status_code == 429


def test_method_is_limited_by_its_tier_when_called_too_often_in_a_minute() -> None:
    limiter = Limiter()
    for second in range(20):
        limiter.call("usergroups.list", 2, START + timedelta(seconds=second))
    with pytest.raises(RateLimited) as limit:
        limiter.call("usergroups.list", 2, START + timedelta(seconds=20))
    assert limit.value.retry_after == 40
    limiter.call("usergroups.users.list", 2, START + timedelta(seconds=20))
    limiter.call("usergroups.list", 2, START + MINUTE)
    limiter.enabled = False
    limiter.call("usergroups.list", 2, START + MINUTE)


def test_workspace_is_limited_when_many_channels_are_busy() -> None:
    limiter = Limiter()
    for number in range(300):
        limiter.post(f"C{number}", START)
    with pytest.raises(RateLimited):
        limiter.post("C301", START)


async def test_every_call_fails_when_slack_is_down(rig: Rig) -> None:
    rig.town.faults.down(rig.clock.now(), MINUTE)
    assert (await raw(rig, "auth.test")).status_code == 503
    rig.town.faults.down(rig.clock.now(), MINUTE, Outage.HANG)
    with pytest.raises(httpx.ReadTimeout):
        await raw(rig, "auth.test")
    rig.clock.advance(MINUTE)
    assert (await raw(rig, "auth.test")).json()["ok"]


async def test_response_url_fails_too_when_slack_is_down(rig: Rig) -> None:
    await rig.town.say("maya", "/campaign", "#campaigns")
    hook = AsyncWebhookClient(rig.bot.got[-1]["response_url"])
    rig.town.faults.down(rig.clock.now(), MINUTE)
    assert (await hook.send(text="x")).status_code == 503
    rig.clock.advance(MINUTE)
    rig.town.faults.lose_answers("response_url")
    assert (await hook.send(text="x")).status_code == 503
    rig.town.faults.fail("response_url", "expired_url")
    assert (await hook.send(text="x")).status_code == 404


async def test_every_call_is_answered_429_when_there_is_a_storm(rig: Rig) -> None:
    rig.town.faults.storm(rig.clock.now(), MINUTE, retry_after=17)
    answer = await raw(rig, "auth.test")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "17")


async def test_method_fails_n_times_when_told_to(rig: Rig) -> None:
    rig.town.faults.fail("auth.test", "internal_error", times=2)
    for _ in range(2):
        assert await code_of(rig.client.auth_test()) == "internal_error"
    assert (await rig.client.auth_test())["ok"]
    rig.town.faults.fail("*", "team_access_not_granted")
    assert await code_of(rig.client.users_list()) == "team_access_not_granted"


async def test_newer_blocks_are_refused_when_they_are_not_rolled_out(rig: Rig) -> None:
    rig.town.faults.refuse_blocks("data_visualization")
    call = rig.client.chat_postMessage(channel="C0OPS", text="x", blocks=[section("a"), chart()])
    assert await code_of(call) == "invalid_blocks"
    await rig.client.chat_postMessage(channel="C0OPS", text="x", blocks=[section("a")])


@pytest.mark.parametrize("how", list(Outage))
async def test_message_is_there_when_only_its_answer_was_lost(rig: Rig, how: Outage) -> None:
    rig.town.faults.lose_answers("chat.postMessage", how=how)
    post = {"channel": "C0OPS", "text": "x"}
    if how is Outage.HANG:
        with pytest.raises(httpx.ReadTimeout):
            await raw(rig, "chat.postMessage", **post)
    else:
        assert (await raw(rig, "chat.postMessage", **post)).status_code == 503
    assert len(rig.town.workspace.in_room("C0OPS")) == 1
    assert (await raw(rig, "chat.postMessage", **post)).json()["ok"]


async def test_command_arrives_three_times_with_one_identity_when_repeated(rig: Rig) -> None:
    rig.town.faults.repeat_deliveries(3)
    assert (await rig.town.say("maya", "/campaign", "#campaigns")).ok
    assert len(rig.bot.got) == 3
    assert len({payload["trigger_id"] for payload in rig.bot.got}) == 1


@pytest.mark.parametrize("how", list(Forgery))
async def test_delivery_is_refused_by_the_bot_when_its_signature_is_bad(
    rig: Rig, how: Forgery
) -> None:
    rig.town.faults.forge(how)
    outcome = await rig.town.say("maya", "/campaign", "#campaigns")
    assert "dispatch_failed" in outcome.text
    assert rig.bot.got == []
    assert (await rig.town.say("maya", "/campaign", "#campaigns")).ok


async def test_faults_are_ordered_over_http_when_posted(rig: Rig) -> None:
    orders: list[dict[str, Any]] = [
        {"kind": "down", "seconds": 5},
        {"kind": "storm", "seconds": 5, "retry_after": 2},
        {"kind": "fail", "method": "views.open", "error": "internal_error", "times": 2},
        {"kind": "refuse_blocks", "types": ["markdown"]},
        {"kind": "lose_answers", "method": "chat.update"},
        {"kind": "repeat", "copies": 2},
        {"kind": "forge", "how": "stale"},
    ]
    async with httpx.AsyncClient(trust_env=False, base_url=rig.url) as http:
        for order in orders:
            assert (await http.post("/town/faults", json=order)).json()["ok"]
        state = (await http.get("/town/faults")).json()["faults"]
        assert state["down"] and state["storm"]
        assert state["failing"] == {"views.open": ["internal_error"] * 2}
        assert (state["lost_answers"], state["copies"]) == ({"chat.update": 1}, 2)
        unknown = await http.post("/town/faults", json={"kind": "earthquake"})
        assert unknown.status_code == 400
        await http.post("/town/faults", json={"kind": "clear"})
    assert rig.town.faults.describe(rig.clock.now()) == SlackFaults().describe(rig.clock.now())


async def test_withheld_answers_end_when_the_town_stops(rig: Rig) -> None:
    rig.town.faults.down(rig.clock.now(), MINUTE, Outage.HANG)
    client = AsyncWebClient(SECRETS.token, base_url=f"{rig.url}/api/", retry_handlers=[])
    waiting = asyncio.create_task(client.auth_test())
    await asyncio.sleep(0.2)
    began = time.monotonic()
    await rig.town.stop()
    with pytest.raises(SlackApiError):
        await waiting
    assert time.monotonic() - began < 2
