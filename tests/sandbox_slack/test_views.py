"""Modals: triggers, stacks, submissions, and what the app answers."""

import asyncio
from typing import Any

import pytest
from starlette.responses import JSONResponse, PlainTextResponse, Response

from tests.sandbox_slack.kit import button, input_block, modal, option, plain, section
from tests.sandbox_slack.rig import Rig
from tests.sandbox_slack.test_web_api import code_of

NAME = input_block("name", {"type": "plain_text_input", "max_length": 20})
KINDS = [option("push", "Push"), option("email", "E-mail")]


async def trigger_of(rig: Rig) -> str:
    """A fresh trigger id of maya's."""
    await rig.town.say("maya", "/campaign", "#campaigns")
    return str(rig.bot.got[-1]["trigger_id"])


async def opened(rig: Rig, *blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A modal that maya has open."""
    answer = await rig.client.views_open(
        trigger_id=await trigger_of(rig), view=modal(*blocks, **more)
    )
    view: dict[str, Any] = answer["view"]
    return view


def answering(rig: Rig, answer: Response) -> None:
    """The bot answers everything with this."""

    async def reply(_: dict[str, Any]) -> Response:
        return answer

    rig.bot.reply = reply


async def test_trigger_is_refused_when_used_a_second_time(rig: Rig) -> None:
    trigger = await trigger_of(rig)
    await rig.client.views_open(trigger_id=trigger, view=modal())
    again = rig.client.views_open(trigger_id=trigger, view=modal())
    assert await code_of(again) == "exchanged_trigger_id"
    made_up = rig.client.views_open(trigger_id="1.2.3", view=modal())
    assert await code_of(made_up) == "invalid_trigger_id"


async def test_trigger_is_refused_when_three_seconds_have_passed(rig: Rig) -> None:
    trigger = await trigger_of(rig)
    await asyncio.sleep(3.1)
    late = rig.client.views_open(trigger_id=trigger, view=modal())
    assert await code_of(late) == "expired_trigger_id"


async def test_modal_is_pushed_up_to_three_high_when_its_triggers_come_from_it(rig: Rig) -> None:
    go = {"type": "actions", "elements": [button("More", "more")]}
    await opened(rig, go)
    for _ in range(2):
        await rig.town.click("maya", "More")
        await rig.client.views_push(trigger_id=rig.bot.got[-1]["trigger_id"], view=modal(go))
    await rig.town.click("maya", "More")
    call = rig.client.views_push(trigger_id=rig.bot.got[-1]["trigger_id"], view=modal(go))
    assert await code_of(call) == "push_limit_reached"
    assert len(rig.town.workspace.stacks["U0MAYA"]) == 3
    outside = rig.client.views_push(trigger_id=await trigger_of(rig), view=modal())
    assert await code_of(outside) == "not_found"


async def test_update_is_refused_when_the_hash_is_old_or_the_view_is_gone(rig: Rig) -> None:
    view = await opened(rig, external_id="form-1")
    fresh = modal(section("Thanks"), submit=None)
    fresh.pop("submit")
    await rig.client.views_update(view_id=view["id"], hash=view["hash"], view=fresh)
    update = rig.client.views_update
    assert (
        await code_of(update(view_id=view["id"], hash=view["hash"], view=fresh)) == "hash_conflict"
    )
    assert await code_of(update(view_id="V0", view=fresh)) == "not_found"
    assert "Thanks" in (await rig.town.sees("maya"))[-1].text


async def test_external_id_is_refused_when_it_is_taken(rig: Rig) -> None:
    await opened(rig, external_id="form-1")
    call = rig.client.views_open(trigger_id=await trigger_of(rig), view=modal(external_id="form-1"))
    assert await code_of(call) == "duplicate_external_id"


async def test_modal_closes_when_the_bot_accepts_the_submission(rig: Rig) -> None:
    selects = [
        input_block("kind", {"type": "static_select", "options": KINDS}),
        input_block("groups", {"type": "checkboxes", "options": [option("web"), option("pay")]}),
        input_block("date", {"type": "datepicker", "initial_date": "2025-11-28"}),
        input_block("count", {"type": "number_input", "is_decimal_allowed": False}, optional=True),
    ]
    await opened(rig, NAME, *selects, private_metadata="kept")
    outcome = await rig.town.submit(
        "maya", {"name": "Push", "kind": "E-mail", "groups": "web, pay"}
    )
    assert outcome.ok
    (sent,) = rig.bot.of_type("view_submission")
    state = sent["view"]["state"]["values"]
    assert state["kind"]["kind"]["selected_option"]["value"] == "email"
    assert [o["value"] for o in state["groups"]["groups"]["selected_options"]] == ["web", "pay"]
    assert state["date"]["date"] == {"type": "datepicker", "selected_date": "2025-11-28"}
    assert state["count"]["count"]["value"] is None
    assert sent["view"]["private_metadata"] == "kept"
    assert (await rig.town.sees("maya"))[-1].kind == "closed"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "required field"),
        ({"name": "x" * 21}, "at most 20"),
        ({"name": "ok", "date": "soon"}, "YYYY-MM-DD"),
        ({"name": "ok", "time": "8"}, "HH:MM"),
        ({"name": "ok", "kind": "radio"}, "no choice 'radio'"),
        ({"name": "ok", "count": "1.5"}, "whole number"),
        ({"name": "ok", "count": "many"}, "Enter a number"),
        ({"name": "ok", "count": "9"}, "at most 5"),
        ({"name": "ok", "nmae": "x"}, "no input nmae"),
    ],
)
async def test_slack_itself_refuses_the_form_when_an_input_cannot_be(
    rig: Rig, values: dict[str, Any], words: str
) -> None:
    more = [
        input_block("date", {"type": "datepicker"}, optional=True),
        input_block("time", {"type": "timepicker"}, optional=True),
        input_block("kind", {"type": "static_select", "options": KINDS}, optional=True),
        input_block(
            "count",
            {"type": "number_input", "is_decimal_allowed": False, "max_value": "5"},
            optional=True,
        ),
    ]
    await opened(rig, NAME, *more)
    outcome = await rig.town.submit("maya", values)
    assert not outcome.ok
    assert words in outcome.text
    assert rig.bot.of_type("view_submission") == []


async def test_errors_are_shown_at_their_field_when_the_bot_refuses(rig: Rig) -> None:
    await opened(rig, NAME)
    errors = {"response_action": "errors", "errors": {"name": "That name is taken."}}
    answering(rig, JSONResponse(errors))
    outcome = await rig.town.submit("maya", {"name": "Push"})
    assert (outcome.ok, outcome.text) == (False, "That name is taken.")
    assert "! That name is taken." in (await rig.town.sees("maya"))[-1].text


async def test_modal_changes_when_the_bot_answers_with_another(rig: Rig) -> None:
    await opened(rig, NAME)
    thanks = {**modal(section("Thanks")), "submit": plain("OK")}
    answering(rig, JSONResponse({"response_action": "update", "view": thanks}))
    await rig.town.submit("maya", {"name": "Push"})
    assert "Thanks" in (await rig.town.sees("maya"))[-1].text
    answering(rig, JSONResponse({"response_action": "push", "view": thanks}))
    await rig.town.submit("maya", {})
    assert len(rig.town.workspace.stacks["U0MAYA"]) == 2
    answering(rig, JSONResponse({"response_action": "clear"}))
    await rig.town.submit("maya", {})
    assert rig.town.workspace.stacks["U0MAYA"] == []


@pytest.mark.parametrize(
    "answer",
    [
        PlainTextResponse("boom", 500),
        PlainTextResponse("not json"),
        JSONResponse([]),
        JSONResponse({"response_action": "dance"}),
        JSONResponse({"response_action": "update", "view": {"type": "modal"}}),
        JSONResponse({"response_action": "errors", "errors": {"elsewhere": "Try again, please."}}),
    ],
)
async def test_modal_stays_and_says_so_when_the_bots_answer_is_no_good(
    rig: Rig, answer: Response
) -> None:
    await opened(rig, NAME)
    answering(rig, answer)
    outcome = await rig.town.submit("maya", {"name": "Push"})
    assert not outcome.ok
    assert "ry again" in outcome.text
    assert len(rig.town.workspace.stacks["U0MAYA"]) == 1


async def test_a_modal_stays_when_the_close_was_meant_for_the_one_before_it(rig: Rig) -> None:
    first = await opened(rig, NAME)
    second = await opened(rig, NAME, notify_on_close=True)
    stack, maya = rig.town.workspace.stacks["U0MAYA"], rig.town.scenario.person("maya")
    assert (await rig.town.people.close(maya, view_id=first["id"])).ok
    assert [view.id for view in stack] == [second["id"]]
    for _ in range(2):
        assert (await rig.town.people.close(maya, view_id=second["id"])).ok
    assert not stack
    assert len(rig.bot.of_type("view_closed")) == 1


async def test_a_form_is_not_sent_as_the_one_that_was_opened_over_it(rig: Rig) -> None:
    first = await opened(rig, NAME)
    await opened(rig, NAME)
    maya = rig.town.scenario.person("maya")
    with pytest.raises(LookupError, match="Another form"):
        await rig.town.people.submit(maya, {"name": "Push"}, view_id=first["id"])
    assert rig.bot.of_type("view_submission") == []


async def test_bot_hears_of_a_closed_modal_when_it_asked_to(rig: Rig) -> None:
    await opened(rig, NAME, notify_on_close=True, private_metadata="m")
    await rig.town.close_view("maya")
    (closed,) = rig.bot.of_type("view_closed")
    assert (closed["view"]["private_metadata"], closed["is_cleared"]) == ("m", False)
    await opened(rig, NAME)
    await rig.town.close_view("maya")
    assert len(rig.bot.of_type("view_closed")) == 1
    with pytest.raises(LookupError):
        await rig.town.close_view("maya")
