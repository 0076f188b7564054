"""Claims, holdings, the ledger of writes and the write budget. Used through Transaction.capacity."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from bot.core.claims import Claim
from bot.core.fleet import WorkloadKey
from bot.core.holding import Holding, LedgerEntry
from bot.core.write_budget import Bid, counting, turn
from bot.errors import NotFound, Stale
from bot.store.sql import added, insert_into, keeping, kept
from bot.store.tables.capacity import ClaimRow, HoldingRow, LedgerRow, WriteBidRow, WriteLaneRow

_FORGOTTEN = timedelta(minutes=2)  # a bidder who is not back so long after its turn is dead
_FARTHEST = timedelta(
    hours=2
)  # more is of a clock that was ahead; a full region is written in an hour


# Built once: to build a statement takes longer than to run it, and every tick asks for these.
_CLAIMS_ON = (
    select(col(ClaimRow.body))
    .where(col(ClaimRow.workload) == bindparam("workload"))
    .order_by(col(ClaimRow.campaign_id), col(ClaimRow.id))
)
_CLAIMS_OF = (
    select(col(ClaimRow.body))
    .where(col(ClaimRow.campaign_id) == bindparam("campaign"))
    .order_by(col(ClaimRow.id))
)
_HOLDING = select(col(HoldingRow.body)).where(col(HoldingRow.workload) == bindparam("workload"))
_HOLDINGS = select(col(HoldingRow.body)).order_by(col(HoldingRow.workload))
_GROW_HOLDING = (
    update(HoldingRow)
    .where(
        col(HoldingRow.workload) == bindparam("of"), col(HoldingRow.version) == bindparam("known")
    )
    .values(version=bindparam("grown"), body=bindparam("now"))
)
_LEDGER = (
    select(col(LedgerRow.id), col(LedgerRow.body))
    .where(col(LedgerRow.workload) == bindparam("workload"))
    .order_by(col(LedgerRow.id).desc())
    .limit(bindparam("most"))
)


class CapacityRows:
    """See bot.ports.store.Capacity for every method."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def put_claims(self, campaign_id: str, claims: Sequence[Claim]) -> None:
        """Replaces all claims of the campaign."""
        mine = col(ClaimRow.campaign_id) == campaign_id
        new = {claim.id: claim for claim in claims}
        column = (col(ClaimRow.id), col(ClaimRow.body))
        bodies = await keeping(self._connection, column, new, mine)
        await self._connection.execute(delete(ClaimRow).where(mine))
        if claims:
            await self._connection.execute(
                insert(ClaimRow),
                [
                    {
                        "campaign_id": campaign_id,
                        "id": claim.id,
                        "workload": str(claim.workload),
                        "body": bodies[claim.id],
                    }
                    for claim in claims
                ],
            )

    async def claims_on(self, key: WorkloadKey) -> Sequence[Claim]:
        """All claims on the workload, over or not."""
        return (await self._connection.scalars(_CLAIMS_ON, {"workload": str(key)})).all()

    async def claims_of(self, campaign_id: str) -> Sequence[Claim]:
        """All claims of the campaign."""
        return (await self._connection.scalars(_CLAIMS_OF, {"campaign": campaign_id})).all()

    async def holding(self, key: WorkloadKey) -> Holding | None:
        """What is held of the workload, or None if no claim ever touched it."""
        return await self._connection.scalar(_HOLDING, {"workload": str(key)})

    async def holdings(self) -> Sequence[Holding]:
        """All of them, by workload."""
        return (await self._connection.scalars(_HOLDINGS)).all()

    async def save_holding(self, holding: Holding) -> Holding:
        """Inserts (version 0) or updates; returns it with its version grown; Stale on a wrong version."""
        grown = replace(holding, version=holding.version + 1)
        workload = str(holding.key)
        if not await self._store(grown, workload):
            raise Stale(f"the holding of {workload} was changed meanwhile")
        return grown

    async def _store(self, grown: Holding, workload: str) -> bool:
        if grown.version == 1:
            values = {"workload": workload, "version": 1, "body": grown}
            return await added(self._connection, HoldingRow, values)
        column = (col(HoldingRow.workload), col(HoldingRow.body))
        body = await kept(self._connection, column, grown, workload)
        new = {"of": workload, "known": grown.version - 1, "grown": grown.version, "now": body}
        return (await self._connection.execute(_GROW_HOLDING, new)).rowcount == 1

    async def intend(self, entry: LedgerEntry) -> int:
        """Stores the intent and returns its id."""
        entry_id = await self._connection.scalar(
            insert_into(self._connection, LedgerRow)
            .values(
                workload=str(entry.workload), at=entry.at, outcome=entry.outcome.value, body=entry
            )
            .returning(col(LedgerRow.id))
        )
        return int(entry_id or 0)

    async def settle(self, entry: LedgerEntry) -> None:
        """Stores the outcome; NotFound if there was no such intent."""
        column = (col(LedgerRow.id), col(LedgerRow.body))
        body = await kept(self._connection, column, entry, entry.id)
        settled = await self._connection.execute(
            update(LedgerRow)
            .where(col(LedgerRow.id) == entry.id)
            .values(outcome=entry.outcome.value, body=body)
        )
        if settled.rowcount != 1:
            raise NotFound(f"the ledger has no entry {entry.id}")

    async def ledger(self, key: WorkloadKey, limit: int = 100) -> Sequence[LedgerEntry]:
        """Newest first."""
        asked = {"workload": str(key), "most": limit}
        rows = await self._connection.execute(_LEDGER, asked)
        # The id is given by the database after the body was written.
        return [replace(row.body, id=row.id) for row in rows]

    async def take_write(
        self, lane: str, now: datetime, per_minute: int, *, bid: Bid | None = None
    ) -> datetime | None:
        """A sliding minute: None if one of `per_minute` writes is free at `now`, else when to come back.

        The lane's row is locked until the end of the transaction, so workers share one budget. With
        `bid` those of a smaller rank that wait go first.
        """
        await added(self._connection, WriteLaneRow, {"lane": lane, "taken": ()})
        mine = col(WriteLaneRow.lane) == lane
        stored = await self._connection.scalar(
            select(col(WriteLaneRow.taken)).where(mine).with_for_update()
        )
        recent = counting(stored or (), now)
        ahead = 0 if bid is None else await self._ahead(lane, bid, now)
        free_at = turn(recent, ahead, per_minute, now)
        if free_at > now:
            if max(stored or (now,)) > now:
                await self._connection.execute(
                    update(WriteLaneRow).where(mine).values(taken=recent)
                )
            if bid is not None:
                await self._wait(lane, bid, until=free_at + _FORGOTTEN)
            return free_at
        await self._connection.execute(
            update(WriteLaneRow).where(mine).values(taken=(*recent, now))
        )
        if bid is not None:
            await self._withdraw(lane, bid)
        return None

    async def _ahead(self, lane: str, bid: Bid, now: datetime) -> int:
        """How many wait in front of this one."""
        rank, workload = col(WriteBidRow.rank), col(WriteBidRow.workload)
        before = or_(rank < bid.rank, (rank == bid.rank) & (workload < str(bid.key)))
        in_time = col(WriteBidRow.until).between(now, now + _FARTHEST)
        waiting = (col(WriteBidRow.lane) == lane) & in_time
        return int(await self._connection.scalar(select(func.count()).where(waiting, before)) or 0)

    async def _wait(self, lane: str, bid: Bid, *, until: datetime) -> None:
        row = insert_into(self._connection, WriteBidRow)
        row = row.values(lane=lane, workload=str(bid.key), rank=bid.rank, until=until)
        renewed = {"rank": bid.rank, "until": until}
        await self._connection.execute(
            row.on_conflict_do_update(index_elements=["lane", "workload"], set_=renewed)
        )

    async def _withdraw(self, lane: str, bid: Bid) -> None:
        await self._connection.execute(
            delete(WriteBidRow).where(
                col(WriteBidRow.lane) == lane, col(WriteBidRow.workload) == str(bid.key)
            )
        )
