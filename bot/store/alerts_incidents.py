"""Incidents, their timelines and the pages told of them: the other half of AlertRows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from bot.core.alert import Via
from bot.core.incident import Event, EventKind, Incident
from bot.core.noise import PastIncident
from bot.core.page import Page
from bot.core.windows import Window
from bot.errors import Stale
from bot.store.sql import added, keeping
from bot.store.tables.alerts import (
    AlertRow,
    IncidentEventRow,
    IncidentRow,
    PageRow,
    SignalRow,
    SnoozeRow,
)

_ACTS = frozenset(
    {
        EventKind.ACKNOWLEDGED,
        EventKind.ASSIGNED,
        EventKind.NOTED,
        EventKind.RESOLVED,
        EventKind.ESCALATED,
    }
)


class IncidentRows:
    """See bot.ports.alerts.Alerts for every method."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def save(self, incident: Incident) -> Incident:
        """Returns it with its version grown; Stale on a wrong version, or if its group has another open."""
        grown = replace(incident, version=incident.version + 1)
        try:
            saved = await self._store(grown)
        except IntegrityError as error:
            raise Stale(f"another incident of {incident.group_key} is open") from error
        if not saved:
            raise Stale(f"incident {incident.id} was changed meanwhile")
        return grown

    async def save_all(self, incidents: Sequence[Incident]) -> Sequence[Incident]:
        """Two statements however many there are; Stale if any of them is."""
        grown = [replace(one, version=one.version + 1) for one in incidents]
        bodies = await self._kept(grown)
        new = [{"id": one.id, **_columns(one)} for one in grown if one.version == 1]
        known = [
            {
                "of_id": one.id,
                "of_version": one.version - 1,
                **_columns(one),
                "body": bodies[one.id],
            }
            for one in grown
            if one.version > 1
        ]
        mine = and_(
            col(IncidentRow.id) == bindparam("of_id"),
            col(IncidentRow.version) == bindparam("of_version"),
        )
        try:
            if new:
                await self._connection.execute(insert(IncidentRow), new)
            # The table itself, not the class: SQLAlchemy would take this for its bulk update by key.
            changing = update(IncidentRow.__table__).where(mine)  # type: ignore[attr-defined]
            changed = (await self._connection.execute(changing, known)).rowcount if known else 0
        except IntegrityError as error:
            raise Stale("another incident of one of these groups is open") from error
        if changed != len(known):
            raise Stale("one of these incidents was changed meanwhile")
        return grown

    async def get(self, incident_id: str) -> Incident | None:
        """The incident as stored, or None."""
        return await self._connection.scalar(
            select(col(IncidentRow.body)).where(col(IncidentRow.id) == incident_id)
        )

    async def latest(self, group_key: str) -> Incident | None:
        """The group's newest incident, open or not; None if it never had one."""
        return await self._connection.scalar(
            select(col(IncidentRow.body))
            .where(col(IncidentRow.group_key) == group_key)
            .order_by(col(IncidentRow.lapped_at).desc(), col(IncidentRow.id))
            .limit(1)
        )

    async def open(self) -> Sequence[Incident]:
        """All that are not resolved, the worst first, then the oldest."""
        rows = await self._connection.scalars(
            select(col(IncidentRow.body))
            .where(col(IncidentRow.open))
            .order_by(col(IncidentRow.rank).desc(), col(IncidentRow.lapped_at), col(IncidentRow.id))
        )
        return rows.all()

    async def recent(self, limit: int) -> Sequence[Incident]:
        """The newest by opening, resolved ones included."""
        rows = await self._connection.scalars(
            select(col(IncidentRow.body))
            .order_by(col(IncidentRow.opened_at).desc(), col(IncidentRow.id))
            .limit(limit)
        )
        return rows.all()

    async def inhibited_by(self, incident_id: str) -> Sequence[Incident]:
        """Open incidents that are silent because of that one."""
        rows = await self._connection.scalars(
            select(col(IncidentRow.body))
            .where(col(IncidentRow.open), col(IncidentRow.inhibited_by) == incident_id)
            .order_by(col(IncidentRow.lapped_at), col(IncidentRow.id))
        )
        return rows.all()

    async def opened_since(self, instant: datetime) -> int:
        """How many incidents that people see were opened (or opened again) at or after `instant`."""
        count = await self._connection.scalar(
            select(func.count())
            .select_from(IncidentRow)
            .where(col(IncidentRow.lapped_at) >= instant, col(IncidentRow.spoken))
        )
        return int(count or 0)

    async def tell(self, events: Sequence[Event]) -> None:
        """Appends to timelines."""
        if not events:
            return
        rows = [
            {
                "incident_id": one.incident_id,
                "at": one.at,
                "kind": one.kind.value,
                "by": one.by,
                "detail": one.detail,
            }
            for one in events
        ]
        await self._connection.execute(insert(IncidentEventRow), rows)

    async def timeline(self, incident_id: str, limit: int = 200) -> Sequence[Event]:
        """The last `limit` events, oldest first."""
        rows = await self._connection.execute(
            select(
                col(IncidentEventRow.incident_id),
                col(IncidentEventRow.at),
                col(IncidentEventRow.kind),
                col(IncidentEventRow.by),
                col(IncidentEventRow.detail),
            )
            .where(col(IncidentEventRow.incident_id) == incident_id)
            .order_by(col(IncidentEventRow.id).desc())
            .limit(limit)
        )
        events = [Event(of, at, EventKind(kind), by, said) for of, at, kind, by, said in rows]
        return events[::-1]

    async def add_page(self, page: Page) -> bool:
        """False (and nothing changed) if that page was stored before: it must not be sent again."""
        values = {
            "incident_id": page.incident_id,
            "lap": page.lap,
            "number": page.number,
            "at": page.at,
            "body": page,
        }
        return await added(self._connection, PageRow, values)

    async def pages(self, incident_id: str) -> Sequence[Page]:
        """Oldest first."""
        rows = await self._connection.scalars(
            select(col(PageRow.body))
            .where(col(PageRow.incident_id) == incident_id)
            .order_by(col(PageRow.lap), col(PageRow.number))
        )
        return rows.all()

    async def past(self, window: Window) -> Sequence[PastIncident]:
        """The incidents opened in the window, oldest first."""
        inside = and_(
            col(IncidentRow.opened_at) >= window.start, col(IncidentRow.opened_at) < window.end
        )
        incidents = await self._connection.scalars(
            select(col(IncidentRow.body))
            .where(inside)
            .order_by(col(IncidentRow.opened_at), col(IncidentRow.id))
        )
        ids = select(col(IncidentRow.id)).where(inside)
        told = await self._connection.execute(
            select(
                col(IncidentEventRow.incident_id),
                col(IncidentEventRow.at),
                col(IncidentEventRow.kind),
                col(IncidentEventRow.by),
            )
            .where(col(IncidentEventRow.incident_id).in_(ids))
            .order_by(col(IncidentEventRow.id))
        )
        events: dict[str, list[Event]] = {}
        for of, at, kind, by in told:
            events.setdefault(of, []).append(Event(of, at, EventKind(kind), by))
        return [_past(one, events.get(one.id, [])) for one in incidents]

    async def forget(self, before: datetime) -> int:
        """Deletes notifications ruled on that came before (all but the newest), and incidents and

        snoozes that ended before; how many rows.
        """
        old = select(col(IncidentRow.id)).where(
            col(IncidentRow.open).is_(False), col(IncidentRow.resolved_at) < before
        )
        unknown = and_(
            col(SignalRow.incident_id) == "",
            or_(col(SignalRow.ended_at) < before, col(SignalRow.ended_at).is_(None)),
        )
        outside = col(AlertRow.via) != Via.HEADROOM.value
        # The newest from outside is kept: it says when it was heard last.
        newest = select(func.max(col(AlertRow.seq))).where(outside).scalar_subquery()
        statements = [
            delete(AlertRow).where(
                col(AlertRow.ruled_at).is_not(None),
                col(AlertRow.received_at) < before,
                col(AlertRow.seq) != func.coalesce(newest, 0),
            ),
            delete(SignalRow).where(or_(col(SignalRow.incident_id).in_(old), unknown)),
            delete(IncidentEventRow).where(col(IncidentEventRow.incident_id).in_(old)),
            delete(PageRow).where(col(PageRow.incident_id).in_(old)),
            delete(IncidentRow).where(col(IncidentRow.id).in_(old)),
            delete(SnoozeRow).where(col(SnoozeRow.until) < before),
        ]
        return sum([(await self._connection.execute(one)).rowcount for one in statements])

    async def _store(self, grown: Incident) -> bool:
        if grown.version == 1:
            values = {"id": grown.id, **_columns(grown)}
            return await added(self._connection, IncidentRow, values)
        columns = _columns(grown) | {"body": (await self._kept([grown]))[grown.id]}
        changed = await self._connection.execute(
            update(IncidentRow)
            .where(col(IncidentRow.id) == grown.id, col(IncidentRow.version) == grown.version - 1)
            .values(columns)
        )
        return changed.rowcount == 1

    async def _kept(self, grown: Sequence[Incident]) -> Mapping[str, Any]:
        """The bodies by id, each with what a newer version keeps in its row."""
        new = {one.id: one for one in grown}
        column = (col(IncidentRow.id), col(IncidentRow.body))
        return await keeping(self._connection, column, new, col(IncidentRow.id).in_(new))


