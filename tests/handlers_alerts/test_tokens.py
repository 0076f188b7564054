"""Pub/Sub's OIDC tokens: only Google's signature, for our audience, by our service account, in time."""

import base64
import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import TryAgain
from handlers.http.callers import PushIdentity
from tests.handlers_alerts.door import open_door
from tests.handlers_alerts.google import AUDIENCE, EMAIL, push, signer

BODY = push({"version": "1.2", "incident": {"incident_id": "0.a", "state": "open"}})
HOUR = 3600


async def status(token: str | None) -> int:
    return (await open_door().pubsub(BODY, token)).status_code


async def test_a_token_of_googles_is_let_in() -> None:
    door = open_door()
    assert (await door.pubsub(BODY)).status_code == 200
    assert [one.identity for one in door.kept.notifications] == ["monitoring/0.a/open/0/0"]


@pytest.mark.parametrize(
    ("sentence", "claims"),
    [
        ("another issuer", {"iss": "https://evil.example"}),
        ("no issuer", {"iss": None}),
        ("another audience", {"aud": "https://other.example/alerts/pubsub"}),
        ("no audience", {"aud": None}),
        ("another service account", {"email": "other@cymbal-shop.iam.gserviceaccount.com"}),
        ("no e-mail", {"email": None}),
        ("an e-mail that is not verified", {"email_verified": False}),
        ("an e-mail verified in words", {"email_verified": "true"}),
        ("expired", {"iat": int(time.time()) - 2 * HOUR, "exp": int(time.time()) - HOUR}),
        ("from the future", {"iat": int(time.time()) + HOUR, "exp": int(time.time()) + 2 * HOUR}),
        ("without an end", {"exp": None}),
        ("with an end in words", {"exp": "never"}),
    ],
)
async def test_a_token_with_wrong_claims_is_turned_away(
    sentence: str, claims: dict[str, Any]
) -> None:
    door = open_door()
    answer = await door.pubsub(BODY, signer("key-1").token(**claims))
    assert answer.status_code == 401, sentence
    assert door.kept.notifications == []


async def test_the_older_form_of_the_issuer_is_googles_too() -> None:
    assert await status(signer("key-1").token(iss="accounts.google.com")) == 200


async def test_a_signature_of_another_key_is_turned_away() -> None:
    forged = signer("key-2").token(header={"kid": "key-1"})
    assert await status(forged) == 401


async def test_an_unsigned_token_is_turned_away() -> None:
    head, claims, _ = signer("key-1").token(header={"alg": "none"}).split(".")
    assert await status(f"{head}.{claims}.") == 401
    symmetric = signer("key-1").token(header={"alg": "HS256"})
    assert await status(symmetric) == 401


async def test_changed_claims_are_turned_away() -> None:
    head, claims, signature = signer("key-1").token(email="x@y.z").split(".")
    padded = claims + "=" * (-len(claims) % 4)
    changed = json.loads(base64.urlsafe_b64decode(padded)) | {"email": EMAIL}
    again = base64.urlsafe_b64encode(json.dumps(changed).encode()).rstrip(b"=").decode()
    assert await status(f"{head}.{again}.{signature}") == 401


@pytest.mark.parametrize("token", [None, "x", "a.b.c", "....", "é", "a" * 5000])
async def test_what_is_no_token_is_turned_away(token: str | None) -> None:
    header = [] if token is None else [(b"authorization", f"Bearer {token}".encode())]
    door = open_door()
    answer = await door.client.post("/alerts/pubsub", content=BODY, headers=header)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


@settings(deadline=None, max_examples=100)
@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60))
async def test_any_other_text_is_turned_away(token: str) -> None:
    assert await status(token or None) == 401


async def test_parts_that_are_json_but_no_objects_are_turned_away() -> None:
    for part in (b"[]", b"5", b"null", b"{}", b'{"kid": 5}', b'{"kid": []}'):
        piece = base64.urlsafe_b64encode(part).rstrip(b"=").decode()
        assert await status(f"{piece}.{piece}.{piece}") == 401


async def test_nobody_is_let_in_while_no_audience_or_account_is_configured() -> None:
    for identity in (PushIdentity("", EMAIL), PushIdentity(AUDIENCE, ""), PushIdentity("", "")):
        assert (await open_door(identity).pubsub(BODY)).status_code == 401


async def test_certificates_are_fetched_once_and_a_token_is_verified_once() -> None:
    door = open_door()
    token = signer("key-1").token()
    for _ in range(5):
        assert (await door.pubsub(BODY, token)).status_code == 200
    assert (await door.pubsub(BODY, signer("key-1").token(sub="2"))).status_code == 200
    assert door.certs.asked == 1


async def test_unknown_keys_do_not_make_us_ask_google_all_the_time() -> None:
    door = open_door()
    for number in range(5):
        unknown = signer("key-2").token(header={"kid": f"new-{number}"})
        assert (await door.pubsub(BODY, unknown)).status_code == 401
    assert door.certs.asked == 1


async def test_the_sender_is_asked_to_come_again_while_the_certificates_cannot_be_had() -> None:
    door = open_door()
    door.certs.failure = TryAgain("no network")
    assert (await door.pubsub(BODY)).status_code == 503
    door.certs.failure = None
    assert (await door.pubsub(BODY)).status_code == 200


async def test_a_remembered_token_is_not_let_in_after_it_has_expired() -> None:
    door = open_door()
    now = int(time.time())
    # Google allows clocks to differ by some seconds; so do we, and no more.
    token = signer("key-1").token(iat=now - HOUR, exp=now - 9)
    assert (await door.pubsub(BODY, token)).status_code == 200
    expires_at = now + 1
    while time.time() < expires_at + 0.1:
        last = (await door.pubsub(BODY, token)).status_code
    assert last == 401
