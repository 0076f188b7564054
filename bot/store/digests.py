"""Subscriptions, mutes and runs of digests. Used through Transaction.digests."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from bot.core.digest.schedule import Mute, Run, Subscription
from bot.core.digest.section import Cadence
from bot.store.sql import added, insert_into
from bot.store.tables.digests import DigestMuteRow, DigestRunRow, DigestSubscriptionRow


class DigestRows:
    """See bot.ports.digests.DigestBook for every method."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def subscribe(self, subscription: Subscription) -> None:
        """Inserts or replaces."""
        row = insert_into(self._connection, DigestSubscriptionRow).values(
            channel=subscription.channel, cadence=subscription.cadence.value, body=subscription
        )
        await self._connection.execute(
            row.on_conflict_do_update(
                index_elements=["channel", "cadence"], set_={"body": subscription}
            )
        )

    async def unsubscribe(self, channel: str) -> int:
        """How many were there."""
        gone = delete(DigestSubscriptionRow).where(col(DigestSubscriptionRow.channel) == channel)
        rows = await self._connection.scalars(gone.returning(col(DigestSubscriptionRow.cadence)))
        return len(rows.all())

    async def subscriptions(self) -> Sequence[Subscription]:
        """By channel."""
        rows = await self._connection.scalars(
            select(col(DigestSubscriptionRow.body)).order_by(
                col(DigestSubscriptionRow.channel), col(DigestSubscriptionRow.cadence)
            )
        )
        return rows.all()

    async def mute(self, mute: Mute) -> None:
        """Inserts or replaces."""
        row = insert_into(self._connection, DigestMuteRow).values(channel=mute.channel, body=mute)
        await self._connection.execute(
            row.on_conflict_do_update(index_elements=["channel"], set_={"body": mute})
        )

    async def unmute(self, channel: str) -> Mute | None:
        """What was there."""
        gone = delete(DigestMuteRow).where(col(DigestMuteRow.channel) == channel)
        return await self._connection.scalar(gone.returning(col(DigestMuteRow.body)))

    async def muted(self, channel: str) -> Mute | None:
        """As stored, over or not."""
        return await self._connection.scalar(
            select(col(DigestMuteRow.body)).where(col(DigestMuteRow.channel) == channel)
        )

    async def last_run(self, channel: str, cadence: Cadence) -> Run | None:
        """By what they cover."""
        rows = await self._connection.execute(
            select(col(DigestRunRow.covers), col(DigestRunRow.at), col(DigestRunRow.outcome))
            .where(col(DigestRunRow.channel) == channel, col(DigestRunRow.cadence) == cadence.value)
            .order_by(col(DigestRunRow.covers).desc())
            .limit(1)
        )
        row = rows.first()
        return None if row is None else Run(channel, cadence, row.covers, row.at, row.outcome)

    async def ran(self, run: Run) -> bool:
        """One row for each (channel, cadence, covers)."""
        values = {
            "channel": run.channel,
            "cadence": run.cadence.value,
            "covers": run.covers,
            "at": run.at,
            "outcome": run.outcome,
        }
        return await added(self._connection, DigestRunRow, values)
