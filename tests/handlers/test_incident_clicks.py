"""Buttons, menus and the form of an incident on their way into the inbox: the right job, the right value."""

from typing import Any

import pytest

from bot.ports.jobs import JobName
from handlers.slack.deliveries import from_action, from_form, job_for
from tests.store.sample import NOW


def pressed(action: dict[str, Any]) -> dict[str, Any]:
    """Slack's payload of one action."""
    return {
        "type": "block_actions",
        "trigger_id": "1.2",
        "user": {"id": "U0ERIK"},
        "team": {"id": "T0CYMBAL"},
        "channel": {"id": "C0OPS", "name": "headroom-ops"},
        "actions": [{"action_ts": "3.4", **action}],
    }


@pytest.mark.parametrize(
    ("action", "job"),
    [
        ("incident.ack", JobName.RESPOND),
        ("incident.more", JobName.RESPOND),
        ("storm.ack", JobName.RESPOND),
        ("campaign.confirm", JobName.APPROVE),
    ],
)
def test_a_button_of_an_alert_wakes_the_flow_that_answers_alerts(action: str, job: str) -> None:
    delivery = from_action(pressed({"action_id": action, "value": "v1.sealed"}), NOW)
    assert (job_for(delivery).name, delivery.value) == (job, "v1.sealed")


def test_a_menu_carries_the_value_of_what_was_chosen() -> None:
    chosen = {"action_id": "incident.snooze", "selected_option": {"value": "v1.one-hour"}}
    delivery = from_action(pressed(chosen), NOW)
    assert (job_for(delivery).name, delivery.value) == (JobName.RESPOND, "v1.one-hour")


def test_the_form_of_an_incident_carries_what_was_filled_in() -> None:
    body = {
        "user": {"id": "U0ERIK"},
        "team": {"id": "T0CYMBAL"},
        "view": {
            "id": "V1",
            "callback_id": "incident.form",
            "private_metadata": '{"incident": "v1.sealed"}',
            "state": {
                "values": {
                    "assign": {"assign": {"type": "users_select", "selected_user": "U0ADA"}},
                    "deed": {"deed": {"selected_option": {"value": "snooze:1h"}}},
                    "mirror": {"mirror": {"selected_options": [{"value": "mirror"}]}},
                    "note": {"note": {"type": "plain_text_input", "value": None}},
                }
            },
        },
    }
    delivery = from_form(body, NOW)
    assert job_for(delivery).name == JobName.RESPOND
    assert delivery.values["assign"] == "U0ADA"
    assert (delivery.values["deed"], delivery.values["mirror"]) == ("snooze:1h", "mirror")
    assert delivery.values["note"] == ""
