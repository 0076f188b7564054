"""Alert policies and notification channels of the sandbox: what each demands of the other, and who changed what."""

from typing import Any

import grpc
from google.cloud import monitoring_v3

from bot.ports.clock import Clock
from bot.sandbox.google.alerting import ALERT_POLICIES, NOTIFICATION_CHANNELS, Shelf
from bot.sandbox.google.refusals import Refusal, bad_argument


class Channels(Shelf):
    """A channel that a policy names can only be deleted by force."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(NOTIFICATION_CHANNELS, clock)
        self.policies: Shelf | None = None

    async def delete(self, request: Any) -> Any:
        """Refuses while it is in use, unless forced."""
        users = self.policies.kept.values() if self.policies else ()
        if not request.force and any(request.name in one.notification_channels for one in users):
            raise Refusal(
                grpc.StatusCode.FAILED_PRECONDITION,
                f"{request.name} is referenced by an alert policy; use force to delete it.",
            )
        return await super().delete(request)


class Policies(Shelf):
    """Policies name channels that exist, and remember who changed them: `caller`, whom a test may set."""

    def __init__(self, clock: Clock, channels: Channels, caller: str) -> None:
        super().__init__(ALERT_POLICIES, clock)
        self.caller = caller
        self._channels = channels
        channels.policies = self

    async def create(self, request: Any) -> Any:
        """Stores a new one, enabled unless it says otherwise."""
        body = request.alert_policy
        self._refuse_unknown(body)
        if "enabled" not in body:
            body.enabled = True
        made = await super().create(request)
        made.creation_record = self._signature()
        made.mutation_record = self._signature()
        return made

    async def update(self, request: Any) -> Any:
        """Changes what the mask names; conditions without a name become new ones."""
        self._refuse_unknown(request.alert_policy)
        made = await super().update(request)
        for condition in made.conditions:
            if not condition.name:
                self._count += 1
                condition.name = f"{made.name}/conditions/{self._count}0"
        made.mutation_record = self._signature()
        return made

    def _signature(self) -> monitoring_v3.MutationRecord:
        return monitoring_v3.MutationRecord(mutate_time=self._clock.now(), mutated_by=self.caller)

    def _refuse_unknown(self, policy: Any) -> None:
        for name in policy.notification_channels:
            if name not in self._channels.kept:
                raise bad_argument(f"Field alert_policy.notification_channels: {name} not found.")
