"""The town's BigQuery: it answers two questions, page by page, and refuses everything else as BigQuery would."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.errors import Refused
from bot.sandbox.google.bigquery import TABLE
from bot.sandbox.google.town import GoogleTown
from bot.sandbox.world.scenario import load_scenario
from tests.conformance.bill_stages import last_week, sandbox_bills
from tests.sandbox_world.conftest import START

FLEET = [spec.key for spec in load_scenario().workloads]
QUERIES = "/bigquery/v2/projects/cymbal-shop/queries"
SQL = f"""SELECT 1 FROM `cymbal-shop.billing.{TABLE}`
WHERE @since < @until AND @service = '' AND 'x' IN UNNEST(@projects) AND @names IS NOT NULL"""


@pytest.fixture
async def web(town: GoogleTown) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=Starlette(routes=town.routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://town") as client:
        yield client


def text(name: str, value: str, type_: str = "STRING") -> dict[str, Any]:
    return {"name": name, "parameterType": {"type": type_}, "parameterValue": {"value": value}}


def some(name: str, *values: str) -> dict[str, Any]:
    listed = [{"value": value} for value in values]
    return {
        "name": name,
        "parameterType": {"type": "ARRAY", "arrayType": {"type": "STRING"}},
        "parameterValue": {"arrayValues": listed},
    }


def question(**changes: object) -> dict[str, Any]:
    """Two days of hours of one workload."""
    parameters = [
        text("since", f"{START.date()} 00:00:00+00:00".replace("-28", "-24"), "TIMESTAMP"),
        text("until", f"{START.date()} 00:00:00+00:00".replace("-28", "-26"), "TIMESTAMP"),
        text("service", "152E-C115-5142"),
        some("projects", "cymbal-shop"),
        some("names", "storefront-web"),
    ]
    asked = {"query": SQL, "useLegacySql": False, "maximumBytesBilled": str(2**30)}
    return {**asked, "queryParameters": parameters, "requestId": "one", **changes}


async def test_an_answer_comes_in_pages(web: httpx.AsyncClient) -> None:
    page = (await web.post(QUERIES, json=question(maxResults=70))).json()
    assert (page["totalRows"], len(page["rows"]), page["jobComplete"]) == ("96", 70, True)
    token = page["pageToken"]
    rest = (await web.get(f"{QUERIES}/one", params={"pageToken": token})).json()
    assert len(rest["rows"]) == 26
    assert "pageToken" not in rest


@pytest.mark.parametrize(
    ("sentence", "changes", "status", "said"),
    [
        ("other SQL", {"query": SQL.replace("@names", "@other")}, 400, "two questions"),
        ("another table", {"query": SQL.replace("EF01", "EF02")}, 404, "EF02"),
        ("another place", {"location": "US"}, 404, "location US"),
        ("legacy SQL", {"useLegacySql": True}, 400, "standard SQL"),
        ("no limit of bytes", {"maximumBytesBilled": ""}, 400, "maximumBytesBilled"),
        ("too few bytes", {"maximumBytesBilled": "1000"}, 400, "10485760 or higher"),
        ("positions", {"parameterMode": "POSITIONAL"}, 400, "named"),
    ],
)
async def test_everything_else_is_refused_with_a_reason(
    web: httpx.AsyncClient, sentence: str, changes: dict[str, Any], status: int, said: str
) -> None:
    answer = await web.post(QUERIES, json=question(**changes))
    assert answer.status_code == status, sentence
    assert said in answer.json()["error"]["message"]


async def test_only_the_town_s_project_may_run_a_query(web: httpx.AsyncClient) -> None:
    answer = await web.post(QUERIES.replace("cymbal", "other"), json=question())
    assert answer.json()["error"]["errors"][0]["reason"] == "accessDenied"


async def test_the_client_reads_every_page() -> None:
    async with sandbox_bills() as stage:
        week = last_week(stage.clock)
        hours = await stage.bills.hours(week, FLEET)
    assert len(hours) == len(FLEET) * 7 * 24


async def test_a_query_that_would_read_too_much_is_not_run() -> None:
    async with sandbox_bills(most_bytes=1000) as stage:
        with pytest.raises(Refused, match="limit for bytes billed"):
            await stage.bills.read(last_week(stage.clock))
