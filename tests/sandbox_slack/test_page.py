"""A real browser on the page: types, clicks, fills in, reads."""

import re
from typing import Any

from playwright.async_api import Page, expect
from starlette.responses import JSONResponse, Response

from tests.sandbox_slack.browser import page
from tests.sandbox_slack.kit import (
    actions,
    button,
    chart,
    data_table,
    input_block,
    modal,
    option,
    plain,
    section,
)
from tests.sandbox_slack.rig import Rig

__all__ = ["page"]

CANCEL = {
    "title": plain("Cancel it?"),
    "text": plain("Nothing will be warmed."),
    "confirm": plain("Yes, cancel"),
    "deny": plain("Keep it"),
}
CARD = [
    section(
        "*Black Friday* in <#C0CAMPAIGN> at <!date^1764349200^{time}|6 pm> <script>alert(1)</script>"
    ),
    actions(
        button("Confirm", "confirm", style="primary"), button("Cancel", "cancel", confirm=CANCEL)
    ),
]


async def type_line(page: Page, text: str) -> None:
    """Types into the channel and sends it."""
    await page.fill("#line", text)
    await page.press("#line", "Enter")


async def test_command_message_and_click_go_round_when_used_in_the_page(
    rig: Rig, page: Page
) -> None:
    async def reply(payload: dict[str, Any]) -> Response:
        if payload.get("command"):
            await rig.client.chat_postMessage(channel="C0CAMPAIGN", text="plan", blocks=CARD)
        elif payload["actions"][0]["action_id"] == "confirm":
            ts = payload["message"]["ts"]
            await rig.client.chat_update(channel="C0CAMPAIGN", ts=ts, text="*Confirmed* :tada:")
        return Response("")

    rig.bot.reply = reply
    await page.fill("#line", "/cam")
    await page.click("#suggestions button")
    await expect(page.locator("#line")).to_have_value("/campaign ")
    await type_line(page, "/campaign Black Friday x3")
    message = page.locator("#messages .message")
    await expect(message).to_contain_text(
        "Black Friday in #campaigns at 18:00 <script>alert(1)</script>"
    )
    await message.get_by_role("button", name="Confirm").click()
    await expect(message).to_contain_text("Confirmed 🎉 (edited)")
    assert rig.bot.got[0]["text"] == "Black Friday x3"


async def test_button_asks_first_when_it_has_a_confirmation(rig: Rig, page: Page) -> None:
    await rig.client.chat_postMessage(channel="C0CAMPAIGN", text="plan", blocks=CARD)
    await page.click("text=Cancel")
    await page.click("text=Keep it")
    assert rig.bot.got == []
    await page.click("text=Cancel")
    async with page.expect_response("**/town/click"):
        await page.click("text=Yes, cancel")
    assert rig.bot.got[0]["actions"][0]["action_id"] == "cancel"


FORM = modal(
    input_block("name", {"type": "plain_text_input"}),
    input_block("date", {"type": "datepicker", "initial_date": "2025-11-28"}),
    input_block("start", {"type": "timepicker"}),
    input_block(
        "kind", {"type": "static_select", "options": [option("push", "Push"), option("tv", "TV")]}
    ),
    input_block("groups", {"type": "checkboxes", "options": [option("web"), option("pay")]}),
)


async def test_form_shows_errors_and_keeps_what_was_typed_when_filled_in(
    rig: Rig, page: Page
) -> None:
    async def reply(payload: dict[str, Any]) -> Response:
        if payload.get("command"):
            await rig.client.views_open(trigger_id=payload["trigger_id"], view=FORM)
        elif len(rig.bot.of_type("view_submission")) == 1:
            return JSONResponse({"response_action": "errors", "errors": {"name": "Taken."}})
        return Response("")

    rig.bot.reply = reply
    await type_line(page, "/campaign")
    await page.fill("#in-name", "Push")
    await page.fill("#in-start", "18:00")
    await page.select_option("#in-kind", "tv")
    await page.check("input[value=pay]")
    await page.click("#submit")
    await expect(page.locator(".field.bad .error")).to_have_text("⚠ Taken.")
    await expect(page.locator("#in-start")).to_have_value("18:00")
    await page.fill("#in-name", "Other push")
    await page.click("#submit")
    await expect(page.locator("#modal")).not_to_be_visible()
    state = rig.bot.of_type("view_submission")[1]["view"]["state"]["values"]
    assert state["name"]["name"]["value"] == "Other push"
    assert state["kind"]["kind"]["selected_option"]["value"] == "tv"
    assert [o["value"] for o in state["groups"]["groups"]["selected_options"]] == ["pay"]


