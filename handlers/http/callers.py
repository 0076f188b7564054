"""Who may bring alerts: Pub/Sub's OIDC tokens and the webhook's shared secrets. Used by alerts.

Fail closed: what is not configured lets nobody in.
"""

import asyncio
import base64
import binascii
import hmac
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from google.auth import exceptions as google_errors
from google.auth import jwt

from bot.errors import HeadroomError

ISSUERS = frozenset({"accounts.google.com", "https://accounts.google.com"})

_CERTS_AGE = 3600.0
_CERTS_YOUNG = 30.0  # an unknown key makes us fetch anew, but not more often than this
_MOST_TOKENS = 64
_LONGEST_TOKEN = 4096
_SKEW = 10

# Fetches the certificates: key id to PEM text. Raises TryAgain or GiveUp.
FetchCerts = Callable[[], Awaitable[Mapping[str, str]]]

_log = logging.getLogger("headroom.alerts.callers")


class Unverifiable(Exception):
    """The certificates cannot be had: it is not known who called, and they should try again."""


@dataclass(frozen=True, slots=True)
class PushIdentity:
    """Whom Pub/Sub must be: the subscription's service account, and the audience it was given."""

    audience: str
    email: str


class PushTokens:
    """Verifies bearer tokens of Pub/Sub push requests; remembers what it has verified until it expires.

    Pub/Sub sends one token for up to an hour, so a storm costs one signature.
    """

    def __init__(self, identity: PushIdentity, fetch: FetchCerts) -> None:
        self._identity = identity
        self._fetch = fetch
        self._certs: Mapping[str, str] = {}
        self._fetched_at = float("-inf")
        self._fetching = asyncio.Lock()
        self._good: dict[str, float] = {}

    async def genuine(self, authorization: str) -> bool:
        """Whether the header carries a token that Google signed for us; raises Unverifiable."""
        expires_at = self._good.get(authorization)
        if expires_at is not None:
            return time.time() < expires_at
        scheme, _, token = authorization.partition(" ")
        if scheme.casefold() != "bearer" or not (0 < len(token) <= _LONGEST_TOKEN):
            return False
        if not (self._identity.audience and self._identity.email):
            return False
        claims = await self._claims(token)
        if claims is None or not self._is_theirs(claims):
            return False
        self._remember(authorization, float(claims["exp"]) + _SKEW)
        return True

    def _is_theirs(self, claims: Mapping[str, Any]) -> bool:
        return (
            claims.get("iss") in ISSUERS
            and claims.get("email") == self._identity.email
            and claims.get("email_verified") is True
        )

    async def _claims(self, token: str) -> Mapping[str, Any] | None:
        """The verified claims; None if the signature, the audience or the times are wrong."""
        try:
            key = jwt.decode_header(token).get("kid")  # type: ignore[no-untyped-call]
        except (google_errors.GoogleAuthError, ValueError):
            return None
        certs = await self._current(key if isinstance(key, str) else "")
        try:
            decoded = jwt.decode(  # type: ignore[no-untyped-call]
                token,
                certs=certs,
                audience=self._identity.audience,
                clock_skew_in_seconds=_SKEW,
            )
        except (google_errors.GoogleAuthError, ValueError, TypeError):
            return None
        return cast("Mapping[str, Any]", decoded)

    async def _current(self, key: str) -> Mapping[str, str]:
        async with self._fetching:
            age = time.monotonic() - self._fetched_at
            if age < _CERTS_YOUNG or (age < _CERTS_AGE and key in self._certs):
                return self._certs
            try:
                self._certs = await self._fetch()
            except HeadroomError as error:
                _log.error("Google's certificates cannot be fetched: %s", error)
                if key in self._certs:
                    return self._certs
                raise Unverifiable from error
            self._fetched_at = time.monotonic()
            return self._certs

    def _remember(self, authorization: str, expires_at: float) -> None:
        if len(self._good) >= _MOST_TOKENS:
            self._good.pop(next(iter(self._good)))
        self._good[authorization] = expires_at


@dataclass(frozen=True, slots=True)
class WebhookSecrets:
    """What a webhook may prove itself with; several are valid at once, so that they can be changed.

    `tokens` come as `?auth_token=…` or as a bearer token; `passwords` as `user:password` of basic auth.
    """

    tokens: tuple[str, ...] = field(default=(), repr=False)
    passwords: tuple[str, ...] = field(default=(), repr=False)

    def admits(self, authorization: str, query_token: str) -> bool:
        """Whether one of them was given. Takes the same time whichever of them it is, or is not."""
        scheme, _, given = authorization.partition(" ")
        bearer = given if scheme.casefold() == "bearer" else ""
        basic = _decoded(given) if scheme.casefold() == "basic" else ""
        checks = [_one_of(query_token, self.tokens), _one_of(bearer, self.tokens)]
        checks.append(_one_of(basic, self.passwords))
        return any(checks)


def _one_of(given: str, valid: tuple[str, ...]) -> bool:
    """Compares with every one of them, in constant time for each."""
    offered = given.encode("utf-8", "replace")
    found = [hmac.compare_digest(offered, one.encode()) for one in valid]
    return any(found) and bool(given)


def _decoded(given: str) -> str:
    try:
        return base64.b64decode(given, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""
