"""The few statements that SQLAlchemy spells differently for each database. Used by the repositories."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, Text, literal_column, select, type_coerce
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningInsert
from sqlmodel import SQLModel

from bot.store.codec import encode, graft, surprised
from bot.store.types import Grafted, Json

Upsert = sqlite.Insert


def insert_into(connection: AsyncConnection | Connection, row: type[SQLModel]) -> Upsert:
    """An INSERT with `on_conflict_do_nothing`, `on_conflict_do_update` and `returning`.

    Both dialects' Insert classes have these with the same meaning; one of them stands for both here.
    """
    return insert_for(connection.dialect.name, row)


def insert_for(dialect: str, row: type[SQLModel]) -> Upsert:
    """The same by the dialect's name, for statements that are built once."""
    return cast("Upsert", postgresql.insert(row)) if dialect == "postgresql" else sqlite.insert(row)


@cache
def _adding(dialect: str, row: type[SQLModel]) -> ReturningInsert[Any]:
    # Asked by RETURNING: the drivers do not agree on a row count for INSERT.
    return insert_for(dialect, row).on_conflict_do_nothing().returning(literal_column("1"))


async def added(
    connection: AsyncConnection, row: type[SQLModel], values: Mapping[str, Any]
) -> bool:
    """Runs a one-row INSERT that does nothing on conflict; whether the row is new."""
    return await connection.scalar(_adding(connection.dialect.name, row), values) is not None


async def keeping(
    connection: AsyncConnection, column: Any, values: Mapping[Any, Any], *where: ColumnElement[bool]
) -> Mapping[Any, Any]:
    """`values` by the key that stands first in a row, each with what a newer version keeps in that row.

    `column` is the key's and then the body's. Costs nothing until this process has read such a row.
    """
    key, body = column
    assert isinstance(body.type, Json)
    kind = body.type.kind
    if not surprised(kind):
        return values
    rows = await connection.execute(select(key, type_coerce(body, Text)).where(*where))
    stored = {row[0]: row[1] for row in rows}
    return {
        name: Grafted(graft(kind, stored[name], encode(value))) if name in stored else value
        for name, value in values.items()
    }


async def kept(connection: AsyncConnection, column: Any, value: Any, key: Any) -> Any:
    """The same for the one row whose key, the first of `column`, is `key`."""
    found = await keeping(connection, column, {key: value}, column[0] == key)
    return found[key]


def known_identities(
    connection: Connection, row: type[SQLModel], identities: Iterable[str]
) -> frozenset[str]:
    """Which of them the row's table, with its column `identity`, has already; for SQLite.

    One text for any number: it is parsed once. What is not there now is new, for nobody else writes
    until the transaction ends.
    """
    statement = (
        f"SELECT identity FROM {row.__tablename__} "
        "WHERE identity IN (SELECT value FROM json_each(?))"
    )
    asked = json.dumps(list(identities))
    return frozenset(connection.exec_driver_sql(statement, (asked,)).scalars())


def wall_time(instant: datetime) -> str:
    """An instant as SQLite's columns hold it, for statements that SQLAlchemy does not bind."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
