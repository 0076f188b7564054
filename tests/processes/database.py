"""What stands in the database of a bot of several processes."""

from collections.abc import Mapping

import psycopg

Row = tuple[object, ...]


async def rows(environment: Mapping[str, str], query: str) -> list[Row]:
    """The answer to a query, on a connection of its own."""
    url = environment["DATABASE_URL"]
    async with await psycopg.AsyncConnection.connect(url) as connection:
        return await (await connection.execute(query.encode())).fetchall()


async def count(environment: Mapping[str, str], what: str) -> int:
    """How many rows: `inbox WHERE handled_at IS NULL`."""
    [(number,)] = await rows(environment, f"SELECT count(*) FROM {what}")
    return int(str(number))
