"""The product's door with everything behind it visible: what was accepted, and when it should fail."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import httpx
from slack_sdk.signature import SignatureVerifier

from bot.core.delivery import Delivery
from bot.ports.jobs import Job
from handlers.http.routes import Readiness, web_app
from handlers.slack.app import SlackSecrets, slack_app
from tests.fakes import FakeClock

SECRET = "a signing secret for tests"
NOW = datetime(2025, 11, 28, 14, 0, tzinfo=UTC)

COMMAND = {
    "team_id": "T0CYMBAL",
    "channel_id": "C0CAMPAIGN",
    "channel_name": "campaigns",
    "user_id": "U0MAYA",
    "user_name": "maya",
    "command": "/campaign",
    "text": "Black Friday push Fri 28 Nov 18:00-22:00 Europe/Berlin x3 #web",
    "response_url": "http://127.0.0.1:9/commands/1",
    "trigger_id": "111.222.abc",
}


@dataclass
class Inbox:
    """Stands where the database is: remembers what was accepted, or fails."""

    accepted: list[tuple[Delivery, Job]] = field(default_factory=list)
    failure: Exception | None = None

    async def accept(self, delivery: Delivery, job: Job) -> bool:
        if self.failure is not None:
            raise self.failure
        new = delivery.identity not in {known.identity for known, _ in self.accepted}
        if new:
            self.accepted.append((delivery, job))
        return new

    @property
    def only(self) -> tuple[Delivery, Job]:
        """The one thing accepted."""
        assert len(self.accepted) == 1, self.accepted
        return self.accepted[0]


@dataclass
class Healthy:
    """A health that says what it is told to."""

    state: Readiness = field(default_factory=lambda: Readiness(database=True))

    async def readiness(self) -> Readiness:
        return self.state


@dataclass
class Door:
    """Sends signed requests, as Slack does."""

    client: httpx.AsyncClient
    inbox: Inbox
    health: Healthy

    async def command(self, **changed: str) -> httpx.Response:
        """A slash command, form-encoded."""
        return await self.send(urlencode(COMMAND | changed))

    async def interact(self, payload: object) -> httpx.Response:
        """A click, a form or a shortcut: JSON inside a form field."""
        return await self.send(urlencode({"payload": json.dumps(payload)}))

    async def event(self, body: object) -> httpx.Response:
        """An Events API callback."""
        return await self.send(json.dumps(body), content_type="application/json")

    async def send(
        self,
        body: str | bytes,
        *,
        content_type: str = "application/x-www-form-urlencoded",
        age: timedelta = timedelta(0),
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Any body, signed `age` ago unless `headers` are given."""
        raw = body.encode() if isinstance(body, str) else body
        sent = {"content-type": content_type} | dict(headers or signed(raw, age))
        kept = [(name.encode(), value.encode("latin-1")) for name, value in sent.items() if value]
        return await self.client.post("/slack/events", content=raw, headers=kept)


def signed(body: bytes, age: timedelta = timedelta(0)) -> dict[str, str]:
    """Slack's two headers, by slack_sdk's own signer."""
    timestamp = str(int(time.time() - age.total_seconds()))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=timestamp, body=body)
    return {"x-slack-request-timestamp": timestamp, "x-slack-signature": signature or ""}


def open_door() -> Door:
    """The real Slack app on the real routes, in this process."""
    inbox, health = Inbox(), Healthy()
    app = slack_app(
        inbox.accept,
        SlackSecrets(SECRET, "xoxb-test", bot_user="U0HEADROOM", bot_id="B0HEADROOM"),
        FakeClock(NOW),
    )
    transport = httpx.ASGITransport(app=web_app(app, health, version="1.2 (headroom-00042)"))
    return Door(httpx.AsyncClient(transport=transport, base_url="http://bot"), inbox, health)
