"""Fetches calendars (ICS) over HTTP, bounded in time and size. Used by calendar_feed and marketing_feed."""

import logging
from functools import cache
from ssl import SSLContext
from urllib.parse import urlsplit

import httpx

from bot.adapters.calendar_events import NotACalendar

LARGEST = 1_000_000  # bytes
TROUBLE = (httpx.HTTPError, httpx.InvalidURL, NotACalendar)
"""What `fetch` and reading a calendar raise."""

_TIMEOUT = httpx.Timeout(10, connect=5)
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

log = logging.getLogger(__name__)


@cache
def _trust() -> SSLContext:
    # Reading the certificates of all authorities takes 25 ms, for each client of a starting bot anew.
    return httpx.create_ssl_context()


class Fetcher:
    """Two clients: a proxy of the environment serves the internet, never this machine."""

    def __init__(self) -> None:
        self._client = httpx.AsyncClient(
            verify=_trust(), timeout=_TIMEOUT, follow_redirects=True, max_redirects=3
        )
        self._near = httpx.AsyncClient(verify=_trust(), timeout=_TIMEOUT, trust_env=False)

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.aclose()
        await self._near.aclose()

    async def fetch(self, url: str, tag: str) -> tuple[bytes | None, str]:
        """The body with its ETag; None when it is the one that `tag` names. Raises TROUBLE.

        Nothing compressed is taken: a small answer could unpack to a huge one.
        """
        client = self._near if urlsplit(url).hostname in _LOOPBACK else self._client
        headers = {"Accept-Encoding": "identity", **({"If-None-Match": tag} if tag else {})}
        async with client.stream("GET", url, headers=headers) as response:
            if response.status_code == httpx.codes.NOT_MODIFIED and tag:
                return None, tag
            response.raise_for_status()
            if response.headers.get("Content-Encoding", "identity").lower() != "identity":
                raise NotACalendar("it is compressed although that was not asked for")
            body = bytearray()
            async for chunk in response.aiter_raw(65_536):
                body += chunk
                if len(body) > LARGEST:
                    raise NotACalendar(f"it is larger than {LARGEST:,} bytes")
            return bytes(body), response.headers.get("ETag", "")


def note_trouble(name: str, url: str, error: Exception) -> None:
    """The address may hold a secret, so only its host is written down."""
    log.warning("Calendar %r (%s) cannot be read: %s", name, urlsplit(url).hostname, _brief(error))


def _brief(error: Exception) -> str:
    if isinstance(error, httpx.HTTPStatusError):
        return f"HTTP {error.response.status_code}"
    return str(error) if isinstance(error, NotACalendar) else type(error).__name__
