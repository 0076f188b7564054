"""The two doors: secrets, limits, what is answered; and nothing that was sent is lost."""

import base64
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from starlette.applications import Starlette

from bot.core.alert import Via
from bot.core.alert_parsing import parse
from bot.errors import TryAgain
from bot.store.database import Database
from handlers.http.alerts import BODY_LIMIT, alert_routes
from handlers.http.callers import PushIdentity, PushTokens, WebhookSecrets
from tests.core_alerts.samples import PAYLOADS
from tests.core_alerts.test_parsing_fuzz import mutated
from tests.fakes import FakeClock
from tests.handlers.door import NOW
from tests.handlers_alerts.door import PASSWORDS, TOKENS, Door, open_door
from tests.handlers_alerts.google import AUDIENCE, EMAIL, Certs, push, signer

INCIDENT = {"version": "1.2", "incident": {"incident_id": "0.a", "state": "open", "started_at": 7}}
BODY = json.dumps(INCIDENT).encode()


def basic(text: str) -> str:
    return f"Basic {base64.b64encode(text.encode()).decode()}"


@pytest.mark.parametrize("token", TOKENS)
async def test_every_valid_token_lets_in_so_that_it_can_be_changed(token: str) -> None:
    assert (await open_door().webhook(BODY, query=f"?auth_token={token}")).status_code == 200
    assert (await open_door().webhook(BODY, authorization=f"Bearer {token}")).status_code == 200


@pytest.mark.parametrize("password", PASSWORDS)
async def test_every_valid_password_lets_in(password: str) -> None:
    assert (await open_door().webhook(BODY, authorization=basic(password))).status_code == 200


@pytest.mark.parametrize(
    ("sentence", "query", "authorization"),
    [
        ("nothing", "?x=1", ""),
        ("an empty token", "?auth_token=", ""),
        ("a token cut short", f"?auth_token={TOKENS[0][:-1]}", ""),
        ("a token and more", f"?auth_token={TOKENS[0]}x", ""),
        ("a password as token", f"?auth_token={PASSWORDS[0]}", ""),
        ("a token as password", "", basic(TOKENS[0])),
        ("another user", "", basic("other:the-new-password-2")),
        ("no base64", "", "Basic %%%"),
        ("an unknown scheme", "", f"Digest {TOKENS[0]}"),
        ("a Google token", "", f"Bearer {signer('key-1').token()}"),
    ],
)
async def test_anything_else_is_turned_away(sentence: str, query: str, authorization: str) -> None:
    door = open_door()
    answer = await door.webhook(BODY, query=query, authorization=authorization)
    assert answer.status_code == 401, sentence
    assert door.kept.notifications == []


async def test_nobody_is_let_in_while_no_secret_is_configured() -> None:
    door = open_door(secrets=WebhookSecrets())
    for query in ("?auth_token=", "?auth_token=x", ""):
        assert (await door.client.post(f"/alerts/webhook{query}", content=BODY)).status_code == 401
    assert (await door.webhook(BODY, authorization=basic(""))).status_code == 401


async def test_a_secret_is_compared_with_all_valid_ones_whichever_matches() -> None:
    """The time does not tell which secret is nearly right: every one is compared, digest by digest."""
    secrets = WebhookSecrets(TOKENS, PASSWORDS)
    assert [secrets.admits("", token) for token in TOKENS] == [True, True]
    assert not secrets.admits("", "the-old-webhook-tokem")
    assert "token" not in repr(secrets)


async def test_the_same_alert_on_both_ways_counts_once() -> None:
    door = open_door()
    assert (await door.pubsub(push(INCIDENT))).status_code == 200
    assert (await door.webhook(BODY)).status_code == 200
    assert [(one.via, one.received_at) for one in door.kept.notifications] == [(Via.PUBSUB, NOW)]


async def test_a_body_beyond_the_limit_is_refused_before_anything_else() -> None:
    door = open_door()
    assert (await door.webhook(b" " * (BODY_LIMIT + 1))).status_code == 413
    assert (
        await door.client.post("/alerts/pubsub", content=b"x" * (BODY_LIMIT + 1))
    ).status_code == 413
    fits = json.dumps("x" * (BODY_LIMIT - 2)).encode()
    assert (await door.webhook(fits)).status_code == 200


