"""Slash commands: stored under their trigger id, sent to one job, acknowledged with few words."""

from urllib.parse import parse_qsl, quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ports.jobs import Job, JobName
from handlers.slack.gate import form_fields
from tests.handlers.door import NOW, Door
from tests.handlers.test_clicks import CLICK


async def test_a_campaign_is_stored_and_acknowledged_when_it_is_typed(door: Door) -> None:
    response = await door.command()
    delivery, job = door.inbox.only
    assert response.status_code == 200
    assert response.json() == {
        "text": "Got it. The answer appears here in a few seconds.",
        "response_type": "ephemeral",
    }
    assert job == Job(JobName.ANNOUNCE, "command:T0CYMBAL:111.222.abc")
    assert delivery.identity == job.key
    assert delivery.text.startswith("Black Friday push Fri 28 Nov")
    assert (delivery.user, delivery.channel) == ("U0MAYA", "C0CAMPAIGN")
    assert delivery.received_at == NOW


async def test_one_delivery_is_kept_when_slack_sends_the_same_command_three_times(
    door: Door,
) -> None:
    answers = [await door.command() for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert len(door.inbox.accepted) == 1


async def test_a_command_with_the_word_payload_in_it_is_a_command_like_any_other(
    door: Door,
) -> None:
    response = await door.command(text="New payload=x & payload push tomorrow x2 #web")
    assert response.json()["text"].startswith("Got it.")
    assert door.inbox.only[0].text == "New payload=x & payload push tomorrow x2 #web"


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=30), max_size=6), st.text(max_size=20))
def test_a_form_is_read_as_the_standard_library_reads_it(fields: dict[str, str], rest: str) -> None:
    for form in (
        urlencode(fields),
        urlencode(fields, quote_via=quote),
        rest,
        f"a=%zz&=%C3&{rest}&&b",
    ):
        assert form_fields(form) == dict(parse_qsl(form, keep_blank_values=True))


async def test_two_deliveries_are_kept_when_a_person_types_the_same_twice(door: Door) -> None:
    await door.command()
    await door.command(trigger_id="111.222.def")
    assert len(door.inbox.accepted) == 2


@pytest.mark.parametrize(
    ("command", "text", "job"),
    [
        ("/campaign", "", JobName.ANNOUNCE),
        ("/campaign", "Sale tomorrow x2 #web", JobName.ANNOUNCE),
        ("/campaign", "help", JobName.ANSWER),
        ("/headroom", "", JobName.ANSWER),
        ("/headroom", "status", JobName.STATUS),
        ("/headroom", "campaign Sale tomorrow x2 #web", JobName.ANNOUNCE),
        ("/headroom", "sttaus", JobName.ANSWER),
    ],
)
async def test_one_job_is_woken_when_a_command_is_typed(
    door: Door, command: str, text: str, job: JobName
) -> None:
    await door.command(command=command, text=text)
    assert door.inbox.only[1].name == job


@pytest.mark.parametrize(
    ("command", "text"),
    [("/headroom", "status"), ("/headroom", "help"), ("/campaign", "")],
)
async def test_nothing_is_said_when_the_answer_itself_follows_at_once(
    door: Door, command: str, text: str
) -> None:
    response = await door.command(command=command, text=text)
    assert (response.status_code, response.text) == (200, "")


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("x3 <#C0WEB|web>", "x3 #web"),
        ("x3 <#C0WEB>", "x3 <#C0WEB>"),
        ("Buy &amp; save &lt;3", "Buy & save <3"),
        ("&amp;lt;", "&lt;"),
        ("  spaces  ", "spaces"),
    ],
)
async def test_the_text_is_read_as_typed_when_slack_has_escaped_it(
    door: Door, sent: str, read: str
) -> None:
    await door.command(text=sent)
    assert door.inbox.only[0].text == read


async def test_a_foreign_command_is_answered_when_it_is_misconfigured(door: Door) -> None:
    response = await door.command(command="/hello-campaign")
    assert "/headroom help" in response.json()["text"]
    assert door.inbox.accepted == []


async def test_the_text_can_be_stored_when_it_holds_what_no_database_takes(door: Door) -> None:
    await door.command(text="Sale\x00 x2")
    click = CLICK | {"channel": {"id": "C1", "name": "half \ud83c and \x00"}}
    await door.interact(click)
    (command, _), (action, _) = door.inbox.accepted
    assert command.text == "Sale x2"
    assert action.channel_name == "half ? and "