def _columns(incident: Incident) -> dict[str, Any]:
    return {
        "version": incident.version,
        "group_key": incident.group_key,
        "open": incident.open,
        "spoken": incident.spoken_at is not None,
        "rank": incident.severity.rank,
        "opened_at": incident.opened_at,
        "lapped_at": incident.lapped_at or incident.opened_at,
        "resolved_at": incident.resolved_at,
        "inhibited_by": incident.inhibited_by,
        "body": incident,
    }


def _past(incident: Incident, events: Sequence[Event]) -> PastIncident:
    acknowledged = [one.at for one in events if one.kind is EventKind.ACKNOWLEDGED]
    facets = incident.subject.facets
    return PastIncident(
        id=incident.id,
        policy=facets.get("policy", "") or incident.subject.title,
        group_key=incident.group_key,
        severity=incident.severity,
        opened_at=incident.opened_at,
        acknowledged_at=min(acknowledged, default=None),
        resolved_at=incident.resolved_at,
        acted=any(one.by and one.kind in _ACTS for one in events),
        pages=tuple(one.at for one in events if one.kind is EventKind.PAGED),
        reopenings=incident.lap - 1,
        spoke=incident.spoken_at is not None,
        snoozed=any(one.kind is EventKind.SNOOZED for one in events),
        quiet=incident.quiet,
        explained=any(one.kind is EventKind.INHIBITED for one in events),
        about=facets.get("workload", "") or facets.get("group", ""),
    )
