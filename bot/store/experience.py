"""What was seen of the customers' pages. Used through Transaction.experience."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from bot.core.experience import Breach, Look
from bot.core.windows import Window
from bot.store.sql import insert_into
from bot.store.tables.experience import BreachRow, LookRow

_BREACHES = select(col(BreachRow.body)).order_by(col(BreachRow.page))


class ExperienceRows:
    """See bot.ports.experience.ExperienceBook for every method."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, looks: Sequence[Look]) -> None:
        """One statement for all of them."""
        if looks:
            rows = [{"page": one.page, "at": one.at, "body": one} for one in looks]
            await self._connection.execute(insert(LookRow), rows)

    async def newest(self, page: str, limit: int) -> Sequence[Look]:
        """By the index of page and time."""
        rows = await self._connection.scalars(
            select(col(LookRow.body))
            .where(col(LookRow.page) == page)
            .order_by(col(LookRow.at).desc(), col(LookRow.id).desc())
            .limit(limit)
        )
        return rows.all()

    async def looks(self, pages: Collection[str], window: Window) -> Sequence[Look]:
        """Half-open: a look at the window's end is not in it."""
        rows = await self._connection.scalars(
            select(col(LookRow.body))
            .where(
                col(LookRow.page).in_(sorted(pages)),
                col(LookRow.at) >= window.start,
                col(LookRow.at) < window.end,
            )
            .order_by(col(LookRow.at), col(LookRow.id))
        )
        return rows.all()

    async def breaches(self) -> Sequence[Breach]:
        """All rows: what is over has none."""
        return (await self._connection.scalars(_BREACHES)).all()

    async def keep_breach(self, breach: Breach) -> None:
        """Inserts, replaces or deletes."""
        if breach.over_at is not None:
            gone = delete(BreachRow).where(col(BreachRow.page) == breach.page)
            await self._connection.execute(gone)
            return
        row = insert_into(self._connection, BreachRow).values(page=breach.page, body=breach)
        changed = row.on_conflict_do_update(index_elements=["page"], set_={"body": breach})
        await self._connection.execute(changed)

    async def prune(self, before: datetime) -> int:
        """By the index of time."""
        gone = await self._connection.execute(delete(LookRow).where(col(LookRow.at) < before))
        return gone.rowcount
