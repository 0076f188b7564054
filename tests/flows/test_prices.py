"""The catalogue is read once a day where it is configured, and plans use it."""

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from bot.core.price_book import PriceBook
from bot.core.price_table import Rates
from bot.errors import GiveUp, NotAllowed, TryAgain
from bot.flows.daily import AFTER_TROUBLE, EVERY, prices
from tests.flows.town import SHOP, Town

DEAR = Rates(Decimal("0.01"), Decimal("0.01"))


@dataclass
class Catalogue:
    """A catalogue with one dear region."""

    town: Town
    asked: int = 0
    error: TryAgain | GiveUp | None = None

    async def read(self) -> PriceBook | None:
        """Everything costs a cent a second."""
        self.asked += 1
        if self.error is not None:
            raise self.error
        items = ("request-active", "request-idle", "instance", "worker-pool")
        rates = {f"{item}/{SHOP.key.region}": DEAR for item in items}
        now = self.town.clock.now()
        return PriceBook(now, now, rates)


async def test_the_catalogue_is_asked_once_a_day(town: Town) -> None:
    catalogue = Catalogue(town)
    town.kit = replace(town.kit, prices=catalogue)
    await prices("all", town.kit)
    town.clock.set(town.clock.now() + timedelta(hours=23))
    await prices("all", town.kit)
    assert catalogue.asked == 1
    town.clock.set(town.clock.now() + EVERY)
    await prices("all", town.kit)
    assert catalogue.asked == 2


async def test_a_plan_is_priced_by_the_catalogue_when_it_is_configured(town: Town) -> None:
    town.kit = replace(town.kit, prices=Catalogue(town))
    await prices("all", town.kit)
    listed = await _plan(town)
    town.house(catalog_prices=True)
    await town.cancel(await town.campaign())
    await town.run()
    read = await _plan(town)
    assert "list of" in listed[0] and "catalogue of" in read[0]
    assert read[1] > listed[1]


async def test_a_catalogue_that_may_not_be_read_leaves_the_shipped_list_and_says_so(
    town: Town,
) -> None:
    catalogue = Catalogue(town, error=NotAllowed("Google does not let Headroom read it"))
    town.kit = replace(town.kit, prices=catalogue)
    town.house(catalog_prices=True)
    now = town.clock.now()
    assert await prices("all", town.kit) == now + AFTER_TROUBLE
    await prices("all", town.kit)
    assert catalogue.asked == 1
    listed, _, warnings = await _plan(town)
    assert "list of" in listed
    assert "Google does not let Headroom read it; costs use the shipped list of" in warnings


async def test_prices_that_were_read_stay_while_the_catalogue_does_not_answer(town: Town) -> None:
    catalogue = Catalogue(town)
    town.kit = replace(town.kit, prices=catalogue)
    town.house(catalog_prices=True)
    now = town.clock.now()
    town.clock.set(now - EVERY)
    await prices("all", town.kit)
    catalogue.error = TryAgain("could not read the price catalogue: ServiceUnavailable")
    town.clock.set(now)
    await prices("all", town.kit)
    listed, _, warnings = await _plan(town)
    assert "catalogue of" in listed
    assert "ServiceUnavailable" not in warnings  # of yesterday: good enough


async def _plan(town: Town) -> tuple[str, Decimal, str]:
    campaign = await town.proposed()
    async with town.database.begin() as tx:
        stored = await tx.campaigns.plan(campaign.id, campaign.plan_version)
    assert stored is not None
    return stored[0].priced_on, stored[0].cost.amount, " ".join(stored[0].warnings)
