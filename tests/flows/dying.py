"""A process that dies at a chosen moment: before or after any call to Slack, Google or the database."""

import copy
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from bot.ports.chat import Chat
from bot.ports.cloud import Cloud, Metrics
from bot.ports.store import Store, Transaction
from bot.store.database import Database
from tests.flows.town import Killed, Town


@dataclass
class Fate:
    """Counts the moments; death comes at number `at` (counted from 1)."""

    at: int
    moment: int = 0
    died: str = ""

    def pass_by(self, where: str) -> None:
        """Raises Killed when it is time."""
        self.moment += 1
        if self.moment == self.at:
            self.died = where
            raise Killed(where)


class Mortal:
    """A port whose every call may be the last thing the process does."""

    def __init__(self, port: object, fate: Fate) -> None:
        self._port, self._fate = port, fate

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        method = getattr(self._port, name)

        async def call(*args: Any, **kwargs: Any) -> Any:
            self._fate.pass_by(f"before {name}")
            result = await method(*args, **kwargs)
            self._fate.pass_by(f"after {name}")
            return result

        return call


class MortalStore:
    """A store whose process may die before a commit (nothing is kept) or after it (all is)."""

    def __init__(self, database: Database, fate: Fate) -> None:
        self._database, self._fate = database, fate
        self.accept = database.accept

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Transaction]:
        """One transaction with death on both sides of its commit."""
        async with self._database.begin() as tx:
            yield tx
            self._fate.pass_by("before a commit")
        self._fate.pass_by("after a commit")


def doomed(town: Town, fate: Fate) -> None:
    """From now on the town's process lives until its fate."""
    town.kit = replace(
        town.kit,
        store=cast(Store, MortalStore(town.database, fate)),
        chat=cast(Chat, Mortal(town.chat, fate)),
        cloud=cast(Cloud, Mortal(town.cloud, fate)),
        metrics=cast(Metrics, Mortal(town.metrics, fate)),
    )


def reborn(town: Town) -> None:
    """A new process, with nothing in memory of the old one."""
    town.kit = replace(
        town.kit, store=town.database, chat=town.chat, cloud=town.cloud, metrics=town.metrics
    )


def twin(town: Town, database: Database) -> Town:
    """The same town on a copy of its database; what happens to one does not happen to the other."""
    other = Town(database, town.kit.house)
    other.clock, other.chat, other.cloud, other.metrics = copy.deepcopy(
        (town.clock, town.chat, town.cloud, town.metrics)
    )
    other.kit = replace(other.kit, clock=other.clock)
    other.follow_instances()
    other.clicks = town.clicks
    reborn(other)
    return other


def copy_of(url: str, number: int) -> str:
    """A copy of an SQLite database, made while nobody writes to it."""
    file = Path(url.removeprefix("sqlite:///"))
    target = file.with_name(f"twin-{number}.db")
    for suffix in ("", "-wal", "-shm"):
        source = file.with_name(file.name + suffix)
        if source.exists():
            target.with_name(target.name + suffix).write_bytes(source.read_bytes())
    return f"sqlite:///{target}"
