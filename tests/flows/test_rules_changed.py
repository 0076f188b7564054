"""Other house rules are put on record once, when a worker begins with them."""

import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from bot.core.house import Guardrails
from bot.core.money import Money
from bot.core.verdict import Role
from bot.flows.rules_changed import note_rules
from bot.ports.store import AuditRow
from tests.flows.town import SAM, Town

ROOT = Path(__file__).parents[2]


async def noted(town: Town) -> list[AuditRow]:
    await note_rules(town.kit)
    async with town.database.begin() as tx:
        return list(await tx.audit.about("policy"))


async def test_the_same_rules_are_noted_once_however_often_a_worker_begins(town: Town) -> None:
    first = await noted(town)
    assert [(row.act, row.version, row.via) for row in first] == [
        ("rules changed", 1, "headroom.yaml")
    ]
    town.clock.set(town.clock.now())
    assert await noted(town) == first


async def test_a_change_names_the_parts_that_are_others_than_before(town: Town) -> None:
    await noted(town)
    town.house(guardrails=replace(Guardrails(), auto_budget=Money(Decimal(7))))
    assert (await noted(town))[-1].detail.startswith("guardrails (")
    town.house(roles={**town.kit.house.roles, SAM: (Role.ADMIN,)}, spare=0.4)
    last = (await noted(town))[-1]
    assert last.detail.startswith("roles (")
    assert last.version == 3


async def test_going_back_to_earlier_rules_is_a_change_too(town: Town) -> None:
    before = town.kit.house
    await noted(town)
    town.house(ux_floors={"shop": 4})
    await noted(town)
    town.kit = replace(town.kit, house=before)
    assert (await noted(town))[-1].detail.startswith("floors (")


SAID = """
import asyncio
from bot.flows.rules_changed import note_rules
from bot.store.database import Database
from tests.flows.town import Town
from tests.store_fixture import migrated_sqlite
import pathlib, sys

async def main():
    database = Database(migrated_sqlite(pathlib.Path(sys.argv[1])), on_wake=lambda: None)
    await note_rules(Town(database).kit)
    async with database.begin() as tx:
        print((await tx.audit.about("policy"))[-1].detail)
    await database.close()

asyncio.run(main())
"""


def test_every_process_calls_the_same_rules_the_same(tmp_path: Path) -> None:
    told = set()
    for seed in ("1", "2"):
        (folder := tmp_path / seed).mkdir()
        done = subprocess.run(
            [sys.executable, "-c", SAID, str(folder)],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        told.add(done.stdout)
    assert len(told) == 1
