"""BigQuery's REST API as far as it is asked: the two questions about the billing export, recognised by their parameters.

The SQL is not run: what it must say is checked, anything else is refused. Answers are as `jobs.query`,
`jobs.get` and `jobs.getQueryResults` give them.
"""

import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import grpc
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.core.fleet import WorkloadKey
from bot.sandbox.google.bill import HOUR, Bill, Billed
from bot.sandbox.google.faults import Faults
from bot.sandbox.google.refusals import Refusal, bad_argument, not_found
from bot.sandbox.world.world import World

Json = dict[str, Any]
Row = tuple[str, ...]

DATASET = "billing"
TABLE = "gcp_billing_export_resource_v1_0123AB_4567CD_89EF01"
LOCATION = "EU"
CLOUD_RUN = "152E-C115-5142"
_LEAST_BYTES = 10 * 2**20  # what the smallest query is billed
_ROW_BYTES = 600
_PAGE = 1000
_JOBS = 50  # whose rows are remembered
_FROM = re.compile(r"FROM `([^`]+)`")
_NAMED = re.compile(r"@(\w+)")
_ALL = frozenset({"since", "until", "service", "projects"})
_HTTP = {
    grpc.StatusCode.PERMISSION_DENIED: (403, "accessDenied"),
    grpc.StatusCode.NOT_FOUND: (404, "notFound"),
    grpc.StatusCode.INVALID_ARGUMENT: (400, "invalidQuery"),
    grpc.StatusCode.RESOURCE_EXHAUSTED: (403, "rateLimitExceeded"),
}
_DAYS = (("day", "DATE"), ("newest", "TIMESTAMP"), ("usd", "NUMERIC"))
_HOURS = (
    ("project", "STRING"),
    ("region", "STRING"),
    ("name", "STRING"),
    ("begin", "TIMESTAMP"),
    ("finish", "TIMESTAMP"),
    ("usd", "NUMERIC"),
)


@dataclass(frozen=True, slots=True)
class _Answer:
    fields: tuple[tuple[str, str], ...]
    rows: Sequence[Row]
    bytes: int


