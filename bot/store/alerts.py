"""Notifications, their rulings and what they add up to. Used through Transaction.alerts (AlertRows)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from bot.core.alert import Notification, Unreadable, Via
from bot.core.incident import Incident, Signal, Snooze
from bot.core.ruling import Reason, Ruling, Situation
from bot.store.alerts_incidents import IncidentRows
from bot.store.codec import encode
from bot.store.sql import insert_into, keeping, known_identities, wall_time
from bot.store.tables.alerts import AlertRow, IncidentRow, SignalRow, SnoozeRow


def add_notifications(
    connection: Connection, notifications: Sequence[Notification]
) -> frozenset[str]:
    """Stores those not known yet and returns their identities; identities must differ.

    In one statement, or two, that are the same text for any number of rows: they are parsed once.
    """
    if connection.dialect.name == "postgresql":
        return _add_to_postgresql(connection, notifications)
    return _add_to_sqlite(connection, notifications)


def _add_to_postgresql(
    connection: Connection, notifications: Sequence[Notification]
) -> frozenset[str]:
    # Arrays in their binary form: quoting their texts, or packing all as JSON, costs twice as much.
    columns = zip(*(_row(one, one.received_at.isoformat()) for one in notifications), strict=True)
    given = tuple(list(column) for column in columns)
    return frozenset(connection.exec_driver_sql(_INSERT_ARRAYS, given).scalars())


def _add_to_sqlite(connection: Connection, notifications: Sequence[Notification]) -> frozenset[str]:
    known = known_identities(connection, AlertRow, [one.identity for one in notifications])
    new = [one for one in notifications if one.identity not in known]
    # One statement for all rows: each step of SQLite's gives the interpreter away and must get it back.
    for start in range(0, len(new), _MOST_ROWS):
        part = new[start : start + _MOST_ROWS]
        values = ", ".join([_VALUES] * len(part))
        rows = [_row(one, wall_time(one.received_at)) for one in part]
        given = tuple(value for row in rows for value in row)
        connection.exec_driver_sql(f"INSERT INTO alerts ({_COLUMNS}) VALUES {values}", given)
    return frozenset(one.identity for one in new)


def _row(one: Notification, received_at: str) -> tuple[str, ...]:
    attributes = encode(one.attributes) if one.attributes else "{}"
    return one.identity, one.via.value, received_at, one.raw, attributes, one.message_id


_GIVEN = ("identity", "via", "received_at", "raw", "attributes", "message_id")
_COLUMNS = f"{', '.join(_GIVEN)}, reason, detail"
_INSERT_ARRAYS = (
    f"INSERT INTO alerts ({_COLUMNS}) "
    "SELECT identity, via, CAST(received_at AS timestamptz), raw, attributes, message_id, '', '' "
    f"FROM unnest({', '.join(['%b::text[]'] * len(_GIVEN))}) AS given({', '.join(_GIVEN)}) "
    # In one order for everybody, so that two processes with the same alerts do not block each other.
    "ORDER BY identity ON CONFLICT (identity) DO NOTHING RETURNING identity"
)
_VALUES = f"({', '.join('?' * len(_GIVEN))}, '', '')"
_MOST_ROWS = 256


class AlertRows(IncidentRows):
    """See bot.ports.alerts.Alerts for every method."""

    def __init__(self, connection: AsyncConnection) -> None:
        super().__init__(connection)
        self._connection = connection

    async def waiting(self, limit: int = 200) -> Sequence[Notification]:
        """Those not ruled on yet, in the order of acceptance."""
        waiting = _NOTIFICATION.where(col(AlertRow.ruled_at).is_(None))
        # A batch is stored in another order than it came.
        in_order = waiting.order_by(col(AlertRow.received_at), col(AlertRow.seq))
        rows = await self._connection.execute(in_order.limit(limit))
        return [_notification(row) for row in rows]

    async def raw(self, identity: str) -> Notification | None:
        """The notification as it came, or None."""
        rows = await self._connection.execute(
            _NOTIFICATION.where(col(AlertRow.identity) == identity)
        )
        found = rows.first()
        return None if found is None else _notification(found)

    async def file(self, notification: Notification) -> None:
        """Accepts one of our own, if its identity is new."""
        await self._connection.run_sync(lambda plain: add_notifications(plain, [notification]))

    async def heard_at(self) -> datetime | None:
        """When the newest notification from outside was accepted; None if none ever was."""
        outside = col(AlertRow.via) != Via.HEADROOM.value
        newest = select(func.max(col(AlertRow.seq))).where(outside).scalar_subquery()
        return await self._connection.scalar(
            select(col(AlertRow.received_at)).where(col(AlertRow.seq) == newest)
        )

    async def rule(self, rulings: Sequence[Ruling], now: datetime) -> None:
        """Marks their notifications as ruled on; the first ruling stays."""
        if not rulings:
            return
        mine = and_(
            col(AlertRow.identity) == bindparam("of_identity"), col(AlertRow.ruled_at).is_(None)
        )
        rows = [
            {
                "of_identity": one.identity,
                "ruled_at": now,
                "reason": one.reason.value,
                "detail": one.detail,
                "incident_id": one.incident_id or None,
                "body": one.read,
            }
            for one in rulings
        ]
        # The table itself, not the class: SQLAlchemy would take this for its bulk update by key.
        await self._connection.execute(update(AlertRow.__table__).where(mine), rows)  # type: ignore[attr-defined]

    async def rulings(self, incident_id: str, limit: int = 50) -> Sequence[Ruling]:
        """Those that concern the incident ("": those of none), the newest first."""
        concern = col(AlertRow.incident_id)
        mine = concern.is_(None) if incident_id == "" else concern == incident_id
        rows = await self._connection.execute(
            select(
                col(AlertRow.identity),
                col(AlertRow.reason),
                col(AlertRow.body),
                concern,
                col(AlertRow.detail),
            )
            .where(mine, col(AlertRow.ruled_at).is_not(None))
            .order_by(col(AlertRow.seq).desc())
            .limit(limit)
        )
        return [
            Ruling(row.identity, Reason(row.reason), row.body, row.incident_id or "", row.detail)
            for row in rows
        ]

    async def unreadable(self, since: datetime) -> tuple[Sequence[Unreadable], int]:
        """The newest five that were ruled so at or after `since`, and how many in all."""
        unread = col(AlertRow.reason) == Reason.UNREADABLE.value
        mine = and_(unread, col(AlertRow.ruled_at) >= since)
        newest = select(col(AlertRow.body)).where(mine).order_by(col(AlertRow.seq).desc()).limit(5)
        bodies = (await self._connection.scalars(newest)).all()
        total = await self._connection.scalar(
            select(func.count()).select_from(AlertRow).where(mine)
        )
        return [one for one in bodies if isinstance(one, Unreadable)], int(total or 0)

    async def situation(self, group_keys: Sequence[str], source_ids: Sequence[str]) -> Situation:
        """All open incidents, the last ones of `group_keys`, the signals, and the snoozes there are."""
        last = await self._last_of(group_keys)
        incidents = {one.group_key: one for one in (*last, *await self.open())}
        signals = await self._connection.scalars(
            select(col(SignalRow.body)).where(col(SignalRow.source_id).in_(set(source_ids)))
        )
        snoozes = await self._connection.scalars(
            select(col(SnoozeRow.body)).where(col(SnoozeRow.group_key).in_(set(group_keys)))
        )
        return Situation(
            incidents=incidents,
            signals={one.source_id: one for one in signals},
            snoozes={one.group_key: one for one in snoozes},
        )

    async def put_signals(self, signals: Sequence[Signal]) -> None:
        """Inserts or replaces."""
        if not signals:
            return
        statement = insert_into(self._connection, SignalRow)
        new = statement.excluded
        names = ("incident_id", "open", "started_at", "ended_at", "body")
        statement = statement.on_conflict_do_update(
            index_elements=["source_id"], set_={name: getattr(new, name) for name in names}
        )
        column = (col(SignalRow.source_id), col(SignalRow.body))
        mine = {one.source_id: one for one in signals}
        bodies = await keeping(self._connection, column, mine, col(SignalRow.source_id).in_(mine))
        rows = [
            {
                "source_id": one.source_id,
                "incident_id": one.incident_id,
                "open": one.open,
                "started_at": one.started_at,
                "ended_at": one.ended_at,
                "body": bodies[one.source_id],
            }
            for one in sorted(signals, key=lambda one: one.source_id)
        ]
        await self._connection.execute(statement, rows)

    async def signals(self, incident_id: str, limit: int = 50) -> Sequence[Signal]:
        """Those of the incident: firing first, then the newest."""
        rows = await self._connection.scalars(
            select(col(SignalRow.body))
            .where(col(SignalRow.incident_id) == incident_id)
            .order_by(
                col(SignalRow.open).desc(),
                col(SignalRow.started_at).desc(),
                col(SignalRow.source_id),
            )
            .limit(limit)
        )
        return rows.all()

    async def snooze(self, group_key: str) -> Snooze | None:
        """The snooze of the group as put last, over or not."""
        return await self._connection.scalar(
            select(col(SnoozeRow.body)).where(col(SnoozeRow.group_key) == group_key)
        )

    async def put_snooze(self, snooze: Snooze) -> None:
        """Replaces the group's snooze."""
        statement = insert_into(self._connection, SnoozeRow)
        new = statement.excluded
        statement = statement.on_conflict_do_update(
            index_elements=["group_key"], set_={"until": new.until, "body": new.body}
        )
        await self._connection.execute(
            statement, {"group_key": snooze.group_key, "until": snooze.until, "body": snooze}
        )

    async def snoozes(self, now: datetime) -> Sequence[Snooze]:
        """Those that last, the first to end first."""
        rows = await self._connection.scalars(
            select(col(SnoozeRow.body))
            .where(col(SnoozeRow.until) > now)
            .order_by(col(SnoozeRow.until), col(SnoozeRow.group_key))
        )
        return rows.all()

    async def _last_of(self, group_keys: Sequence[str]) -> Sequence[Incident]:
        newest_first = (
            func.row_number()
            .over(
                partition_by=col(IncidentRow.group_key),
                order_by=(col(IncidentRow.lapped_at).desc(), col(IncidentRow.id)),
            )
            .label("place")
        )
        ranked = (
            select(col(IncidentRow.id).label("id"), newest_first)
            .where(col(IncidentRow.group_key).in_(set(group_keys)))
            .subquery()
        )
        rows = await self._connection.scalars(
            select(col(IncidentRow.body))
            .join(ranked, col(IncidentRow.id) == ranked.c.id)
            .where(ranked.c.place == 1)
        )
        return rows.all()


_NOTIFICATION = select(
    col(AlertRow.identity),
    col(AlertRow.via),
    col(AlertRow.received_at),
    col(AlertRow.raw),
    col(AlertRow.attributes),
    col(AlertRow.message_id),
    col(AlertRow.seq),
)


def _notification(row: Any) -> Notification:
    return Notification(
        identity=row.identity,
        via=Via(row.via),
        received_at=row.received_at,
        raw=row.raw,
        attributes=row.attributes,
        message_id=row.message_id,
        seq=row.seq,
    )
