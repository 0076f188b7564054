"""Pauses, Home tabs and changed user groups. Used through Transaction.oversight."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from bot.core.pausing import Pause
from bot.store.sql import insert_into
from bot.store.tables.oversight import HomeRow, PauseRow, UserGroupRow

_PAUSES = select(col(PauseRow.body)).order_by(col(PauseRow.scope))


class OversightRows:
    """See bot.ports.oversight.OversightBook for every method."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def pause(self, pause: Pause) -> None:
        """Inserts or replaces."""
        row = insert_into(self._connection, PauseRow).values(scope=pause.scope, body=pause)
        changed = row.on_conflict_do_update(index_elements=["scope"], set_={"body": pause})
        await self._connection.execute(changed)

    async def resume(self, scope: str) -> Pause | None:
        """Deletes it; who comes second finds nothing."""
        gone = delete(PauseRow).where(col(PauseRow.scope) == scope)
        return await self._connection.scalar(gone.returning(col(PauseRow.body)))

    async def pauses(self) -> Sequence[Pause]:
        """By scope."""
        return (await self._connection.scalars(_PAUSES)).all()

    async def group_changed(self, user_group: str, at: datetime) -> None:
        """Keeps the newest instant, whatever the order of the events."""
        row = insert_into(self._connection, UserGroupRow).values(id=user_group, changed_at=at)
        await self._connection.execute(
            row.on_conflict_do_update(
                index_elements=["id"],
                set_={"changed_at": at},
                where=col(UserGroupRow.changed_at) < at,
            )
        )

    async def groups_changed(self) -> Mapping[str, datetime]:
        """By id."""
        rows = await self._connection.execute(
            select(col(UserGroupRow.id), col(UserGroupRow.changed_at))
        )
        return {row[0]: row[1] for row in rows}

    async def home_opened(self, user: str, at: datetime) -> None:
        """Keeps what it shows."""
        row = insert_into(self._connection, HomeRow).values(user=user, shown="", opened_at=at)
        await self._connection.execute(
            row.on_conflict_do_update(
                index_elements=["user"],
                set_={"opened_at": at},
                where=or_(col(HomeRow.opened_at) < at, col(HomeRow.opened_at).is_(None)),
            )
        )

    async def homes(self, since: datetime) -> Sequence[str]:
        """By when they were opened."""
        rows = await self._connection.scalars(
            select(col(HomeRow.user))
            .where(col(HomeRow.opened_at) >= since)
            .order_by(col(HomeRow.opened_at).desc(), col(HomeRow.user))
        )
        return rows.all()

    async def home_shows(self, user: str) -> str:
        """As remembered."""
        shown = select(col(HomeRow.shown)).where(col(HomeRow.user) == user)
        return await self._connection.scalar(shown) or ""

    async def home_shown(self, user: str, fingerprint: str, at: datetime) -> None:
        """Of a Home tab that was opened."""
        row = update(HomeRow).where(col(HomeRow.user) == user)
        await self._connection.execute(row.values(shown=fingerprint, shown_at=at))

    async def home_shown_at(self, user: str) -> datetime | None:
        """As remembered."""
        shown = select(col(HomeRow.shown_at)).where(col(HomeRow.user) == user)
        return await self._connection.scalar(shown)
