"""Who is let in: only what Slack signed, recently, byte for byte."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest

from tests.handlers.door import COMMAND, Door, signed

BODY = urlencode(COMMAND)


@pytest.mark.parametrize(
    ("case", "headers"),
    [
        ("no signature", {"x-slack-signature": ""}),
        ("no timestamp", {"x-slack-request-timestamp": ""}),
        ("a wrong signature", {"x-slack-signature": "v0=" + "0" * 64}),
        ("a signature in no alphabet", {"x-slack-signature": "v0=\xe9\xe9"}),
        ("a timestamp in words", {"x-slack-request-timestamp": "yesterday"}),
        ("a negative timestamp", {"x-slack-request-timestamp": "-5"}),
        ("an endless timestamp", {"x-slack-request-timestamp": "9" * 5000}),
    ],
)
async def test_nothing_is_accepted_when_the_signature_is_not_slacks(
    door: Door, case: str, headers: dict[str, str]
) -> None:
    response = await door.send(BODY, headers=signed(BODY.encode()) | headers)
    assert response.status_code == 401, case
    assert door.inbox.accepted == []


@pytest.mark.parametrize("seconds", [302, 3600, -302])
async def test_nothing_is_accepted_when_the_request_is_stale_or_from_the_future(
    door: Door, seconds: int
) -> None:
    response = await door.send(BODY, age=timedelta(seconds=seconds))
    assert response.status_code == 401
    assert door.inbox.accepted == []


async def test_a_request_is_accepted_when_it_is_almost_five_minutes_old(door: Door) -> None:
    response = await door.send(BODY, age=timedelta(seconds=297))
    assert response.status_code == 200
    assert len(door.inbox.accepted) == 1


async def test_nothing_is_accepted_when_the_body_was_changed_on_the_way(door: Door) -> None:
    response = await door.send(BODY + "&text=x99", headers=signed(BODY.encode()))
    assert response.status_code == 401
    assert door.inbox.accepted == []


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"{", "application/json"),
        (b"[1, 2]", "application/json"),
        (b"payload=null", "application/x-www-form-urlencoded"),
        (b"payload=%7B", "application/x-www-form-urlencoded"),
        (b'payload={"type":"block_actions","user":7}', "application/x-www-form-urlencoded"),
    ],
)
async def test_an_unreadable_body_is_refused_without_a_crash_when_it_is_signed(
    door: Door, body: bytes, content_type: str
) -> None:
    response = await door.send(body, content_type=content_type)
    assert response.status_code in {200, 400, 404}
    assert door.inbox.accepted == []


async def test_an_unreadable_body_is_unauthorised_when_it_is_unsigned(door: Door) -> None:
    response = await door.send(b"{", headers={"x-slack-request-timestamp": "1"})
    assert response.status_code == 401


async def test_a_body_is_unauthorised_when_it_is_not_even_text(door: Door) -> None:
    response = await door.send(b"\xff\xfe", headers=signed(b"anything"))
    assert response.status_code == 401


async def test_a_body_is_refused_when_it_is_larger_than_slack_sends(door: Door) -> None:
    response = await door.send(b"x" * (1024 * 1024 + 1))
    assert response.status_code == 413
    assert door.inbox.accepted == []
