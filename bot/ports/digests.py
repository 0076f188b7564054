"""Subscriptions, mutes and runs of digests as the flows see them: Transaction.digests."""

from collections.abc import Sequence
from typing import Protocol

from bot.core.digest.schedule import Mute, Run, Subscription
from bot.core.digest.section import Cadence


class DigestBook(Protocol):
    """What was asked for in Slack; headroom.yaml's digests are in the house rules."""

    async def subscribe(self, subscription: Subscription) -> None:
        """Replaces that channel's subscription of the same cadence."""
        ...

    async def unsubscribe(self, channel: str) -> int:
        """Forgets what the channel asked for; how many subscriptions there were."""
        ...

    async def subscriptions(self) -> Sequence[Subscription]: ...

    async def mute(self, mute: Mute) -> None:
        """Replaces the channel's mute."""
        ...

    async def unmute(self, channel: str) -> Mute | None:
        """Ends it; what there was."""
        ...

    async def muted(self, channel: str) -> Mute | None:
        """The channel's mute, over or not."""
        ...

    async def last_run(self, channel: str, cadence: Cadence) -> Run | None:
        """The run that covers the newest day."""
        ...

    async def ran(self, run: Run) -> bool:
        """Notes it; False (and nothing changed) if that digest was dealt with before: it must not be sent."""
        ...
