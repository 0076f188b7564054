"""Advice that somebody wants applied. Used through Transaction.applications."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from bot.core.advice.book import Application
from bot.store.sql import insert_into, kept
from bot.store.tables.applications import ApplicationRow


class ApplicationRows:
    """See bot.ports.applications.Applications for every method."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, application: Application) -> bool:
        """The first of an id wins."""
        row = insert_into(self._connection, ApplicationRow).values(
            id=application.id, asked_at=application.asked_at, body=application
        )
        done = await self._connection.execute(
            row.on_conflict_do_nothing(index_elements=["id"]).returning(col(ApplicationRow.id))
        )
        return done.first() is not None

    async def get(self, application_id: str) -> Application | None:
        """By its id."""
        wanted = select(col(ApplicationRow.body)).where(col(ApplicationRow.id) == application_id)
        found: Application | None = await self._connection.scalar(wanted)
        return found

    async def save(self, application: Application) -> None:
        """By its id."""
        column = (col(ApplicationRow.id), col(ApplicationRow.body))
        body = await kept(self._connection, column, application, application.id)
        await self._connection.execute(
            update(ApplicationRow).where(col(ApplicationRow.id) == application.id).values(body=body)
        )

    async def since(self, at: datetime) -> Sequence[Application]:
        """By the index of time."""
        rows = await self._connection.scalars(
            select(col(ApplicationRow.body))
            .where(col(ApplicationRow.asked_at) >= at)
            .order_by(col(ApplicationRow.asked_at).desc(), col(ApplicationRow.id))
        )
        return rows.all()
