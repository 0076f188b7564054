"""What finished campaigns brought. Used through Transaction.lessons."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from bot.core.evidence import PastCampaign
from bot.store.sql import insert_into
from bot.store.tables.lessons import LessonRow


class LessonRows:
    """See bot.ports.lessons.Lessons for every method."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def put(self, campaign_id: str, past: PastCampaign) -> None:
        """Inserts or replaces what the campaign taught."""
        columns = {"at": past.at, "body": past}
        row = insert_into(self._connection, LessonRow).values(campaign_id=campaign_id, **columns)
        changed = row.on_conflict_do_update(index_elements=["campaign_id"], set_=columns)
        await self._connection.execute(changed)

    async def newest(self, limit: int) -> Sequence[PastCampaign]:
        """By start, the newest first."""
        rows = await self._connection.scalars(
            select(col(LessonRow.body))
            .order_by(col(LessonRow.at).desc(), col(LessonRow.campaign_id))
            .limit(limit)
        )
        return rows.all()
