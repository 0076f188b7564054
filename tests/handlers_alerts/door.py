"""The real routes with a list where the database is."""

from dataclasses import dataclass, field

import httpx
from starlette.applications import Starlette

from bot.core.alert import Notification
from handlers.http.alerts import alert_routes
from handlers.http.callers import PushIdentity, PushTokens, WebhookSecrets
from tests.fakes import FakeClock
from tests.handlers.door import NOW
from tests.handlers_alerts.google import AUDIENCE, EMAIL, Certs, signer

TOKENS = ("the-old-webhook-token", "the-new-webhook-token")
PASSWORDS = ("monitoring:the-old-password-1", "monitoring:the-new-password-2")


@dataclass
class Kept:
    """What was accepted; fails on demand."""

    notifications: list[Notification] = field(default_factory=list)
    failure: Exception | None = None

    async def accept(self, notification: Notification) -> bool:
        if self.failure is not None:
            raise self.failure
        known = {one.identity for one in self.notifications}
        if notification.identity in known:
            return False
        self.notifications.append(notification)
        return True


@dataclass
class Door:
    """Sends requests to the two routes."""

    client: httpx.AsyncClient
    kept: Kept
    certs: Certs
    clock: FakeClock

    async def pubsub(self, body: bytes, token: str | None = "") -> httpx.Response:
        """A push request; with a good token unless another (None: none) is given."""
        good = signer("key-1").token() if token == "" else token
        headers = {} if good is None else {"authorization": f"Bearer {good}"}
        return await self.client.post("/alerts/pubsub", content=body, headers=headers)

    async def webhook(
        self, body: bytes, *, query: str = "", authorization: str = ""
    ) -> httpx.Response:
        """A webhook request; with the newest token unless something else is given."""
        given = query or ("" if authorization else f"?auth_token={TOKENS[-1]}")
        headers = {"authorization": authorization} if authorization else {}
        return await self.client.post(f"/alerts/webhook{given}", content=body, headers=headers)


def open_door(
    identity: PushIdentity = PushIdentity(AUDIENCE, EMAIL),  # noqa: B008 - a frozen value
    secrets: WebhookSecrets = WebhookSecrets(TOKENS, PASSWORDS),  # noqa: B008
) -> Door:
    """Both ways in, with one key of Google's known."""
    kept, certs = Kept(), Certs({"key-1": signer("key-1").cert})
    tokens = PushTokens(identity, certs.fetch)
    clock = FakeClock(NOW)
    routes = alert_routes(kept.accept, tokens, secrets, clock)
    transport = httpx.ASGITransport(app=Starlette(routes=routes))
    return Door(httpx.AsyncClient(transport=transport, base_url="http://bot"), kept, certs, clock)
