"""The record of who did what; append-only. Used through Transaction.audit."""

from collections.abc import Sequence

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from bot.ports.store import AuditRow
from bot.store.tables.audit import AuditLogRow


class AuditRows:
    """See bot.ports.store.Audit for every method."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, row: AuditRow) -> None:
        """Appends one line."""
        await self._connection.execute(
            insert(AuditLogRow).values(
                at=row.at, actor=row.actor, act=row.act, subject=row.subject, detail=row.detail
            )
        )

    async def about(self, subject: str) -> Sequence[AuditRow]:
        """Oldest first."""
        rows = await self._connection.execute(
            select(
                col(AuditLogRow.at),
                col(AuditLogRow.actor),
                col(AuditLogRow.act),
                col(AuditLogRow.subject),
                col(AuditLogRow.detail),
            )
            .where(col(AuditLogRow.subject) == subject)
            .order_by(col(AuditLogRow.id))
        )
        return [AuditRow(*row) for row in rows]
