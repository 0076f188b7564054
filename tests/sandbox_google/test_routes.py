"""The town's own HTTP doors."""

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette

from bot.sandbox.google.town import GoogleTown
from tests.sandbox_google.conftest import Clients
from tests.sandbox_world.conftest import START
from tests.sandbox_world.hand_clock import HandClock

SHOP = "service/cymbal-shop/europe-west1/storefront-web"


@pytest.fixture
async def web(town: GoogleTown) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=Starlette(routes=town.routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://town") as client:
        yield client


async def do(web: httpx.AsyncClient, **orders: object) -> None:
    answer = await web.post("/town/world", json=orders)
    assert answer.json() == {"ok": True}, answer.text


async def test_the_fleet_is_shown_when_it_is_asked_for(web: httpx.AsyncClient) -> None:
    fleet = (await web.get("/town/fleet")).json()
    assert fleet["at"] == START.isoformat()
    assert len(fleet["workloads"]) == 15
    assert fleet["workloads"][SHOP]["ready"] > 10


async def test_drift_shows_in_the_api_when_somebody_sets_the_floor(
    web: httpx.AsyncClient, clients: Clients
) -> None:
    await do(web, drift={"workload": SHOP, "floor": 7, "by": "terraform@cymbal.example"})
    service = await clients.storefront()
    assert service.scaling.min_instance_count == 7
    assert service.last_modifier == "terraform@cymbal.example"


async def test_a_deploy_shows_in_the_api_when_somebody_deploys(
    web: httpx.AsyncClient, clients: Clients
) -> None:
    await do(web, deploy={"workload": "europe-west1/storefront-web", "image": "shop:next"})
    service = await clients.storefront()
    assert service.template.containers[0].image == "shop:next"
    assert "-00002-" in service.latest_created_revision


async def test_a_pool_drifts_by_its_count_when_it_is_set(
    web: httpx.AsyncClient, town: GoogleTown
) -> None:
    await do(web, drift={"workload": "order-worker", "floor": 3})
    key = next(key for key in town.world.keys() if key.name == "order-worker")
    assert town.world.spec(key).settings.manual == 3


async def test_demand_rises_when_an_event_is_put(
    web: httpx.AsyncClient, town: GoogleTown, clock: HandClock
) -> None:
    event = {
        "name": "TV spot",
        "groups": ["web"],
        "kind": "TV",
        "start": "2025-11-28T14:05:00Z",
        "end": "2025-11-28T14:30:00Z",
        "multiplier": 2,
    }
    before = (await web.get("/town/fleet")).json()["workloads"][SHOP]["rps"]
    await do(web, event=event)
    clock.move(minutes=7)
    after = (await web.get("/town/fleet")).json()["workloads"][SHOP]["rps"]
    assert before == 0
    assert after > 550


async def test_a_workload_is_gone_when_it_is_deleted(web: httpx.AsyncClient) -> None:
    await do(web, delete={"workload": SHOP})
    assert SHOP not in (await web.get("/town/fleet")).json()["workloads"]


async def test_several_things_happen_when_one_order_names_them(
    web: httpx.AsyncClient, town: GoogleTown
) -> None:
    await do(
        web,
        quota={"region": "us-central1", "vcpu": 30, "at": "run"},
        slow_starts={"factor": 4},
        google={"method": "GetService", "code": "PERMISSION_DENIED", "calls": 2},
        metrics_missing={"metric": "request_count", "seconds": 60},
        operation_error={"text": "no luck"},
    )
    assert town.world.quota("us-central1") == 30
    assert town.registry.quota["us-central1"] == 200
    assert town.faults.silent("run.googleapis.com/request_count", SHOP)
    assert town.faults.breaks(SHOP) == "no luck"
    await do(web, clear={})
    assert not town.faults.silent("run.googleapis.com/request_count", SHOP)


@pytest.mark.parametrize(
    ("orders", "why"),
    [
        ({"rain": {}}, "not one of"),
        ({"drift": {"workload": "nothing", "floor": 1}}, "names 0 workloads"),
        ({"drift": {"workload": "product-api", "floor": 1}}, "names 2 workloads"),
        ({"drift": {"workload": SHOP}}, "floor"),
        ({"google": {"colour": "red"}}, "colour"),
        ({"google": {"code": "TIRED"}}, "TIRED"),
    ],
)
async def test_an_order_is_refused_with_the_reason_when_it_makes_no_sense(
    web: httpx.AsyncClient, orders: dict[str, object], why: str
) -> None:
    answer = await web.post("/town/world", json=orders)
    assert answer.status_code == 400
    assert why in answer.json()["error"]
