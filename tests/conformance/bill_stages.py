"""Where the Bills suite plays: on the fake, and on the adapter against the sandbox's BigQuery.

In both there is one order for every hour of the last weeks of storefront-web in Europe.
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

import uvicorn
from starlette.applications import Starlette

from bot.adapters.billing_export import BillingExport
from bot.adapters.google_channel import GoogleClients
from bot.core.bill import BillingTable
from bot.core.house import House, Place
from bot.core.money import Money
from bot.core.windows import Window
from bot.errors import NotAllowed, TryAgain
from bot.ports.bills import Bills
from bot.sandbox.google.bigquery import TABLE
from bot.sandbox.google.faults import Fault, Faults
from bot.sandbox.google.town import GoogleTown
from bot.sandbox.world.scenario import load_scenario
from bot.sandbox.world.world import World
from tests.cards.samples import HOUSE
from tests.conformance.google_stages import EUROPE, PROJECT, STOREFRONT
from tests.fakes import FakeBills, FakeClock
from tests.fakes.faults import Faults as FakeFaults

EXPORT = BillingTable(f"{PROJECT}.billing.{TABLE}", PROJECT, "EU")
OURS: House = replace(HOUSE, places=(Place(PROJECT, (EUROPE,)),), zone="Europe/Berlin")
_HOUR = timedelta(hours=1)


@dataclass
class BillStage:
    """What the suite needs besides the port."""

    bills: Bills
    clock: FakeClock
    faults: FakeFaults | Faults
    standard: Bills  # the same of an export that names no services

    def lose_permission(self) -> None:
        """From now on the export may not be read."""
        if isinstance(self.faults, Faults):
            self.faults.put(Fault("Query", "PERMISSION_DENIED", "Access Denied: Table"))
        else:
            self.faults.add("*", NotAllowed("it needs roles/bigquery.jobUser"), times=99)

    def go_down(self) -> None:
        """BigQuery answers nobody any more."""
        if isinstance(self.faults, Faults):
            self.faults.put(Fault("Query"))
        else:
            self.faults.add("*", TryAgain("BigQuery is down"), times=99)


@asynccontextmanager
async def fake_bills() -> AsyncIterator[BillStage]:
    """The fake, with a month of hours."""
    clock, faults = FakeClock(), FakeFaults()
    bills, standard = (
        FakeBills(clock, faults=faults, detailed=detailed) for detailed in (True, False)
    )
    begin = clock.now().replace(minute=0, second=0, microsecond=0) - timedelta(days=70)
    for number in range(70 * 24 - 6):
        hour = Window(begin + number * _HOUR, begin + (number + 1) * _HOUR)
        bills.put(STOREFRONT, hour, Money(Decimal("0.25")))
        standard.put(STOREFRONT, hour, Money(Decimal("0.25")))
    yield BillStage(bills, clock, faults, standard)


@asynccontextmanager
async def sandbox_bills(most_bytes: int = 2**30) -> AsyncIterator[BillStage]:
    """The sandbox's BigQuery over HTTP, and the adapter on it."""
    clock = FakeClock()
    town = GoogleTown(World(load_scenario(), clock), clock)
    async with serving(town) as url:
        clients = GoogleClients(rest=url)
        tables = (
            replace(EXPORT, most_bytes=most_bytes),
            replace(EXPORT, detailed=False, most_bytes=most_bytes),
        )
        detailed, standard = (BillingExport(clients, clock, one, OURS) for one in tables)
        try:
            yield BillStage(detailed, clock, town.faults, standard)
        finally:
            await clients.close()


@asynccontextmanager
async def serving(town: GoogleTown) -> AsyncIterator[str]:
    """The town's HTTP doors on a free port; its address."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    app = Starlette(routes=town.routes())
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


def last_week(clock: FakeClock) -> Window:
    """Seven whole days of Berlin that ended three days ago."""
    end: datetime = clock.now().replace(hour=23, minute=0, second=0, microsecond=0)
    end -= timedelta(days=4)
    return Window(end - timedelta(days=7), end)
