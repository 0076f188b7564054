"""The story of one workload, as `headroom ledger` prints it."""

import argparse
import json
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cli import capacity
from bot.errors import AskedWrong
from bot.store.database import Database
from tests.flows.town import END, SHOP, START, Town
from tests.store_fixture import migrated_sqlite, opened

MINUTE = timedelta(minutes=1)
CONFIG = Path(__file__).parents[2] / "bot/sandbox/scenarios/headroom.yaml"


@pytest.fixture
async def past(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A campaign with a drift in it is over; the environment names its database."""
    url = migrated_sqlite(tmp_path)
    async with opened(url) as database:
        await _played(database)
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("HEADROOM_CONFIG", str(CONFIG))


async def _played(database: Database) -> None:
    town = Town(database)
    await town.scheduled()
    await town.run(START + 10 * MINUTE)
    town.cloud.someone_sets(SHOP.key, 3)
    await town.run(END + timedelta(hours=1))


async def printed(capsys: pytest.CaptureFixture[str], workload: str, *, as_json: bool) -> str:
    arguments = argparse.Namespace(command="ledger", workload=workload, json=as_json)
    assert await capacity.run(arguments) == 0
    return capsys.readouterr().out


@pytest.mark.usefixtures("past")
async def test_the_story_has_claims_writes_drifts_and_proofs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = await printed(capsys, "shop", as_json=False)
    lines = text.splitlines()

    assert lines[0].startswith("shop: Cloud Run service in europe-west1")
    assert "Nothing is held: it was given back at Fri 28 Nov" in lines[1]
    assert "Without Headroom it would have 3 at least" in lines[2]
    assert "at least 55 for Black Friday push (push), ×3 the usual, asked by U0MAYA" in text
    assert "  Fri 28 Nov 2025" in lines
    assert "Headroom raised the minimum from 2 to 55: Black Friday push" in text
    assert "lowered it: minimum 3, maximum none, by infrastructure as code." in text
    assert "Headroom raised the minimum from 3 to 55: Black Friday push" in text
    assert text.count("Proven: 55 instances are warm.") == 2
    assert "Headroom lowered the minimum from 55 to 29: giving back 26 of 52" in text
    assert lines[-1].endswith("]") and "unclaimed instances" in lines[-1]


@pytest.mark.usefixtures("past")
async def test_the_story_is_there_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    [story] = json.loads(await printed(capsys, str(SHOP.key), as_json=True))

    assert story["workload"] == str(SHOP.key)
    assert [write["floor"] for write in story["writes"]][:2] == [55, 55]
    assert {row["act"] for row in story["record"]} >= {"lowered", "proven"}
    assert story["holding"]["baseline"] == 3


@pytest.mark.usefixtures("past")
async def test_an_unknown_workload_is_answered_with_the_known_ones() -> None:
    arguments = argparse.Namespace(command="ledger", workload="shoop", json=False)
    with pytest.raises(AskedWrong, match="cart, shop"):
        await capacity.run(arguments)
