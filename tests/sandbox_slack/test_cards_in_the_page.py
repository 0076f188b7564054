"""Every card in the sandbox's Slack: its Web API takes it, and the page shows all of it as a person reads it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from playwright.async_api import Locator, Page, expect

from bot.core.message import Message, View
from tests.cards.gallery import GALLERY
from tests.sandbox_slack.browser import page
from tests.sandbox_slack.kit import section
from tests.sandbox_slack.rig import Rig

__all__ = ["page"]

BETWEEN = {"type": "home", "blocks": [section("between two tabs")]}
# What a person must never see: markup that was not understood, and what a template left open.
RAW = r"<!|<@|<#|&lt;|&gt;|&amp;|\*\S[^*\n]*\S\*|:[a-z][a-z_]+:|\bnan\b|\bundefined\b|\[object"
FAULTS = f"""node => {{
  const found = [...node.querySelectorAll(".unknown")].map(one => one.textContent);
  const texts = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  for (let one = texts.nextNode(); one; one = texts.nextNode()) {{
    if (one.parentElement.closest("pre, code")) continue;
    for (const raw of one.data.matchAll(/{RAW}/g)) found.push(raw[0]);
  }}
  const room = node.getBoundingClientRect();
  for (const one of node.querySelectorAll("p, div, button, pre, table, svg, .chip")) {{
    if (one.closest(".scroll, pre, table") && !one.matches(".scroll")) continue;
    const box = one.getBoundingClientRect();
    if (box.right > room.right + 1) found.push(`sticks out: ${{one.className}} ${{one.textContent.slice(0, 60)}}`);
  }}
  if (!node.innerText.trim()) found.push("nothing is shown");
  return [...new Set(found)];
}}"""


async def shown(rig: Rig, page: Page, card: Message | View) -> Locator:
    """The card as the bot would show it to Maya; the node that holds it."""
    rig.clock.advance(timedelta(minutes=1))  # Slack takes one message a second in a channel
    if isinstance(card, Message):
        sent = await rig.client.chat_postMessage(
            channel="C0CAMPAIGN", text=card.text, blocks=[dict(block) for block in card.blocks]
        )
        return page.locator(f".message[data-ts='{sent['ts']}']")
    body: dict[str, Any] = dict(card.body)
    if body["type"] == "home":
        home = page.locator("#home")
        await rig.client.views_publish(user_id="U0MAYA", view=BETWEEN)
        await expect(home).to_have_text("between two tabs")
        await rig.client.views_publish(user_id="U0MAYA", view=body)
        await expect(home).not_to_have_text("between two tabs")
        return home
    await rig.town.say("maya", "/campaign", "#campaigns")
    trigger = str(rig.bot.got[-1]["trigger_id"])
    await rig.client.views_open(trigger_id=trigger, view={**body, "callback_id": card.callback_id})
    return page.locator("#modal .fields-of-view")


async def faults_of(rig: Rig, page: Page, names: Sequence[str]) -> dict[str, list[str]]:
    """What is wrong with the cards as the page shows them."""
    found = {}
    for name in names:
        node = await shown(rig, page, GALLERY[name]())
        await expect(node).to_be_visible()
        wrong = await node.evaluate(FAULTS)
        if wrong:
            found[name] = wrong
        if await page.locator("#modal[open]").count():
            await page.click("#modal header button")
    return found


def of_kind(kind: str) -> list[str]:
    """The names of the gallery's cards of that kind: message, home or modal."""
    cards = {name: render() for name, render in GALLERY.items()}
    kinds = {
        name: str(card.body["type"]) if isinstance(card, View) else "message"
        for name, card in cards.items()
    }
    return [name for name, one in kinds.items() if one == kind]


async def test_every_message_is_shown_whole_and_without_raw_markup(rig: Rig, page: Page) -> None:
    assert await faults_of(rig, page, of_kind("message")) == {}


async def test_every_modal_is_shown_whole_and_without_raw_markup(rig: Rig, page: Page) -> None:
    assert await faults_of(rig, page, of_kind("modal")) == {}


async def test_every_home_tab_is_shown_whole_and_without_raw_markup(rig: Rig, page: Page) -> None:
    await page.click("[data-room=D0MAYA]")
    assert await faults_of(rig, page, of_kind("home")) == {}
