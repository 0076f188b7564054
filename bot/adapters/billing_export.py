"""Google's bill from the Cloud Billing export in BigQuery behind the Bills port; made by the composition root.

Two fixed queries; every value in them is a query parameter, and only the table's name, checked when
headroom.yaml was read, is written into their text. The client waits for its answers, so it does that in a
thread.
"""

import asyncio
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bot.adapters.google_channel import GoogleClients
from bot.adapters.google_errors import translated
from bot.adapters.price_catalog import CLOUD_RUN
from bot.core.bill import BillBook, BilledHour, BillingTable
from bot.core.fleet import WorkloadKey
from bot.core.house import House
from bot.core.money import Money
from bot.core.windows import Window, utc
from bot.ports.clock import Clock

if TYPE_CHECKING:
    from google.cloud.bigquery import Row

_REQUEST = 30.0  # seconds
_QUERY = 120.0  # seconds
_BLIP = 1.5  # seconds; longer trouble is the engine's business
_SERVICE = CLOUD_RUN.removeprefix("services/")
_NEEDS = "roles/bigquery.jobUser on the project that runs the query and roles/bigquery.dataViewer on the dataset"
_USD = """
  SUM(CAST((cost + IFNULL((SELECT SUM(credit.amount) FROM UNNEST(credits) AS credit
    WHERE credit.type NOT IN ('FREE_TIER', 'PROMOTION')), 0))
    / IFNULL(currency_conversion_rate, 1) AS NUMERIC)) AS usd"""
# Usage is never exported before it happens, so older partitions need not be read.
_WHERE = """
FROM `{table}`
WHERE _PARTITIONTIME >= TIMESTAMP_TRUNC(@since, DAY)
  AND usage_end_time > @since AND usage_start_time < @until
  AND service.id = @service AND cost_type != 'tax' AND project.id IN UNNEST(@projects)"""
_DAYS = f"""SELECT DATE(usage_start_time, @zone) AS day, MAX(usage_end_time) AS newest,{_USD}{_WHERE}
GROUP BY day"""
# The network (billed by bytes) is in no estimate.
_HOURS = f"""SELECT project.id AS project, location.region AS region,
  REGEXP_EXTRACT(resource.name, r'[^/]+$') AS name, usage_start_time AS begin, usage_end_time AS finish,{_USD}{_WHERE}
  AND REGEXP_EXTRACT(resource.name, r'[^/]+$') IN UNNEST(@names) AND usage.unit != 'bytes'
GROUP BY project, region, name, begin, finish"""


class BillingExport:
    """The Bills port over google-cloud-bigquery."""

    def __init__(
        self, clients: GoogleClients, clock: Clock, table: BillingTable, house: House
    ) -> None:
        self._clients = clients
        self._clock = clock
        self._table = table
        self._zone = house.zone
        self._projects = sorted({place.project for place in house.places})

    async def read(self, span: Window) -> BillBook | None:
        """One query; a day counts from the beginning of its first hour in the house's zone."""
        rows = await self._ask(_DAYS, span, {"zone": self._zone}, {"projects": self._projects})
        now = self._clock.now()
        days = {f"{row['day']:%Y-%m-%d}": Money(_amount(row)) for row in rows}
        newest = max((utc(row["newest"]) for row in rows), default=None)
        return BillBook(now, now, days, newest)

    async def hours(self, window: Window, keys: Sequence[WorkloadKey]) -> Sequence[BilledHour]:
        """One query for all of them."""
        if not self._table.detailed or not keys:
            return ()
        lists = {
            "projects": sorted({key.project for key in keys}),
            "names": sorted({key.name for key in keys}),
        }
        rows = await self._ask(_HOURS, window, {}, lists)
        wanted = {(key.project, key.region, key.name) for key in keys}
        found = [_hour(row) for row in rows]
        return [one for one in found if (one.project, one.region, one.name) in wanted]

    async def _ask(
        self, query: str, span: Window, texts: Mapping[str, str], lists: Mapping[str, list[str]]
    ) -> list["Row"]:
        with translated(f"read the billing export {self._table.table}", needs=_NEEDS):
            return await asyncio.to_thread(self._query, query, span, texts, lists)

    def _query(
        self, query: str, span: Window, texts: Mapping[str, str], lists: Mapping[str, list[str]]
    ) -> list["Row"]:
        from google.cloud import bigquery  # as in GoogleClients.bigquery
        from google.cloud.bigquery.retry import DEFAULT_JOB_RETRY, DEFAULT_RETRY

        moments = {"since": span.start, "until": span.end}
        parameters: list[Any] = [
            *(bigquery.ScalarQueryParameter(name, "TIMESTAMP", at) for name, at in moments.items()),
            *(bigquery.ScalarQueryParameter(name, "STRING", text) for name, text in texts.items()),
            bigquery.ScalarQueryParameter("service", "STRING", _SERVICE),
            *(bigquery.ArrayQueryParameter(name, "STRING", some) for name, some in lists.items()),
        ]
        config = bigquery.QueryJobConfig(
            query_parameters=parameters,
            maximum_bytes_billed=self._table.most_bytes,
            use_legacy_sql=False,
            labels={"app": "headroom"},
        )
        client = self._clients.bigquery(self._table.project)
        rows = client.query_and_wait(
            query.format(table=self._table.table),
            job_config=config,
            location=self._table.location or None,
            api_timeout=_REQUEST,
            wait_timeout=_QUERY,
            retry=DEFAULT_RETRY.with_timeout(_BLIP),
            job_retry=DEFAULT_JOB_RETRY.with_timeout(_BLIP),
        )
        return list(rows)


def _hour(row: "Row") -> BilledHour:
    window = Window(utc(row["begin"]), utc(row["finish"]))
    return BilledHour(
        str(row["project"]), str(row["region"]), str(row["name"]), window, Money(_amount(row))
    )


def _amount(row: "Row") -> Decimal:
    return Decimal(row["usd"] or 0)
