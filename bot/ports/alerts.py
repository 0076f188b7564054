"""Alerts, incidents and what was told of them, as the flows see them: Transaction.alerts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.core.alert import Notification, Unreadable
from bot.core.incident import Event, Incident, Signal, Snooze
from bot.core.noise import PastIncident
from bot.core.page import Page
from bot.core.ruling import Ruling, Situation
from bot.core.windows import Window


class Alerts(Protocol):
    """Accepted notifications come in through Store.accept_alert; one job ALERTS "all" sorts them in turn."""

    async def file(self, notification: Notification) -> None:
        """Accepts one of our own in this transaction, if its identity is new; who files wakes ALERTS."""
        ...

    async def waiting(self, limit: int = 200) -> Sequence[Notification]:
        """Those not ruled on yet, in the order of acceptance."""
        ...

    async def situation(self, group_keys: Sequence[str], source_ids: Sequence[str]) -> Situation:
        """All open incidents, the last ones of `group_keys`, the signals, and the snoozes there are."""
        ...

    async def rule(self, rulings: Sequence[Ruling], now: datetime) -> None:
        """Marks their notifications as ruled on; repeating it changes nothing."""
        ...

    async def save(self, incident: Incident) -> Incident:
        """Inserts (version 0) or updates; returns it with its version grown; Stale on a wrong version."""
        ...

    async def save_all(self, incidents: Sequence[Incident]) -> Sequence[Incident]:
        """The same for many at once, in their order; Stale if any of them is, and then none is saved."""
        ...

    async def get(self, incident_id: str) -> Incident | None: ...

    async def latest(self, group_key: str) -> Incident | None:
        """The group's newest incident, open or not."""
        ...

    async def open(self) -> Sequence[Incident]:
        """All that are not resolved, the worst first, then the oldest."""
        ...

    async def recent(self, limit: int) -> Sequence[Incident]:
        """The newest by opening, resolved ones included."""
        ...

    async def inhibited_by(self, incident_id: str) -> Sequence[Incident]:
        """Open incidents that are silent because of that one."""
        ...

    async def opened_since(self, instant: datetime) -> int:
        """How many incidents (or laps of them) were opened at or after `instant` (storm rate)."""
        ...

    async def put_signals(self, signals: Sequence[Signal]) -> None:
        """Inserts or replaces."""
        ...

    async def signals(self, incident_id: str, limit: int = 50) -> Sequence[Signal]:
        """Those of the incident: firing first, then the newest."""
        ...

    async def tell(self, events: Sequence[Event]) -> None:
        """Appends to timelines."""
        ...

    async def timeline(self, incident_id: str, limit: int = 200) -> Sequence[Event]:
        """The last `limit` events, oldest first."""
        ...

    async def snooze(self, group_key: str) -> Snooze | None:
        """The snooze of the group as put last, over or not."""
        ...

    async def put_snooze(self, snooze: Snooze) -> None:
        """Replaces the group's snooze."""
        ...

    async def snoozes(self, now: datetime) -> Sequence[Snooze]:
        """Those that last, the first to end first."""
        ...

    async def add_page(self, page: Page) -> bool:
        """False (and nothing changed) if that page was stored before: it must not be sent again."""
        ...

    async def pages(self, incident_id: str) -> Sequence[Page]:
        """Oldest first."""
        ...

    async def rulings(self, incident_id: str, limit: int = 50) -> Sequence[Ruling]:
        """Those that concern the incident ("": those of none), the newest first."""
        ...

    async def unreadable(self, since: datetime) -> tuple[Sequence[Unreadable], int]:
        """What was ruled unreadable at or after `since`: the newest five, and how many in all."""
        ...

    async def raw(self, identity: str) -> Notification | None:
        """The notification as it came."""
        ...

    async def heard_at(self) -> datetime | None:
        """When the newest notification from outside was accepted; None if none ever was."""
        ...

    async def past(self, window: Window) -> Sequence[PastIncident]:
        """The incidents opened in the window, oldest first."""
        ...

    async def forget(self, before: datetime) -> int:
        """Deletes notifications ruled on that came before (all but the newest), and incidents and

        snoozes that ended before; how many rows.
        """
        ...
