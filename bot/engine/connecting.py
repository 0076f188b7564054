"""PostgreSQL connections that are closed as soon as nobody waits for them. Used by bot.engine.distributed."""

import asyncio
from typing import Any, Self

from psycopg import AsyncConnection
from psycopg.rows import TupleRow


class PromptConnection(AsyncConnection[TupleRow]):
    """An attempt to connect that is cancelled leaves no open socket behind.

    The frames of a cancelled attempt own its socket, and the cancellation owns the frames.
    Procrastinate keeps its cancelled listener for as long as running jobs cannot be settled, that is, while
    the database is away; and a PostgreSQL that shuts down waits up to its `authentication_timeout` (60 s)
    for whoever has connected and says nothing
    (https://www.postgresql.org/docs/current/runtime-config-connection.html).
    """

    @classmethod
    async def connect(cls, conninfo: str = "", **options: Any) -> Self:
        """As psycopg's; psycopg.Error if it fails."""
        try:
            return await super().connect(conninfo, **options)
        except asyncio.CancelledError as cancellation:
            raise cancellation.with_traceback(None) from None
