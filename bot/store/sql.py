"""The few statements that SQLAlchemy spells differently for each database. Used by the repositories."""

from datetime import UTC, datetime
from typing import cast

from sqlalchemy import Connection, literal_column
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

Upsert = sqlite.Insert


def insert_into(connection: AsyncConnection | Connection, row: type[SQLModel]) -> Upsert:
    """An INSERT with `on_conflict_do_nothing`, `on_conflict_do_update` and `returning`.

    Both dialects' Insert classes have these with the same meaning; one of them stands for both here.
    """
    if connection.dialect.name == "postgresql":
        return cast("Upsert", postgresql.insert(row))
    return sqlite.insert(row)


async def added(connection: AsyncConnection, statement: Upsert) -> bool:
    """Runs a one-row INSERT that does nothing on conflict; whether the row is new.

    Asked by RETURNING: the drivers do not agree on a row count for INSERT.
    """
    statement = statement.on_conflict_do_nothing()
    row = await connection.scalar(statement.returning(literal_column("1")))
    return row is not None


def wall_time(instant: datetime) -> str:
    """An instant as SQLite's columns hold it, for statements that SQLAlchemy does not bind."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
