"""A schema only grows, so that processes of the version before go on beside those of the new one."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Inspector, inspect

from bot.store.connection import Connections, database_url
from bot.store.migrate import upgrade
from bot.store.migrations import __file__ as migrations

_HISTORY = ScriptDirectory(str(Path(migrations).parent))
REVISIONS = [script.revision for script in reversed(list(_HISTORY.walk_revisions()))]


@dataclass(frozen=True)
class Shape:
    """A table as the version before must find it: its columns, those that it must fill, what is unique."""

    columns: Mapping[str, str]
    needed: frozenset[str]
    unique: frozenset[tuple[str, ...]]


def shapes(connection: Connection) -> dict[str, Shape]:
    """All tables of a database."""
    found = inspect(connection)
    return {name: _shape(found, name) for name in found.get_table_names()}


def _shape(found: Inspector, table: str) -> Shape:
    columns = found.get_columns(table)
    key = found.get_pk_constraint(table)["constrained_columns"]
    uniques = [tuple(one["column_names"]) for one in found.get_unique_constraints(table)]
    uniques += [tuple(map(str, i["column_names"])) for i in found.get_indexes(table) if i["unique"]]
    return Shape(
        columns={one["name"]: str(one["type"]) for one in columns},
        needed=frozenset(
            one["name"]
            for one in columns
            if not one["nullable"] and one["default"] is None and key != [one["name"]]
        ),
        unique=frozenset([tuple(key), *uniques]),
    )


def breaks(before: Mapping[str, Shape], after: Mapping[str, Shape]) -> list[str]:
    """What a process that knows the tables `before` would stumble over."""
    found = [f"{table} is gone" for table in before.keys() - after.keys()]
    for table in before.keys() & after.keys():
        old, new = before[table], after[table]
        changed = [n for n, kind in old.columns.items() if new.columns.get(n) != kind]
        found += [f"{table}.{name} is gone or of another type" for name in changed]
        found += [f"{table}.{name} must be filled" for name in new.needed - old.needed]
        found += [f"{table} has a new unique {names}" for names in new.unique - old.unique]
    return sorted(found)


async def _migrated(path: Path, revision: str) -> dict[str, Shape]:
    connections = Connections(database_url(f"sqlite:///{path}"))
    try:
        async with connections.write() as connection:
            await connection.run_sync(partial(upgrade, revision=revision))
            return await connection.run_sync(shapes)
    finally:
        await connections.close()


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Shape]]:
    """The tables after each revision."""
    file = tmp_path_factory.mktemp("schema") / "headroom.db"

    async def walk() -> dict[str, dict[str, Shape]]:
        return {revision: await _migrated(file, revision) for revision in REVISIONS}

    return asyncio.run(walk())


@pytest.mark.parametrize("number", range(1, len(REVISIONS)), ids=REVISIONS[1:])
def test_the_version_before_can_work_on_the_newer_schema(
    number: int, steps: dict[str, dict[str, Shape]]
) -> None:
    assert breaks(steps[REVISIONS[number - 1]], steps[REVISIONS[number]]) == []


def test_what_a_version_before_would_stumble_over_is_found() -> None:
    old = Shape({"id": "VARCHAR", "at": "DATETIME"}, frozenset({"at"}), frozenset({("id",)}))
    new = Shape({"id": "INTEGER", "by": "VARCHAR"}, frozenset({"by"}), frozenset({("by",)}))
    assert breaks({"rows": old, "gone": old}, {"rows": new, "more": new}) == [
        "gone is gone",
        "rows has a new unique ('by',)",
        "rows.at is gone or of another type",
        "rows.by must be filled",
        "rows.id is gone or of another type",
    ]
