"""Signed requests to the bot, with Slack's deadline and retries; used by the people API.

Deadline and signature age are real time, waits between an event's retries are sandbox time
(docs.slack.dev/apis/events-api: at once, after a minute, after five).
"""

import asyncio
import hashlib
import hmac
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import httpx

from bot.sandbox.slack.desk import Desk
from bot.sandbox.slack.faults import Forgery

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
ACK_SECONDS = 3.0
STALE_SECONDS = 600
RETRIES = (timedelta(0), timedelta(minutes=1), timedelta(minutes=5))
LOOK_EVERY = 0.05


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is delivered: the bytes are the same in every copy and retry; `identity` names it."""

    identity: str
    body: bytes
    content_type: str = FORM


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bot said; `problem` is Slack's word for a failure ("" when it was accepted)."""

    identity: str
    status: int = 0
    body: bytes = b""
    problem: str = ""
    seconds: float = 0.0
    retry: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the bot accepted in time."""
        return not self.problem


class Courier:
    """Delivers; `history` keeps the newest answers for tests and the curious."""

    def __init__(self, desk: Desk, bot_url: Callable[[], str]) -> None:
        self._desk = desk
        self._bot_url = bot_url
        self._client: httpx.AsyncClient | None = None
        self._running: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()
        self.history: deque[Answer] = deque(maxlen=2_000)

    async def stop(self) -> None:
        """Gives up on what is under way."""
        self._stopping.set()
        for task in tuple(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def deliver(self, parcel: Parcel) -> Answer:
        """Delivers once (or in as many copies as the faults want) and returns the first answer."""
        copies = [self._send(parcel) for _ in range(self._desk.faults.copies)]
        answers = await asyncio.gather(*copies)
        return answers[0]

    def post_event(self, parcel: Parcel) -> None:
        """Delivers an event in the background, retrying as Slack does."""
        task = asyncio.create_task(self._deliver_event(parcel))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def settled(self) -> None:
        """Waits until no event is under way; for tests with a clock that moves."""
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _deliver_event(self, parcel: Parcel) -> None:
        answer = await self.deliver(parcel)
        for number, wait in enumerate(RETRIES, start=1):
            if answer.ok or answer.headers.get("x-slack-no-retry") == "1":
                return
            await self._wait(wait)
            answer = await self._send(parcel, retry=number, reason=answer.problem)

    async def _wait(self, span: timedelta) -> None:
        clock = self._desk.workspace.clock
        until = clock.now() + span
        while clock.now() < until:
            try:
                await asyncio.wait_for(self._stopping.wait(), LOOK_EVERY)
            except TimeoutError:
                continue

    async def _send(self, parcel: Parcel, *, retry: int = 0, reason: str = "") -> Answer:
        headers = {"content-type": parcel.content_type, **self._signature(parcel.body)}
        if retry:
            headers |= {"x-slack-retry-num": str(retry), "x-slack-retry-reason": reason}
        began = time.monotonic()
        status, body, problem, said = 0, b"", "", {}
        try:
            async with asyncio.timeout(ACK_SECONDS):
                response = await self._http().post(
                    self._bot_url(), content=parcel.body, headers=headers
                )
            status, body, said = response.status_code, response.content, dict(response.headers)
            problem = "" if response.is_success else "http_error"
        except TimeoutError:
            problem = "http_timeout"
        except (httpx.HTTPError, httpx.InvalidURL):
            problem = "connection_failed"
        seconds = time.monotonic() - began
        answer = Answer(parcel.identity, status, body, problem, seconds, retry, said)
        self.history.append(answer)
        return answer

    def _http(self) -> httpx.AsyncClient:
        if self._client is None:
            # Deliveries come from many machines of Slack's: each has a connection of its own.
            single = httpx.Limits(max_keepalive_connections=0)
            self._client = httpx.AsyncClient(timeout=None, trust_env=False, limits=single)
        return self._client

    def _signature(self, body: bytes) -> dict[str, str]:
        agent = {"user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)"}
        forgery = self._desk.faults.forgery()
        if forgery is Forgery.MISSING:
            return agent
        signed_at = int(time.time()) - (STALE_SECONDS if forgery is Forgery.STALE else 0)
        secret = self._desk.secrets.signing_secret
        if forgery is Forgery.WRONG:
            secret = secret[::-1] + "x"
        return {
            **agent,
            "x-slack-request-timestamp": str(signed_at),
            "x-slack-signature": sign(secret, signed_at, body),
        }


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """Slack's request signature, version 0 (docs.slack.dev/authentication/verifying-requests)."""
    base = b"v0:%d:%b" % (timestamp, body)
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
