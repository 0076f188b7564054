"""Alert storms and closed channels. Used through Transaction.storms and Transaction.reach."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from bot.core.incident import Incident
from bot.core.storm import Storm
from bot.errors import Stale
from bot.store.sql import added, insert_into, kept
from bot.store.tables.alerts import IncidentRow
from bot.store.tables.storms import ClosedChannelRow, StormIncidentRow, StormRow

_WORTH_ANOTHER_TRY = timedelta(hours=1)


class StormRows:
    """See bot.ports.storms.Storms for every method."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def lasting(self) -> Storm | None:
        """The one that has not ended, or None."""
        return await self._connection.scalar(
            select(col(StormRow.body)).where(col(StormRow.ended).is_(False)).limit(1)
        )

    async def get(self, storm_id: str) -> Storm | None:
        """The storm as stored, or None."""
        return await self._connection.scalar(
            select(col(StormRow.body)).where(col(StormRow.id) == storm_id)
        )

    async def save(self, storm: Storm) -> Storm:
        """Returns it with its version grown; Stale on a wrong version."""
        grown = replace(storm, version=storm.version + 1)
        columns = {"version": grown.version, "ended": grown.ended_at is not None, "body": grown}
        if grown.version == 1:
            saved = await added(self._connection, StormRow, {"id": grown.id, **columns})
        else:
            mine = update(StormRow).where(
                col(StormRow.id) == storm.id, col(StormRow.version) == storm.version
            )
            column = (col(StormRow.id), col(StormRow.body))
            columns["body"] = await kept(self._connection, column, grown, grown.id)
            saved = (await self._connection.execute(mine.values(columns))).rowcount == 1
        if not saved:
            raise Stale(f"storm {storm.id} was changed meanwhile")
        return grown

    async def fold(self, storm_id: str, incident_ids: Sequence[str]) -> None:
        """Appends; repeating it changes nothing."""
        if not incident_ids:
            return
        statement = insert_into(self._connection, StormIncidentRow).on_conflict_do_nothing()
        rows = [{"storm_id": storm_id, "incident_id": one} for one in incident_ids]
        await self._connection.execute(statement, rows)

    async def incidents(self, storm_id: str) -> Sequence[Incident]:
        """All that came in it, in the order in which they were folded."""
        rows = await self._connection.scalars(
            select(col(IncidentRow.body))
            .join(StormIncidentRow, col(StormIncidentRow.incident_id) == col(IncidentRow.id))
            .where(col(StormIncidentRow.storm_id) == storm_id)
            .order_by(col(StormIncidentRow.id))
        )
        return rows.all()


class ReachRows:
    """See bot.ports.storms.Reach for every method."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def close(self, channel: str, now: datetime, why: str) -> bool:
        """Notes it; True if it was not known to be closed."""
        values = {"channel": channel, "at": now, "why": why}
        return await added(self._connection, ClosedChannelRow, values)

    async def open(self, channel: str) -> bool:
        """Forgets that it was closed; True if it was."""
        gone = await self._connection.execute(
            delete(ClosedChannelRow).where(col(ClosedChannelRow.channel) == channel)
        )
        return gone.rowcount > 0

    async def closed(self) -> Mapping[str, str]:
        """Channel to reason."""
        rows = await self._connection.execute(
            select(col(ClosedChannelRow.channel), col(ClosedChannelRow.why))
        )
        return {channel: why for channel, why in rows}

    async def try_again(self, now: datetime) -> Sequence[str]:
        """Those that were found closed an hour ago or earlier; they count as found closed now."""
        old = update(ClosedChannelRow).where(col(ClosedChannelRow.at) <= now - _WORTH_ANOTHER_TRY)
        tried = old.values(at=now).returning(col(ClosedChannelRow.channel))
        return (await self._connection.scalars(tried)).all()