@dataclass(slots=True)
class BigQuery:
    """The table of the town's project, and the answers that were given."""

    world: World
    bill: Bill
    faults: Faults
    _answers: OrderedDict[str, _Answer] = field(default_factory=OrderedDict)

    def routes(self) -> list[Route]:
        """`jobs.query`, `jobs.get` and `jobs.getQueryResults`."""
        project = "/bigquery/v2/projects/{project}"
        return [
            Route(f"{project}/queries", self._query, methods=["POST"]),
            Route(f"{project}/queries/{{job}}", self._results, methods=["GET"]),
            Route(f"{project}/jobs/{{job}}", self._job, methods=["GET"]),
        ]

    async def _query(self, request: Request) -> Response:
        project, body = request.path_params["project"], await request.json()
        try:
            self.faults.strike("Query", TABLE, lost=False)
            answer = await self._answer(project, body)
        except Refusal as refusal:
            return _refused(refusal)
        job = str(body.get("requestId") or f"job_{len(self._answers)}")
        self._answers[job] = answer
        while len(self._answers) > _JOBS:
            self._answers.popitem(last=False)
        return JSONResponse(_page(project, job, answer, 0, int(body.get("maxResults") or _PAGE)))

    async def _job(self, request: Request) -> Response:
        """Every query is done at once."""
        project, job = request.path_params["project"], request.path_params["job"]
        if job not in self._answers:
            return _refused(not_found(f"Job {project}:{job}"))
        query = {
            "query": "",
            "destinationTable": {"projectId": project, "datasetId": "_", "tableId": job},
        }
        return JSONResponse(
            {
                "kind": "bigquery#job",
                "id": f"{project}:{LOCATION}.{job}",
                "jobReference": _reference(project, job),
                "configuration": {"jobType": "QUERY", "query": query},
                "status": {"state": "DONE"},
                "statistics": {"totalBytesProcessed": str(self._answers[job].bytes)},
            }
        )

    async def _results(self, request: Request) -> Response:
        project, job = request.path_params["project"], request.path_params["job"]
        answer = self._answers.get(job)
        if answer is None:
            return _refused(not_found(f"Job {project}:{job}"))
        asked = request.query_params
        most = int(asked.get("maxResults") or _PAGE)
        return JSONResponse(_page(project, job, answer, int(asked.get("pageToken") or 0), most))

    async def _answer(self, project: str, body: Mapping[str, Any]) -> _Answer:
        asked = _parameters(body)
        self._check(project, body, frozenset(asked))
        since, until = (_unix(asked[name]) for name in ("since", "until"))
        by_name = "names" in asked
        keys = [
            key
            for key in self.world.known()
            if key.project in asked["projects"] and (not by_name or key.name in asked["names"])
        ]
        if asked["service"] != CLOUD_RUN:
            keys = []
        await self.world.catch_up()
        # An hour that touches the span is a row; the adapter takes the share that it wants.
        billed = self.bill.rows(int(since // HOUR), int(-(-until // HOUR)), keys)
        rows = [row async for row in billed]
        size = max(_LEAST_BYTES, _ROW_BYTES * len(rows))
        if size > int(body["maximumBytesBilled"]):
            raise bad_argument(
                f"Query exceeded limit for bytes billed: {body['maximumBytesBilled']}. "
                f"{size} or higher required."
            )
        if by_name:
            return _Answer(_HOURS, [_hour(row) for row in rows], size)
        return _Answer(_DAYS, _days(rows, ZoneInfo(asked["zone"])), size)

    def _check(self, project: str, body: Mapping[str, Any], names: frozenset[str]) -> None:
        table = f"{self.world.scenario.project}.{DATASET}.{TABLE}"
        query = str(body.get("query", ""))
        if project != self.world.scenario.project:
            text = f"Access Denied: Project {project}: User does not have bigquery.jobs.create permission."
            raise Refusal(grpc.StatusCode.PERMISSION_DENIED, text)
        if body.get("useLegacySql", True) or not str(body.get("maximumBytesBilled", "")).isdigit():
            raise bad_argument("The town wants standard SQL with maximumBytesBilled.")
        found = _FROM.findall(query)
        if found != [table] or body.get("location", LOCATION) != LOCATION:
            raise not_found(f"Table {', '.join(found)} in location {body.get('location')}")
        if names not in {_ALL | {"zone"}, _ALL | {"names"}} or names != set(_NAMED.findall(query)):
            raise bad_argument(
                "The town answers two questions about its billing export: by day (since, until, service, "
                f"projects, zone) and by hour (…, names), not one with {', '.join(sorted(names))}."
            )


def _parameters(body: Mapping[str, Any]) -> Json:
    if body.get("parameterMode", "NAMED").upper() != "NAMED":
        raise bad_argument("The town knows named query parameters only.")
    found: Json = {}
    for one in body.get("queryParameters", []):
        value = one["parameterValue"]
        listed = [item["value"] for item in value.get("arrayValues", [])]
        is_list = one["parameterType"]["type"] == "ARRAY"
        found[one["name"]] = listed if is_list else value["value"]
    return found


def _unix(text: str) -> float:
    instant = datetime.fromisoformat(text)
    return instant.replace(tzinfo=instant.tzinfo or UTC).timestamp()


def _hour(row: Billed) -> Row:
    begin = row.hour * HOUR
    return (*_names(row.key), _micros(begin), _micros(begin + HOUR), f"{row.cost:.9f}")


def _names(key: WorkloadKey) -> Row:
    return (key.project, key.region, key.name)


def _days(rows: Sequence[Billed], zone: ZoneInfo) -> list[Row]:
    days: dict[str, tuple[int, Decimal]] = {}
    for row in rows:
        begin = row.hour * HOUR
        day = f"{datetime.fromtimestamp(begin, zone):%Y-%m-%d}"
        newest, cost = days.get(day, (0, Decimal(0)))
        days[day] = (max(newest, begin + HOUR), cost + row.cost)
    return [(day, _micros(newest), f"{cost:.9f}") for day, (newest, cost) in days.items()]


def _micros(seconds: int) -> str:
    return str(seconds * 1_000_000)


def _page(project: str, job: str, answer: _Answer, first: int, most: int) -> Json:
    """As both methods answer; the client asks for timestamps as microseconds."""
    shown = answer.rows[first : first + most]
    rest = first + len(shown)
    body: Json = {
        "kind": "bigquery#queryResponse",
        "schema": {"fields": [{"name": name, "type": type_} for name, type_ in answer.fields]},
        "jobReference": _reference(project, job),
        "totalRows": str(len(answer.rows)),
        "rows": [{"f": [{"v": value} for value in row]} for row in shown],
        "totalBytesProcessed": str(answer.bytes),
        "jobComplete": True,
        "cacheHit": False,
    }
    if rest < len(answer.rows):
        body["pageToken"] = str(rest)
    return body


def _reference(project: str, job: str) -> Json:
    return {"projectId": project, "jobId": job, "location": LOCATION}


def _refused(refusal: Refusal) -> Response:
    code, reason = _HTTP.get(refusal.code, (503, "backendError"))
    error = {"message": refusal.text, "domain": "global", "reason": reason}
    body = {"code": code, "message": refusal.text, "errors": [error], "status": refusal.code.name}
    return JSONResponse({"error": body}, status_code=code)
