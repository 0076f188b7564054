"""Regional quotas: which limit holds in which region, and all of it against the sandbox's Cloud Quotas API."""

from collections.abc import Mapping, Sequence

import pytest
from google.cloud.cloudquotas_v1.types import DimensionsInfo, QuotaDetails, QuotaInfo

from bot.adapters.google_channel import GoogleClients
from bot.adapters.quota_reading import CloudQuotas, quotas_of
from bot.core.house import Place
from bot.core.limits import Resource
from bot.errors import NotFound
from bot.sandbox.google.town import GoogleTown
from bot.sandbox.world.scenario import load_scenario
from bot.sandbox.world.world import World
from tests.fakes import FakeClock
from tests.sandbox_world.conftest import START
from tests.sandbox_world.hand_clock import HandClock

NOW = FakeClock().now()
BELGIUM = Place("p", ("europe-west1",))


Limit = tuple[Mapping[str, str], Sequence[str], int]


def info(*limits: Limit) -> QuotaInfo:
    infos = [
        DimensionsInfo(
            dimensions=dict(where), applicable_locations=regions, details=QuotaDetails(value=value)
        )
        for where, regions, value in limits
    ]
    return QuotaInfo(quota_id="CpuAllocPerProjectRegion", dimensions_infos=infos)


OWN: Limit = ({"region": "europe-west1"}, ["europe-west1"], 56_000)
REST: Limit = ({}, ["europe-west1", "us-east1"], 20_000)


@pytest.mark.parametrize(
    ("sentence", "found", "limit"),
    [
        ("a limit of its own, whatever its place", info(REST, OWN), 56.0),
        ("the limit of all regions that have none of their own", info(REST), 20.0),
        ("a limit for all, without a list", info(({}, [], 20_000)), 20.0),
        ("a limit of other regions", info(({}, ["us-east1"], 20_000)), None),
        ("no limit at all", info(({}, [], -1)), None),
        ("nothing is said", info(), None),
    ],
)
def test_the_limit_of_a_region(sentence: str, found: QuotaInfo, limit: float | None) -> None:
    limits = [quota.limit for quota in quotas_of(found, BELGIUM, NOW)]
    assert limits == ([] if limit is None else [limit]), sentence


async def test_the_town_s_quotas_are_read_in_vcpu_and_gib() -> None:
    places = [Place("cymbal-shop", ("europe-west1", "us-central1"))]
    hands = HandClock(START)
    town = GoogleTown(World(load_scenario(), hands), hands)
    clients = GoogleClients(f"http://127.0.0.1:{await town.start()}")
    try:
        book = await CloudQuotas(clients, FakeClock()).read(places)
        with pytest.raises(NotFound, match="read the quotas of elsewhere"):
            await CloudQuotas(clients, FakeClock()).read([Place("elsewhere", ("europe-west1",))])
    finally:
        await clients.close()
        await town.stop()
    assert book is not None
    assert {(one.region, one.resource, one.limit) for one in book.quotas} == {
        ("europe-west1", Resource.VCPU, 400.0),
        ("europe-west1", Resource.MEMORY_GIB, 860.0),
        ("us-central1", Resource.VCPU, 200.0),
        ("us-central1", Resource.MEMORY_GIB, 430.0),
    }
