"""Google's exceptions become Headroom's families, in plain words and with the cause chained."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from google.api_core import exceptions
from google.auth import exceptions as auth
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import RetryInfo

from bot.adapters.google_errors import plain_words, translated
from bot.errors import (
    GiveUp,
    HeadroomError,
    NotAllowed,
    NotFound,
    Refused,
    SlowDown,
    Stale,
    TryAgain,
)

QUOTA = (
    "Max instances must be set to 28 or fewer to set the requested total CPU. Quota violated: "
    "CpuAllocPerProjectRegion requested: 200000 allowed: 56000 - "
    "MemAllocPerProjectRegion requested: 214748364800 allowed: 120259084288"
)


def made(kind: Callable[..., Exception], *arguments: object, **more: object) -> Exception:
    """An exception of Google's, whose classes carry no types."""
    return kind(*arguments, **more)


def translate(error: Exception) -> HeadroomError:
    """What the translation makes of it."""
    with (
        pytest.raises(HeadroomError) as caught,
        translated("set the scaling of shop", needs="run.services.update"),
    ):
        raise error
    assert caught.value.__cause__ is error
    return caught.value


@pytest.mark.parametrize(
    ("error", "family"),
    [
        (made(exceptions.Aborted, "version 'A' was specified but current is 'B'"), Stale),
        (made(exceptions.Conflict, "409"), Stale),
        (made(exceptions.AlreadyExists, "Revision named 'x' …"), Refused),
        (made(exceptions.ResourceExhausted, "Quota exceeded for quota metric"), SlowDown),
        (made(exceptions.TooManyRequests, "429"), SlowDown),
        (made(exceptions.ServiceUnavailable, "down"), TryAgain),
        (made(exceptions.DeadlineExceeded, "slow"), TryAgain),
        (made(exceptions.InternalServerError, "oops"), TryAgain),
        (made(exceptions.Unknown, "?"), TryAgain),
        (made(exceptions.Cancelled, "closing"), TryAgain),
        (made(exceptions.RetryError, "gave up", ConnectionError()), TryAgain),
        (TimeoutError(), TryAgain),
        (ConnectionResetError(), TryAgain),
        (made(auth.TransportError, "no metadata server"), TryAgain),
        (made(auth.DefaultCredentialsError, "none"), NotAllowed),
        (made(auth.RefreshError, "revoked"), NotAllowed),
        (made(exceptions.NotFound, "gone"), NotFound),
        (made(exceptions.PermissionDenied, "403"), NotAllowed),
        (made(exceptions.Unauthenticated, "401"), NotAllowed),
        (made(exceptions.InvalidArgument, "bad"), Refused),
        (made(exceptions.FailedPrecondition, "not now"), Refused),
        (made(exceptions.MethodNotImplemented, "501"), GiveUp),
    ],
)
def test_each_exception_has_its_family(error: Exception, family: type[HeadroomError]) -> None:
    assert type(translate(error)) is family


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (made(exceptions.ServiceUnavailable, "down"), "not available at the moment"),
        (made(exceptions.DeadlineExceeded, "slow"), "no answer in time"),
        (made(exceptions.RetryError, "gave up", TimeoutError()), "no answer in time"),
        (TimeoutError(), "no answer in time"),
        (made(exceptions.InternalServerError, "oops"), "something failed inside Google"),
        (made(exceptions.BadGateway, "oops"), "something failed inside Google"),
        (ConnectionResetError(), "the connection broke"),
        (made(exceptions.ResourceExhausted, "slower"), "a quota of Google's API is used up"),
        (made(exceptions.Aborted, "etag"), "somebody changed it meanwhile"),
        (made(exceptions.NotFound, "gone"), "does not exist (any more)"),
    ],
)
def test_each_kind_of_silence_has_its_own_words(error: Exception, words: str) -> None:
    said = str(translate(error))
    assert said.startswith("could not set the scaling of shop: ")
    assert words in said


def test_a_missing_permission_is_named() -> None:
    assert "run.services.update" in str(translate(made(exceptions.PermissionDenied, "403")))


def test_a_quota_pause_is_googles_when_it_names_one() -> None:
    info = RetryInfo(retry_delay=Duration(seconds=41, nanos=500_000_000))
    error = translate(made(exceptions.ResourceExhausted, "slower", details=[info]))
    assert isinstance(error, SlowDown)
    assert error.after == timedelta(seconds=41.5)


def test_a_quota_pause_has_a_default_when_google_names_none() -> None:
    error = translate(made(exceptions.ResourceExhausted, "slower"))
    assert isinstance(error, SlowDown)
    assert error.after == timedelta(seconds=20)


def test_a_cpu_quota_is_told_in_plain_words() -> None:
    error = translate(made(exceptions.InvalidArgument, QUOTA))
    assert isinstance(error, Refused)
    assert error.code == "QUOTA"
    assert "200 vCPU asked for, the region's quota is 56" in error.reason
    assert "at most 28 instances fit" in error.reason


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("For the specified value, maxScale may not exceed 10.", "at most 10 instances fit"),
        ("something else", "something else"),
        (
            QUOTA,
            "200 vCPU asked for, the region's quota is 56; 200 GiB of memory asked for, the "
            "region's quota is 112; at most 28 instances fit",
        ),
    ],
)
def test_quota_texts_become_words(text: str, words: str) -> None:
    assert plain_words(text) == words
