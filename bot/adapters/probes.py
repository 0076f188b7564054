"""Pages as customers see them, over HTTP, behind the Probes port; made by the composition root.

Polite: few at a time, one look ends after its time and its bytes, it says who it is, and it follows no
redirect to another host. Careful: a name is looked up once, its addresses are checked, and the connection
goes to the address that was checked, so that no name can lead inside.
"""

import asyncio
import ipaddress
import socket
import ssl
from dataclasses import dataclass, field
from datetime import datetime
from http.cookies import CookieError, SimpleCookie
from time import perf_counter
from urllib.parse import urljoin, urlsplit

import httpx

from bot.core.experience import Experience, Look, Mark, Page, Step

_AGENT = "Headroom-look/1 (capacity bot; looks at pages as a customer would)"
_REDIRECTS = 3
_SERVER_BUSY = 429
_LOST = (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)


class _Ended(Exception):
    """A look is over before its last step, and why."""

    def __init__(self, mark: Mark, reason: str, status: int | None = None) -> None:
        super().__init__(reason)
        self.mark = mark
        self.reason = reason
        self.status = status


@dataclass(slots=True)
class _Visit:
    """One look under way: cookies by host, and the time to the first byte of the last request."""

    cookies: dict[str, dict[str, str]] = field(default_factory=dict)
    first_byte: float | None = None
    status: int | None = None


class WebProbes:
    """Implements bot.ports.probes.Probes."""

    def __init__(self, rules: Experience) -> None:
        self._rules = rules
        self._turns = asyncio.Semaphore(rules.at_once)
        self._trust = ssl.create_default_context()

    async def look(self, page: Page, now: datetime) -> Look:
        """One look; it pays for its own connection, as a customer does."""
        async with self._turns:
            began, visit = perf_counter(), _Visit()
            try:
                async with asyncio.timeout(self._rules.timeout.total_seconds()):
                    await self._walk(page, visit)
            except _Ended as ended:
                mark, reason = ended.mark, ended.reason
                visit.status = ended.status if ended.status is not None else visit.status
            except TimeoutError:
                waited = self._rules.timeout.total_seconds()
                mark, reason = Mark.FAILED, f"not finished after {waited:g} s"
            else:
                mark, reason = Mark.FINE, ""
            total = perf_counter() - began
        if mark is Mark.FINE and total > page.slow_after.total_seconds():
            mark, reason = (
                Mark.SLOW,
                f"{total:.1f} s, at most {page.slow_after.total_seconds():g} s",
            )
        timed = None if mark in {Mark.UNSEEN, Mark.UNREACHED} else total
        return Look(page.name, now, mark, visit.first_byte, timed, visit.status, reason)

    async def _walk(self, page: Page, visit: _Visit) -> None:
        # A proxy would resolve names itself, and nobody could say where it went.
        async with httpx.AsyncClient(
            verify=self._trust, trust_env=False, timeout=None, headers={"User-Agent": _AGENT}
        ) as client:
            for step in page.steps:
                await self._step(client, step, visit)

    async def _step(self, client: httpx.AsyncClient, step: Step, visit: _Visit) -> None:
        url, method, form = urljoin(self._rules.base, step.url), step.method, dict(step.form)
        host = urlsplit(url).hostname
        for _ in range(_REDIRECTS + 1):
            onward = await self._request(client, (method, url, form), step, visit)
            if onward is None:
                return
            if urlsplit(onward).hostname != host:
                raise _Ended(Mark.WRONG, "it redirects to another host", visit.status)
            url, method, form = onward, "GET", {}
        raise _Ended(Mark.WRONG, f"more than {_REDIRECTS} redirects", visit.status)

    async def _request(
        self,
        client: httpx.AsyncClient,
        asked: tuple[str, str, dict[str, str]],
        step: Step,
        visit: _Visit,
    ) -> str | None:
        """Where it redirects to; None once the page has been read and is right."""
        method, url, form = asked
        host, address = await self._checked(url)
        began = perf_counter()
        request = client.build_request(
            method,
            httpx.URL(url).copy_with(host=address),
            data=form or None,
            headers={"Host": httpx.URL(url).netloc.decode(), **_cookie_header(visit, host)},
            extensions={"sni_hostname": host},
        )
        try:
            response = await client.send(request, stream=True)
            visit.first_byte, visit.status = perf_counter() - began, response.status_code
            try:
                _keep_cookies(visit, host, response)
                if response.has_redirect_location:
                    return urljoin(url, response.headers["Location"])
                await self._read(response, step)
            finally:
                await response.aclose()
        except _LOST as error:
            raise _Ended(Mark.FAILED, f"the connection broke ({type(error).__name__})") from error
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError) as error:
            raise _Ended(Mark.UNREACHED, f"no connection ({type(error).__name__})") from error
        return None

    async def _read(self, response: httpx.Response, step: Step) -> None:
        status = response.status_code
        named = f"{step.name}: " if step.name else ""
        if status == _SERVER_BUSY or status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise _Ended(Mark.FAILED, f"{named}HTTP {status}", status)
        if status >= httpx.codes.BAD_REQUEST:
            raise _Ended(Mark.WRONG, f"{named}HTTP {status}", status)
        body, whole = bytearray(), True
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > self._rules.largest:
                whole = False
                break
        if step.contains and step.contains.encode() not in body:
            where = "the page" if whole else f"its first {self._rules.largest // 1000:,} kB"
            raise _Ended(Mark.WRONG, f"{named}“{step.contains}” is not in {where}", status)

    async def _checked(self, url: str) -> tuple[str, str]:
        """The host, and one of its addresses that may be asked."""
        parts = urlsplit(url)
        host = parts.hostname
        if parts.scheme not in {"http", "https"} or not host:
            raise _Ended(Mark.UNSEEN, "its address is not known (HEADROOM_SHOP_URL)")
        try:
            found = await asyncio.get_running_loop().getaddrinfo(
                host, parts.port or parts.scheme, type=socket.SOCK_STREAM
            )
        except (OSError, UnicodeError) as error:
            raise _Ended(Mark.UNREACHED, f"the name {host} is not known") from error
        addresses = [str(entry[4][0]) for entry in found]
        if host not in self._rules.private_hosts:
            inside = [one for one in addresses if not _is_public(one)]
            if inside or not addresses:
                raise _Ended(Mark.UNSEEN, f"{host} has a private address, which is not looked at")
        return host, addresses[0]


def _is_public(address: str) -> bool:
    """Whether it is of the internet; an IPv4 address dressed up as IPv6 is what it is inside."""
    found = ipaddress.ip_address(address)
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (mapped or found).is_global


def _cookie_header(visit: _Visit, host: str) -> dict[str, str]:
    kept = visit.cookies.get(host, {})
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in kept.items())} if kept else {}


def _keep_cookies(visit: _Visit, host: str, response: httpx.Response) -> None:
    """Each host gets back what it set itself; the connection knows addresses only, so a jar cannot tell."""
    for line in response.headers.get_list("Set-Cookie"):
        try:
            found = SimpleCookie(line)
        except CookieError:
            continue
        kept = visit.cookies.setdefault(host, {})
        kept.update({name: morsel.coded_value for name, morsel in found.items()})
