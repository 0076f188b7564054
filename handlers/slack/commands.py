"""Slash commands, in a middleware of Bolt's: accepted durably, acknowledged, and nothing else on their way.

People wait for this answer and Slack gives it three seconds. A listener of Bolt's costs nearly three times
as much: all that it might ask for is put together twice for each request, and a command asks for nothing.
"""

from collections.abc import Awaitable, Callable

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncBoltRequest
from slack_bolt.middleware.async_middleware import AsyncMiddleware

from bot.ports.clock import Clock
from bot.ports.jobs import JobName
from handlers.slack.deliveries import (
    ANNOUNCE_COMMAND,
    MENTION_COMMAND,
    from_command,
    job_for,
)
from handlers.slack.gate import Accept, keep

ON_IT = "Got it. The answer appears here in a few seconds."
_OURS = (ANNOUNCE_COMMAND, MENTION_COMMAND)
# Nobody changes an answer that is made.
_ANNOUNCED = BoltResponse(status=200, body={"text": ON_IT, "response_type": "ephemeral"})
_TAKEN = BoltResponse(status=200, body="")


class Commands(AsyncMiddleware):
    """Takes our commands; everything else goes on. What `accept` raises is Bolt's error handler's."""

    def __init__(self, accept: Accept, clock: Clock) -> None:
        self._accept = accept
        self._clock = clock

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],
    ) -> BoltResponse | None:
        """One request."""
        if req.body.get("command") not in _OURS:
            return await next()
        delivery = from_command(req.body, self._clock.now())
        job = job_for(delivery)
        await keep(self._accept, delivery, job)
        announced = job.name == JobName.ANNOUNCE and delivery.text
        return _ANNOUNCED if announced else _TAKEN
