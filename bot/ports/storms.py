"""Alert storms and closed channels as the flows see them: Transaction.storms and Transaction.reach."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.core.incident import Incident
from bot.core.storm import Storm


class Storms(Protocol):
    """At most one storm lasts at a time."""

    async def lasting(self) -> Storm | None:
        """The one that has not ended."""
        ...

    async def get(self, storm_id: str) -> Storm | None: ...

    async def save(self, storm: Storm) -> Storm:
        """Inserts (version 0) or updates; returns it with its version grown; Stale on a wrong version."""
        ...

    async def fold(self, storm_id: str, incident_ids: Sequence[str]) -> None:
        """These came in that storm; repeating it changes nothing."""
        ...

    async def incidents(self, storm_id: str) -> Sequence[Incident]:
        """All that came in it, resolved ones too, in the order in which they were folded."""
        ...


class Reach(Protocol):
    """Which channels cannot be posted to."""

    async def close(self, channel: str, now: datetime, why: str) -> bool:
        """Notes it; True if that is news."""
        ...

    async def open(self, channel: str) -> bool:
        """A message got there: it is open; True if that is news."""
        ...

    async def closed(self) -> Mapping[str, str]:
        """Channel to reason."""
        ...

    async def try_again(self, now: datetime) -> Sequence[str]:
        """Channels found closed an hour ago or earlier: one message may try whether they are open."""
        ...
