"""Buttons and forms: stored with their value, sent to one job; a second press is told apart from a retry."""

from copy import deepcopy
from typing import Any

import pytest

from bot.ports.jobs import Job, JobName
from tests.handlers.door import Door

CLICK: dict[str, Any] = {
    "type": "block_actions",
    "user": {"id": "U0MAYA", "name": "maya", "team_id": "T0CYMBAL"},
    "team": {"id": "T0CYMBAL", "domain": "cymbal"},
    "channel": {"id": "C0CAMPAIGN", "name": "campaigns"},
    "container": {"type": "message", "message_ts": "1764338400.000100", "channel_id": "C0CAMPAIGN"},
    "trigger_id": "111.333.abc",
    "response_url": "http://127.0.0.1:9/actions/1",
    "actions": [
        {
            "type": "button",
            "action_id": "campaign.confirm",
            "block_id": "b",
            "value": "v1.campaign.confirm.c-1.1.sig",
            "action_ts": "1764338401.5",
        }
    ],
}

FORM: dict[str, Any] = {
    "type": "view_submission",
    "user": {"id": "U0MAYA", "name": "maya"},
    "team": {"id": "T0CYMBAL"},
    "trigger_id": "111.444.abc",
    "view": {
        "id": "V1",
        "type": "modal",
        "hash": "156772938.1827394",
        "callback_id": "campaign.form",
        "private_metadata": '{"campaign":"","channel":"C0CAMPAIGN"}',
        "state": {
            "values": {
                "name": {"name": {"type": "plain_text_input", "value": "Black Friday"}},
                "kind": {"kind": {"type": "static_select", "selected_option": {"value": "push"}}},
                "date": {"date": {"type": "datepicker", "selected_date": "2025-11-28"}},
                "start": {"start": {"type": "timepicker", "selected_time": "18:00"}},
                "end": {"end": {"type": "timepicker", "selected_time": None}},
                "groups": {
                    "groups": {
                        "type": "multi_static_select",
                        "selected_options": [{"value": "web"}, {"value": "checkout"}],
                    }
                },
            }
        },
    },
}


async def test_a_click_is_stored_with_its_value_when_a_button_is_pressed(door: Door) -> None:
    response = await door.interact(CLICK)
    delivery, job = door.inbox.only
    assert (response.status_code, response.text) == (200, "")
    assert delivery.identity == "action:111.333.abc:campaign.confirm:1764338401.5"
    assert job == Job(JobName.APPROVE, delivery.identity)
    assert delivery.value == "v1.campaign.confirm.c-1.1.sig"
    assert delivery.action == "campaign.confirm"
    assert (delivery.message_ts, delivery.channel) == ("1764338400.000100", "C0CAMPAIGN")
    assert delivery.response_url == "http://127.0.0.1:9/actions/1"


@pytest.mark.parametrize("action", ["campaign.approve", "campaign.cancel", "form.open"])
async def test_the_approve_job_is_woken_when_any_of_our_buttons_is_pressed(
    door: Door, action: str
) -> None:
    click = deepcopy(CLICK)
    click["actions"][0]["action_id"] = action
    await door.interact(click)
    assert door.inbox.only[1].name == JobName.APPROVE


async def test_an_old_button_is_answered_when_nobody_knows_it_any_more(door: Door) -> None:
    click = deepcopy(CLICK)
    click["actions"][0]["action_id"] = "campaign.party"
    response = await door.interact(click)
    assert response.status_code == 200
    assert door.inbox.only[1].name == JobName.ANSWER


async def test_two_clicks_are_kept_when_a_person_presses_twice(door: Door) -> None:
    await door.interact(CLICK)
    again = deepcopy(CLICK) | {"trigger_id": "111.333.def"}
    again["actions"][0]["action_ts"] = "1764338401.9"
    await door.interact(again)
    await door.interact(again)
    assert len(door.inbox.accepted) == 2


async def test_a_form_is_stored_with_all_values_when_it_is_sent(door: Door) -> None:
    response = await door.interact(FORM)
    delivery, job = door.inbox.only
    assert (response.status_code, response.text) == (200, "")
    assert job == Job(JobName.ANNOUNCE, delivery.identity)
    assert delivery.values == {
        "name": "Black Friday",
        "kind": "push",
        "date": "2025-11-28",
        "start": "18:00",
        "end": "",
        "groups": "web,checkout",
    }
    assert delivery.metadata == '{"campaign":"","channel":"C0CAMPAIGN"}'
    assert delivery.action == "campaign.form"


async def test_a_form_counts_once_when_it_is_sent_again_unchanged(door: Door) -> None:
    await door.interact(FORM)
    await door.interact(FORM | {"trigger_id": "111.444.def"})
    assert len(door.inbox.accepted) == 1


async def test_a_form_counts_again_when_something_was_changed_before_sending(door: Door) -> None:
    await door.interact(FORM)
    changed = deepcopy(FORM)
    changed["view"]["state"]["values"]["name"]["name"]["value"] = "White Friday"
    await door.interact(changed)
    assert len(door.inbox.accepted) == 2


@pytest.mark.parametrize(
    "state",
    [None, {}, {"values": []}, {"values": {"a": None}}, {"values": {"a": {"b": 7}}}],
)
async def test_a_form_is_taken_when_its_state_is_strange(door: Door, state: object) -> None:
    changed = deepcopy(FORM)
    changed["view"]["state"] = state
    response = await door.interact(changed)
    assert response.status_code == 200
    assert len(door.inbox.accepted) == 1


async def test_a_closed_form_and_a_foreign_one_are_only_acknowledged(door: Door) -> None:
    closed = deepcopy(FORM) | {"type": "view_closed"}
    foreign = deepcopy(FORM)
    foreign["view"]["callback_id"] = "somebody.elses"
    statuses = [(await door.interact(payload)).status_code for payload in (closed, foreign)]
    assert statuses == [200, 200]
    assert door.inbox.accepted == []
