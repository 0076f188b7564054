"""A campaign of last week is settled by the sandbox's bill, and that agrees with its billable time in Monitoring."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from bot.adapters.billing_export import BillingExport
from bot.adapters.google_channel import GoogleClients
from bot.adapters.monitoring import CloudMonitoring
from bot.core.plan import Plan
from bot.core.settled import Basis, Settled
from bot.core.settlement import SETTLING_METRICS, settle
from bot.core.windows import Window
from bot.flows.daily import bill
from bot.sandbox.google.town import GoogleTown
from bot.sandbox.world.scenario import load_scenario
from bot.sandbox.world.world import World
from tests.cards.samples import CAMPAIGN, PLAN
from tests.conformance.bill_stages import EXPORT, OURS, last_week, serving
from tests.conformance.google_stages import STOREFRONT
from tests.flows.town import Town

MINUTE = timedelta(minutes=1)
HELD = timedelta(minutes=30)


@dataclass
class Billing:
    """The sandbox's Google with both its doors, and a window of last week in it."""

    google: GoogleTown
    clients: GoogleClients
    window: Window

    def plan(self) -> Plan:
        """For the storefront alone, as it is in the sandbox."""
        spec = self.google.world.spec(STOREFRONT)
        workload = replace(PLAN.workloads[0], key=STOREFRONT, size=spec.size, billing=spec.billing)
        return replace(
            PLAN,
            window=self.window,
            raise_at=self.window.start - HELD,
            give_back_at=self.window.end + HELD,
            workloads=(workload,),
        )


@pytest.fixture
async def billing(town: Town) -> AsyncIterator[Billing]:
    google = GoogleTown(World(load_scenario(), town.clock), town.clock)
    port = await google.start()
    async with serving(google) as url:
        clients = GoogleClients(f"http://127.0.0.1:{port}", url)
        start = last_week(town.clock).start + timedelta(hours=17, minutes=30)
        try:
            yield Billing(google, clients, Window(start, start + timedelta(hours=3)))
        finally:
            await clients.close()
            await google.stop()


async def _by_time(billing: Billing) -> Settled:
    """As the report settles it, from Cloud Monitoring."""
    metrics, window = CloudMonitoring(billing.clients), billing.window
    measured = {
        metric: (await metrics.series(metric, [STOREFRONT], window, MINUTE))[STOREFRONT]
        for metric in SETTLING_METRICS
    }
    campaign = replace(CAMPAIGN, announcement=replace(CAMPAIGN.announcement, window=billing.window))
    found = settle(campaign, billing.plan(), {STOREFRONT: measured}, OURS)
    assert found is not None
    return found


async def test_the_bill_and_billable_time_tell_the_same_of_a_campaign(
    town: Town, billing: Billing
) -> None:
    before = await _by_time(billing)
    async with town.database.begin() as tx:
        await tx.settlements.put(before)
    town.house(billing=EXPORT)
    bills = BillingExport(billing.clients, town.clock, EXPORT, OURS)
    town.kit = replace(town.kit, bills=bills)
    await bill("all", town.kit)
    async with town.database.begin() as tx:
        [after] = await tx.settlements.newest(5)
    assert (before.basis, after.basis) == (Basis.TIME, Basis.BILL)
    assert float(after.actual.amount / before.actual.amount) == pytest.approx(1, abs=0.05)
