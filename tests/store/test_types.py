"""Instants and values survive the databases unchanged."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from math import inf, isnan, nan
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, insert, select
from sqlalchemy.exc import StatementError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.campaign import Campaign
from bot.core.claims import Claim
from bot.core.delivery import Delivery
from bot.core.message import WantedPost
from bot.core.plan import Plan
from bot.core.verdict import Verdict
from bot.store.codec import decode, encode, fingerprint
from bot.store.connection import Connections
from bot.store.connection import database_url as driver_url
from bot.store.types import UtcDateTime
from tests.store.sample import NOW, VERDICT, campaign, claim, delivery, plan, post

INSTANTS = Table(
    "instants",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime),
)


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[AsyncConnection]:
    """A connection to a database with the table `instants`."""
    connections = Connections(driver_url(database_url))
    async with connections.write() as connection:
        await connection.run_sync(INSTANTS.metadata.create_all)
        yield connection
    await connections.engine.dispose()


@pytest.mark.parametrize(
    "stored",
    [
        NOW,
        datetime(2025, 10, 26, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Berlin")),
        datetime(2025, 10, 26, 2, 30, fold=0, tzinfo=ZoneInfo("Europe/Berlin")),
        datetime(2025, 3, 9, 23, 59, 59, 999999, tzinfo=timezone(timedelta(hours=-9, minutes=-30))),
        datetime(1, 1, 2, tzinfo=UTC),
        datetime(9999, 12, 30, tzinfo=UTC),
    ],
)
async def test_an_instant_comes_back_aware_and_the_same(
    connection: AsyncConnection, stored: datetime
) -> None:
    await connection.execute(insert(INSTANTS).values(at=stored))
    found = await connection.scalar(select(INSTANTS.c.at))
    assert found == stored.astimezone(UTC)
    assert found is not None
    assert found.tzinfo is UTC


async def test_no_instant_comes_back_as_none(connection: AsyncConnection) -> None:
    await connection.execute(insert(INSTANTS).values(at=None))
    assert await connection.scalar(select(INSTANTS.c.at)) is None


async def test_a_naive_instant_is_rejected(connection: AsyncConnection) -> None:
    with pytest.raises(StatementError, match="has no time zone"):
        await connection.execute(insert(INSTANTS).values(at=NOW.replace(tzinfo=None)))


async def test_instants_sort_and_compare_by_time_whatever_their_zone(
    connection: AsyncConnection,
) -> None:
    berlin = NOW.astimezone(ZoneInfo("Asia/Kolkata"))
    instants = [berlin + timedelta(microseconds=1), NOW, berlin - timedelta(hours=1)]
    await connection.execute(insert(INSTANTS), [{"at": at} for at in instants])
    found = await connection.scalars(
        select(INSTANTS.c.at).where(INSTANTS.c.at >= berlin).order_by(INSTANTS.c.at)
    )
    assert found.all() == [NOW, NOW + timedelta(microseconds=1)]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Campaign, campaign(proven_at=NOW)),
        (Plan, plan()),
        (Verdict, VERDICT),
        (Claim, claim()),
        (Delivery, delivery(text='a "quoted" <@U1> & 🛒 \x00 line\nline')),
        (WantedPost, post(text="Größe 🛒", thread_of="campaign/2", lane=0)),
    ],
)
def test_a_value_comes_back_equal(kind: Any, value: object) -> None:
    assert decode(kind, encode(value)) == value


@dataclass(frozen=True, slots=True)
class _Numbers:
    value: float
    amount: Decimal


@given(st.floats(allow_nan=False), st.decimals(allow_nan=False, allow_infinity=False))
def test_numbers_come_back_exactly(value: float, amount: Decimal) -> None:
    assert decode(_Numbers, encode(_Numbers(value, amount))) == _Numbers(value, amount)


def test_gaps_in_measurements_survive() -> None:
    assert isnan(decode(_Numbers, encode(_Numbers(nan, Decimal(1)))).value)
    assert decode(_Numbers, encode(_Numbers(inf, Decimal(1)))).value == inf


def test_a_fingerprint_does_not_depend_on_the_order_of_keys() -> None:
    assert fingerprint({"a": 1, "b": [{"c": 2, "d": 3}]}) == fingerprint(
        {"b": [{"d": 3, "c": 2}], "a": 1}
    )
    assert fingerprint({"a": [1, 2]}) != fingerprint({"a": [2, 1]})
