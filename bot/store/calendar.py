"""Drafts of calendar events and links to the calendar. Used through Transaction.calendar."""

import hmac
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from bot.core.marketing import EventDraft
from bot.store.sql import insert_into, kept
from bot.store.tables.calendar import CalendarLinkRow, EventDraftRow

_MOST = 3000


class CalendarRows:
    """See bot.ports.marketing.CalendarBook for every method."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def drafts(self, feed: str) -> Sequence[EventDraft]:
        """The newest three thousand of the feed, by start."""
        rows = await self._connection.scalars(
            select(col(EventDraftRow.body))
            .where(col(EventDraftRow.feed) == feed)
            .order_by(col(EventDraftRow.starts_at).desc(), col(EventDraftRow.id))
            .limit(_MOST)
        )
        return list(reversed(rows.all()))

    async def waiting(self) -> Sequence[EventDraft]:
        """By start."""
        rows = await self._connection.scalars(
            select(col(EventDraftRow.body))
            .where(col(EventDraftRow.waits).is_(True))
            .order_by(col(EventDraftRow.starts_at), col(EventDraftRow.id))
            .limit(_MOST)
        )
        return rows.all()

    async def draft(self, draft_id: str) -> EventDraft | None:
        """Locked where the database locks rows; SQLite has one writer anyway."""
        return await self._connection.scalar(
            select(col(EventDraftRow.body))
            .where(col(EventDraftRow.id) == draft_id)
            .with_for_update()
        )

    async def keep(self, draft: EventDraft) -> None:
        """By the event's id."""
        column = (col(EventDraftRow.id), col(EventDraftRow.body))
        columns = {
            "feed": draft.event.feed,
            "waits": draft.waits,
            "starts_at": draft.event.window.start,
            "body": await kept(self._connection, column, draft, draft.id),
        }
        row = insert_into(self._connection, EventDraftRow).values(id=draft.id, **columns)
        await self._connection.execute(
            row.on_conflict_do_update(index_elements=["id"], set_=columns)
        )

    async def link(self, owner: str) -> tuple[int, bool]:
        """The newest."""
        row = (
            await self._connection.execute(
                select(col(CalendarLinkRow.number), col(CalendarLinkRow.digest)).where(
                    col(CalendarLinkRow.owner) == owner
                )
            )
        ).one_or_none()
        return (0, False) if row is None else (row.number, bool(row.digest))

    async def put_link(self, owner: str, number: int, digest: str, at: datetime) -> None:
        """One a person."""
        columns = {"number": number, "digest": digest, "at": at}
        row = insert_into(self._connection, CalendarLinkRow).values(owner=owner, **columns)
        await self._connection.execute(
            row.on_conflict_do_update(index_elements=["owner"], set_=columns)
        )

    async def owner_of(self, digest: str) -> str:
        """Found by the digest of a secret, and compared once more in constant time."""
        if not digest:
            return ""
        row = (
            await self._connection.execute(
                select(col(CalendarLinkRow.owner), col(CalendarLinkRow.digest)).where(
                    col(CalendarLinkRow.digest) == digest
                )
            )
        ).one_or_none()
        if row is None or not hmac.compare_digest(row.digest.encode(), digest.encode()):
            return ""
        return str(row.owner)
