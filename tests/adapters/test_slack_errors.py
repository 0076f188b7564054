"""Slack's error codes and lost answers become Headroom's families; secrets stay out of the text."""

from datetime import timedelta

import aiohttp
import pytest

from bot.adapters.slack_errors import refusal, translated
from bot.errors import (
    GiveUp,
    HeadroomError,
    NotAllowed,
    NotFound,
    Refused,
    SlowDown,
    TryAgain,
)


@pytest.mark.parametrize(
    ("code", "status", "family"),
    [
        ("channel_not_found", 200, NotFound),
        ("message_not_found", 200, NotFound),
        ("user_not_found", 200, NotFound),
        ("user_not_in_channel", 200, NotFound),
        ("not_in_channel", 200, NotAllowed),
        ("is_archived", 200, NotAllowed),
        ("missing_scope", 200, NotAllowed),
        ("restricted_action", 200, NotAllowed),
        ("restricted_action_read_only_channel", 200, NotAllowed),
        ("restricted_action_thread_only_channel", 200, NotAllowed),
        ("restricted_action_non_threadable_channel", 200, NotAllowed),
        ("restricted_action_thread_locked", 200, NotAllowed),
        ("ekm_access_denied", 200, NotAllowed),
        ("invalid_auth", 200, NotAllowed),
        ("invalid_blocks", 200, Refused),
        ("msg_blocks_too_long", 200, Refused),
        ("expired_trigger_id", 200, Refused),
        ("a_code_of_next_year", 200, Refused),
        ("internal_error", 200, TryAgain),
        ("team_added_to_org", 200, TryAgain),
        ("external_channel_migrating", 200, TryAgain),
        ("", 500, TryAgain),
        ("", 503, TryAgain),
        ("", 200, TryAgain),
        ("ratelimited", 429, SlowDown),
        ("", 429, SlowDown),
        ("ratelimited", 200, SlowDown),
    ],
)
def test_each_answer_has_its_family(code: str, status: int, family: type[HeadroomError]) -> None:
    assert type(refusal("chat.postMessage", code, status=status, headers={})) is family


def test_a_refusal_keeps_slacks_code() -> None:
    error = refusal("views.open", "expired_trigger_id", status=200, headers={})
    assert isinstance(error, Refused)
    assert error.code == "expired_trigger_id"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [({"Retry-After": "7"}, 7), ({}, 30), ({"Retry-After": "soon"}, 30)],
)
def test_a_rate_limit_says_how_long(headers: dict[str, str], seconds: int) -> None:
    error = refusal("chat.update", "ratelimited", status=429, headers=headers)
    assert isinstance(error, SlowDown)
    assert error.after == timedelta(seconds=seconds)


def test_a_missing_scope_is_named() -> None:
    error = refusal("x", "missing_scope", status=200, headers={}, needed="files:write")
    assert "files:write" in str(error)


@pytest.mark.parametrize(
    "error", [aiohttp.ServerDisconnectedError(), TimeoutError(), ConnectionRefusedError()]
)
def test_a_lost_answer_may_be_tried_again(error: Exception) -> None:
    with pytest.raises(TryAgain) as caught, translated("chat.postMessage"):
        raise error
    assert caught.value.__cause__ is error


def test_a_secret_address_stays_out_of_error_and_chain() -> None:
    with pytest.raises(GiveUp) as caught, translated("response_url"):
        raise aiohttp.InvalidURL("ftp://hooks.slack.com/commands/secret")
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