async def test_required_field_is_marked_when_left_empty(rig: Rig, page: Page) -> None:
    async def reply(payload: dict[str, Any]) -> Response:
        await rig.client.views_open(trigger_id=payload["trigger_id"], view=modal())
        return Response("")

    rig.bot.reply = reply
    await type_line(page, "/campaign")
    await page.click("#submit")
    await expect(page.locator(".field.bad")).to_contain_text("complete this required field")
    await page.keyboard.press("Escape")
    await expect(page.locator("#modal")).not_to_be_visible()


async def test_failure_is_shown_to_the_person_when_the_bot_is_not_there(
    rig: Rig, page: Page
) -> None:
    rig.town.bot_url = "http://127.0.0.1:9/"
    await type_line(page, "/campaign")
    failed = page.locator(".message.ephemeral")
    await expect(failed).to_contain_text('/campaign failed with the error "dispatch_failed"')
    await expect(failed).to_contain_text("Only visible to you")


async def test_chart_table_and_thread_are_drawn_when_posted(rig: Rig, page: Page) -> None:
    sent = await rig.client.chat_postMessage(
        channel="C0CAMPAIGN", text="report", blocks=[chart(), data_table(page_size=1)]
    )
    await expect(page.locator(".chart svg .line")).to_have_count(1)
    await expect(page.locator(".legend")).to_have_text("Planned")
    await expect(page.locator("td").first).to_have_text("web")
    await rig.client.chat_postMessage(channel="C0CAMPAIGN", text="warm", thread_ts=sent["ts"])
    await page.click(".thread-link")
    await expect(page.locator("#replies .message").last).to_contain_text("warm")
    await page.fill("#reply-line", "thanks")
    await page.press("#reply-line", "Enter")
    await expect(page.locator("#replies .message")).to_have_count(3)
    await expect(page.locator(".thread-link")).to_contain_text("2 replies")


async def test_home_tab_and_unread_count_are_shown_when_there_is_something(
    rig: Rig, page: Page
) -> None:
    home = {"type": "home", "blocks": [section("Welcome *Maya*"), actions(button("Refresh", "r"))]}
    await rig.client.views_publish(user_id="U0MAYA", view=home)
    await rig.client.chat_postMessage(channel="U0MAYA", text="psst")
    entry = page.locator("[data-room=D0MAYA]")
    await expect(entry).to_have_text(re.compile("Headroom1$"))
    await entry.click()
    await expect(page.locator("#home")).to_contain_text("Welcome Maya")
    await page.click("text=Refresh")
    await page.click("[data-tab=messages]")
    await expect(page.locator("#messages")).to_contain_text("psst")
    await rig.town.courier.settled()
    assert len(rig.bot.of_type("app_home_opened")) == 1
    assert rig.bot.of_type("block_actions")[0]["container"]["type"] == "view"


async def test_other_rooms_are_shown_when_somebody_else_looks(rig: Rig, page: Page) -> None:
    await rig.client.chat_postMessage(channel="C0OPS", text="only for engineers")
    await expect(page.locator("#channels button")).to_have_count(3)
    await page.select_option("#who", "erik")
    await page.click("[data-room=C0OPS]")
    await expect(page.locator("#messages")).to_contain_text("only for engineers")


async def test_nothing_sticks_out_when_the_screen_is_a_phones(rig: Rig, page: Page) -> None:
    await page.set_viewport_size({"width": 390, "height": 800})
    await rig.client.chat_postMessage(
        channel="C0CAMPAIGN", text="x", blocks=[*CARD, chart(), data_table()]
    )
    await expect(page.locator(".chart")).to_be_visible()
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    await page.click("#menu")
    await page.click("[data-room=C0GENERAL]")
    await expect(page.locator("#room-name")).to_have_text("# general")


async def test_clock_jumps_when_a_person_winds_it(rig: Rig, page: Page) -> None:
    await expect(page.locator(".face b")).to_have_text("15:00")
    async with page.expect_response("**/town/clock"):
        await page.click("text=+1 h")
    await expect(page.locator(".face b")).to_have_text("16:00")
    assert rig.clock.now().hour == 15
