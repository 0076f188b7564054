"""The number of questions to Google does not grow with the number of workloads."""

from bot.core.campaign import Campaign
from bot.core.evidence import RECENT_METRICS
from bot.facts import gather_evidence
from tests.fakes import service
from tests.flows.town import SHOP, Town


async def _asked(town: Town, campaign: Campaign, workloads: int) -> int:
    town.cloud.fleet.clear()
    town.cloud.add(*(service(f"shop-{place}", groups=SHOP.groups) for place in range(workloads)))
    town.metrics.asked.clear()
    assert len(await gather_evidence(town.kit, campaign)) == workloads
    return len(town.metrics.asked)


async def test_a_plan_for_1000_workloads_asks_as_often_as_one_for_100(town: Town) -> None:
    campaign = await town.proposed()
    few = await _asked(town, campaign, 100)
    many = await _asked(town, campaign, 1000)
    # The requests of each earlier week, and the metrics of the last day.
    assert few == many == town.kit.house.weeks_of_history + len(RECENT_METRICS)
