"""The people's side over HTTP: what `headroom say`, stories and the page use."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.responses import Response

from tests.sandbox_slack.kit import actions, button, modal, section
from tests.sandbox_slack.rig import Rig

CARD = [section("Plan"), actions(button("Confirm", "confirm"))]


@pytest.fixture
async def http(rig: Rig) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the town."""
    async with httpx.AsyncClient(trust_env=False, base_url=rig.url, timeout=10) as client:
        yield client


async def test_person_types_and_clicks_and_submits_when_asked_over_http(
    rig: Rig, http: httpx.AsyncClient
) -> None:
    async def reply(payload: dict[str, Any]) -> Response:
        if payload.get("type") == "block_actions":
            await rig.client.views_open(trigger_id=payload["trigger_id"], view=modal())
        return Response("")

    rig.bot.reply = reply
    await rig.client.chat_postMessage(channel="C0CAMPAIGN", text="plan", blocks=CARD)
    said = await http.post(
        "/town/say", json={"as": "maya", "text": "/campaign", "channel": "campaigns"}
    )
    assert said.json()["ok"]
    clicked = await http.post("/town/click", json={"as": "maya", "label": "Confirm"})
    assert clicked.json()["ok"]
    sent = await http.post("/town/submit", json={"as": "maya", "values": {"name": "Push"}})
    assert sent.json()["ok"]
    kinds = [p.get("type", "command") for p in rig.bot.got]
    assert kinds == ["command", "block_actions", "view_submission"]
    seen = (await http.get("/town/sees", params={"as": "maya", "after": said.json()["seq"]})).json()
    assert [item["kind"] for item in seen["items"]] == ["ack", "view", "ack", "closed"]


async def test_news_are_waited_for_when_there_are_none(rig: Rig, http: httpx.AsyncClient) -> None:
    query = {"as": "erik", "after": "0", "wait": "5"}
    waiting = asyncio.create_task(http.get("/town/sees", params=query))
    await asyncio.sleep(0.1)
    await rig.client.chat_postMessage(channel="C0CAMPAIGN", text="news")
    answer = (await waiting).json()
    assert [(i["text"], i["channel"], i["who"]) for i in answer["items"]] == [
        ("news", "#campaigns", "headroom")
    ]
    later = {"as": "erik", "after": str(answer["seq"]), "wait": "0.05"}
    assert (await http.get("/town/sees", params=later)).json()["items"] == []


async def test_mistake_is_explained_when_an_order_is_wrong(http: httpx.AsyncClient) -> None:
    orders: list[tuple[str, dict[str, Any], str]] = [
        ("say", {"as": "zoe", "text": "hi"}, "nobody is called 'zoe' here; there are maya, erik"),
        ("say", {"as": "maya", "text": "hi", "channel": "#nowhere"}, "channel_not_found"),
        ("click", {"as": "maya", "label": "Nope"}, "maya sees no button 'Nope'"),
        ("submit", {"as": "maya", "values": {}}, "maya has no modal open"),
        ("submit", {"as": "maya", "values": [1]}, "values must be an object"),
        ("close", {"as": "maya"}, "maya has no modal open"),
        ("say", {"as": "maya"}, "text is missing"),
    ]
    for path, order, words in orders:
        answer = await http.post(f"/town/{path}", json=order)
        assert answer.status_code == 400
        assert words in answer.json()["error"]


async def test_post_of_another_site_is_refused_when_it_comes_as_plain_text(
    http: httpx.AsyncClient,
) -> None:
    body = b'{"as": "maya", "text": "hi"}'
    answer = await http.post("/town/say", content=body, headers={"content-type": "text/plain"})
    assert (answer.status_code, "application/json" in answer.json()["error"]) == (400, True)
    broken = await http.post("/town/say", json=["maya"])
    assert broken.json()["error"] == "the body must be an object"


async def test_state_shows_only_what_the_person_may_see_when_asked(
    rig: Rig, http: httpx.AsyncClient
) -> None:
    await rig.client.chat_postMessage(channel="C0OPS", text="secret")
    await rig.client.chat_postEphemeral(channel="C0CAMPAIGN", user="U0SAM", text="psst")
    await rig.client.chat_postMessage(channel="C0CAMPAIGN", text="open")
    maya = (await http.get("/town/state", params={"as": "maya"})).json()
    assert [message["text"] for message in maya["messages"]] == ["open"]
    assert [room["name"] for room in maya["rooms"] if not room["im"]] == [
        "campaigns",
        "marketing",
        "general",
    ]
    sam = (await http.get("/town/state", params={"as": "sam"})).json()
    assert [m["text"] for m in sam["messages"] if m["is_ephemeral"]] == ["psst"]
    everything = (await http.get("/town/messages")).json()["messages"]
    assert [message["text"] for message in everything] == ["open", "secret"]
    narrowed = (await http.get("/town/messages", params={"channel": "#headroom-ops"})).json()
    assert [message["channel"] for message in narrowed["messages"]] == ["C0OPS"]


async def test_deliveries_are_listed_when_asked(rig: Rig, http: httpx.AsyncClient) -> None:
    await http.post("/town/home", json={"as": "maya"})
    await rig.town.courier.settled()
    (delivery,) = (await http.get("/town/deliveries")).json()["deliveries"]
    assert (delivery["status"], delivery["problem"], delivery["retry"]) == (200, "", 0)


async def test_page_is_closed_to_foreign_scripts_when_served(http: httpx.AsyncClient) -> None:
    page = await http.get("/")
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert '<script type="module" src="/page/page.js">' in page.text
    assert (await http.get("/page/chart.js")).headers["content-type"].startswith("text/javascript")
    assert (await http.get("/page/__init__.py")).status_code == 404