async def test_a_body_in_pieces_is_bounded_too() -> None:
    async def pieces() -> Any:
        for _ in range(20):
            yield b"x" * 100_000

    door = open_door()
    url = f"/alerts/webhook?auth_token={TOKENS[0]}"
    assert (await door.client.post(url, content=pieces())).status_code == 413


@pytest.mark.parametrize("body", [b"", b"  \n"])
async def test_an_empty_body_is_a_mistake(body: bytes) -> None:
    answer = await open_door().webhook(body)
    assert (answer.status_code, answer.json()) == (400, {"status": "the body is empty"})


async def test_a_wrong_setting_is_in_the_log_once_a_minute_and_names_what_to_compare(
    caplog: pytest.LogCaptureFixture,
) -> None:
    door = open_door()
    for _ in range(3):
        await door.pubsub(push(INCIDENT), token="another")
    door.clock.advance(timedelta(minutes=1))
    await door.pubsub(push(INCIDENT), token="another")
    await door.webhook(b"x" * (BODY_LIMIT + 1))
    await door.webhook(BODY)
    first, later, large = [one.getMessage() for one in caplog.records]
    assert "turned away: 1," in first and "HEADROOM_PUBSUB_AUDIENCE" in first
    assert "turned away: 3," in later and "another" not in later
    assert "larger than 1 MiB" in large and "HEADROOM_ALERT_TOKENS" in large


async def test_only_posting_is_possible() -> None:
    for path in ("/alerts/pubsub", "/alerts/webhook"):
        assert (await open_door().client.get(path)).status_code == 405


async def test_the_sender_is_asked_to_come_again_when_it_could_not_be_stored() -> None:
    door = open_door()
    door.kept.failure = TryAgain("the database is away")
    assert (await door.webhook(BODY)).status_code == 503
    assert (await door.pubsub(push(INCIDENT))).status_code == 503


@pytest.mark.parametrize("path", sorted(PAYLOADS.glob("*.json")), ids=lambda path: path.stem)
async def test_every_sample_is_stored_as_it_came(path: Any) -> None:
    door = open_door()
    raw = path.read_bytes()
    assert (await door.webhook(raw)).status_code == 200
    assert door.kept.notifications[0].raw == raw.decode()


@settings(deadline=None, max_examples=100)
@given(mutated())
async def test_a_mutated_payload_is_stored_or_clearly_refused_never_an_error(content: Any) -> None:
    door = open_door()
    pushed = await door.pubsub(push(content))
    posted = await door.webhook(json.dumps(content).encode())
    assert {pushed.status_code, posted.status_code} <= {200, 400}
    for one in door.kept.notifications:
        assert parse(one).identity == one.identity


async def test_what_was_answered_to_is_in_the_database_on_both_ways_once(
    any_database: Database,
) -> None:
    routes = alert_routes(
        any_database.accept_alert,
        PushTokens(PushIdentity(AUDIENCE, EMAIL), Certs({"key-1": signer("key-1").cert}).fetch),
        WebhookSecrets(TOKENS),
        FakeClock(NOW),
    )
    transport = httpx.ASGITransport(app=Starlette(routes=routes))
    door = Door(
        httpx.AsyncClient(transport=transport, base_url="http://bot"),
        open_door().kept,
        Certs(),
        FakeClock(NOW),
    )
    bodies = [
        BODY,
        b"\xff\x00 rubbish",
        b'{"incident": {"state": "open", "summary": "\\ud800\\u0000"}}',
    ]
    for body in bodies:
        assert (await door.webhook(body)).status_code == 200
    assert (await door.pubsub(push(INCIDENT, message_id="9", budgetId="\x00"))).status_code == 200
    async with any_database.begin() as tx:
        kept = await tx.alerts.waiting()
        assert [one.seq for one in kept] == sorted(one.seq for one in kept)
    assert len(kept) == 3
