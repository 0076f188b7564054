"""What a newer version wrote into the database: kept where it is not known, left alone where it must be understood."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy import text

from bot.core.campaign import Announcement, Campaign, CampaignState, Rate
from bot.core.claims import Claim
from bot.core.holding import Holding, LedgerEntry, Outcome
from bot.errors import NotOurs
from bot.store.codec import decode, encode, graft
from bot.store.connection import Connections
from bot.store.connection import database_url as driver_url
from bot.store.database import Database
from tests.store.sample import KEY, NOW, VERDICT, campaign, claim, plan


def newer(value: object, **added: object) -> str:
    """The value as a newer version would write it: with fields that this one does not know."""
    return json.dumps(json.loads(encode(value)) | added)


def edited(stored: str, *path: str | int, to: object) -> str:
    """The JSON text with the entry at `path` set."""
    body = json.loads(stored)
    at = body
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = to
    return json.dumps(body)


def test_a_field_that_is_not_known_is_no_obstacle() -> None:
    assert decode(Campaign, newer(campaign(), season="autumn")) == campaign()


@pytest.mark.parametrize(
    ("kind", "stored"),
    [
        (Campaign, edited(encode(campaign()), "announcement", "kind", to="livestream")),
        (Campaign, edited(encode(campaign()), "state", to="rehearsing")),
        (Campaign, edited(encode(campaign()), "announcement", "demand", to={"baskets": 5})),
        (Claim, edited(newer(claim(), season="autumn"), "workload", "kind", to="job")),
    ],
)
def test_a_word_that_is_not_known_is_left_to_the_version_that_wrote_it(
    kind: Any, stored: str
) -> None:
    with pytest.raises(NotOurs, match="another version of Headroom wrote it: ") as left:
        decode(kind, stored)
    assert left.value.after is not None and left.value.after.total_seconds() <= 5


def test_what_is_no_json_is_not_taken_for_a_newer_versions() -> None:
    with pytest.raises(ValidationError):
        decode(Campaign, "{")


def test_unknown_fields_stay_where_they_are_when_the_value_changes() -> None:
    stored = edited(newer(campaign(), season="autumn"), "announcement", "mood", to="loud")
    moved = replace(campaign(), state=CampaignState.LIVE)
    written = json.loads(graft(Campaign, stored, encode(moved)))
    assert (written["season"], written["announcement"]["mood"]) == ("autumn", "loud")
    assert decode(Campaign, json.dumps(written)) == moved


def test_unknown_fields_of_a_lists_entry_follow_it_to_another_place() -> None:
    one, two = Rate(1.0), Rate(2.0)
    stored = json.dumps([{"rps": 1.0, "shape": "a"}, {"rps": 2.0, "shape": "b"}])
    kind = tuple[Rate, ...]
    assert json.loads(graft(kind, stored, encode((two,)))) == [{"rps": 2.0, "shape": "b"}]
    changed = json.loads(graft(kind, stored, encode((Rate(9.0), two, one))))
    assert [entry.get("shape") for entry in changed] == ["a", "b", "a"]


@given(
    multiplier=st.floats(1, 50),
    state=st.sampled_from(CampaignState),
    note=st.text(max_size=20),
    extra=st.dictionaries(st.text("xyz_", min_size=4), st.integers() | st.text(), min_size=1),
)
def test_a_graft_changes_nothing_of_what_is_known(
    multiplier: float, state: CampaignState, note: str, extra: dict[str, int | str]
) -> None:
    asked = replace(campaign().announcement, multiplier=multiplier)
    changed = replace(campaign(), announcement=asked, state=state, note=note)
    grafted = graft(Campaign, newer(campaign(), **extra), encode(changed))
    assert decode(Campaign, grafted) == changed
    assert json.loads(grafted).items() >= extra.items()
    assert isinstance(decode(Campaign, grafted).announcement, Announcement)


async def add_season(url: str, table: str) -> None:
    """A newer version has written something into every row of the table."""
    connections = Connections(driver_url(url))
    async with connections.write() as connection:
        for row in (await connection.execute(text(f"SELECT body FROM {table}"))).all():
            body = json.dumps(json.loads(row[0]) | {"season": "autumn"})
            change = text(f"UPDATE {table} SET body = :new WHERE body = :old")
            await connection.execute(change, {"new": body, "old": row[0]})
    await connections.close()


async def seasons(url: str, table: str) -> list[str | None]:
    """What is left of it."""
    connections = Connections(driver_url(url))
    async with connections.read() as connection:
        rows = (await connection.execute(text(f"SELECT body FROM {table}"))).all()
    await connections.close()
    return [json.loads(row[0]).get("season") for row in rows]


async def test_campaigns_claims_holdings_and_the_ledger_keep_it(
    any_database: Database, database_url: str
) -> None:
    entry = LedgerEntry(0, KEY, NOW, 2, 11, None, None, ("c",), "etag", "Black Friday")
    async with any_database.begin() as tx:
        await tx.campaigns.add(campaign())
        await tx.capacity.put_claims("black-friday", [claim()])
        await tx.capacity.save_holding(Holding(KEY, 2, None))
        number = await tx.capacity.intend(entry)
    tables = ("campaigns", "claims", "holdings", "ledger")
    for table in tables:
        await add_season(database_url, table)
    async with any_database.begin() as tx:
        stored = await tx.campaigns.get("black-friday")
        held = await tx.capacity.holding(KEY)
        [claimed], [noted] = await tx.capacity.claims_on(KEY), await tx.capacity.ledger(KEY)
        assert stored is not None and held is not None
        await tx.campaigns.save(replace(stored, state=CampaignState.WARMING))
        await tx.capacity.put_claims("black-friday", [replace(claimed, floor=12)])
        await tx.capacity.save_holding(replace(held, written=11))
        await tx.capacity.settle(replace(noted, id=number, outcome=Outcome.DONE))
    assert [await seasons(database_url, table) for table in tables] == [["autumn"]] * 4
    async with any_database.begin() as tx:
        [after] = await tx.capacity.claims_of("black-friday")
    assert after == replace(claim(), floor=12)


async def test_a_row_of_an_unknown_kind_stays_as_it_is(
    any_database: Database, database_url: str
) -> None:
    async with any_database.begin() as tx:
        await tx.campaigns.add(campaign())
        await tx.campaigns.add_plan(plan(), VERDICT)
    connections = Connections(driver_url(database_url))
    unknown = edited(encode(campaign()), "state", to="rehearsing")
    async with connections.write() as connection:
        await connection.execute(text("UPDATE campaigns SET body = :new"), {"new": unknown})
    with pytest.raises(NotOurs):
        async with any_database.begin() as tx:
            await tx.campaigns.open()
    async with connections.read() as connection:
        assert await connection.scalar(text("SELECT body FROM campaigns")) == unknown
    await connections.close()
