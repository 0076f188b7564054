"""The record of who did what; append-only, chained by hashes. Used through Transaction.audit."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from bot.core.trail import AuditRow, Link, Query, anchor, hash_of, impersonal
from bot.store.tables.audit import AuditLogRow

# What writers of the chain wait for on PostgreSQL; on SQLite they are alone anyway.
_CHAIN_LOCK = 4_867_302
_ID, _HASH = col(AuditLogRow.id), col(AuditLogRow.hash)
_SAID: Sequence[Any] = (
    col(AuditLogRow.at),
    col(AuditLogRow.actor),
    col(AuditLogRow.act),
    col(AuditLogRow.subject),
    col(AuditLogRow.detail),
    col(AuditLogRow.version),
    col(AuditLogRow.via),
)
_LINKS: Select[Any] = select(_ID, col(AuditLogRow.previous), _HASH, *_SAID)
# Built once: to build it takes longer than to run it, and every row that is added asks for it.
_NEWEST = _LINKS.where(
    _ID >= func.coalesce(select(func.max(_ID)).where(_HASH != "").scalar_subquery(), 0)
).order_by(_ID)
_CHAINED = insert(AuditLogRow)


class AuditRows:
    """See bot.ports.store.Audit for every method.

    Rows are kept back until `flush`, at the end of the transaction: the chain's lock is then the last
    that is taken, so that it can be in no deadlock and is held for the shortest time.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._pending: list[AuditRow] = []

    async def add(self, row: AuditRow) -> None:
        """Appends one line, with people as ids only."""
        self._pending.append(impersonal(row))

    async def about(self, subject: str) -> Sequence[AuditRow]:
        """Oldest first."""
        rows = await self._connection.execute(
            select(*_SAID).where(col(AuditLogRow.subject) == subject).order_by(_ID)
        )
        return [AuditRow(*row) for row in rows] + [p for p in self._pending if p.subject == subject]

    async def search(self, query: Query) -> Sequence[Link]:
        """The newest that fit, oldest of them first."""
        statement = _LINKS.order_by(_ID.desc()).limit(query.limit)
        if query.subject:
            statement = statement.where(col(AuditLogRow.subject) == query.subject)
        if query.actor:
            statement = statement.where(col(AuditLogRow.actor) == query.actor)
        if query.since is not None:
            statement = statement.where(col(AuditLogRow.at) >= query.since)
        return [_link(row) for row in await self._connection.execute(statement)][::-1]

    async def chain(self) -> Sequence[Link]:
        """All rows, oldest first."""
        return [_link(row) for row in await self._connection.execute(_LINKS.order_by(_ID))]

    async def prune(self, before: datetime, now: datetime) -> int:
        """Takes away the oldest rows up to the first one at or after `before`; returns how many.

        An anchor vouches for them. The newest row always stays.
        """
        newest = select(func.max(_ID)).scalar_subquery()
        kept = select(func.min(_ID)).where((col(AuditLogRow.at) >= before) | (_ID == newest))
        oldest = await self._connection.scalar(select(col(AuditLogRow.at)).order_by(_ID).limit(1))
        if oldest is None or oldest >= before:
            return 0
        await self._lock()
        await self._chain_what_is_not()
        first_kept = await self._connection.scalar(kept)
        gone = _LINKS.where(_ID < first_kept).order_by(_ID)
        links = [_link(row) for row in await self._connection.execute(gone)]
        vouching = anchor(links, now)
        if vouching is not None:
            await self._connection.execute(delete(AuditLogRow).where(_ID < first_kept))
            self._pending.append(vouching)
        return len(links)

    async def flush(self) -> None:
        """Chains and writes what was added; the last thing in a transaction."""
        if not self._pending:
            return
        await self._lock()
        previous = await self._chain_what_is_not()
        chained = list[dict[str, Any]]()
        for row in self._pending:
            chained.append(_values(row, previous))
            previous = chained[-1]["hash"]
        # All rows in one round trip, however many there are: every writer of the record waits for it.
        await self._connection.execute(_CHAINED, chained)
        self._pending.clear()

    async def _chain_what_is_not(self) -> str:
        """Chains the newest rows where a process of an older version wrote them; returns the last hash."""
        previous = ""
        for found in (await self._connection.execute(_NEWEST)).all():
            link = _link(found)
            if link.hash:
                previous = link.hash
                continue
            digest = hash_of(link.row, previous)
            row = update(AuditLogRow).where(_ID == link.id)
            await self._connection.execute(row.values(previous=previous, hash=digest))
            previous = digest
        return previous

    async def _lock(self) -> None:
        if self._connection.dialect.name == "postgresql":
            await self._connection.execute(select(func.pg_advisory_xact_lock(_CHAIN_LOCK)))


def _values(row: AuditRow, previous: str) -> dict[str, Any]:
    said = {name: getattr(row, name) for name in AuditRow.__slots__}
    return said | {"previous": previous, "hash": hash_of(row, previous)}


def _link(found: Row[Any]) -> Link:
    number, previous, digest, *said = tuple[Any, ...](found)
    return Link(number, AuditRow(*said), previous, digest)
