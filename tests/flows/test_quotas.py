"""Google's quotas are read once a day where it is configured, and plans are judged by them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.core.house import Place
from bot.core.limits import Quota, Resource
from bot.core.quota_book import QuotaBook, joined
from bot.core.verdict import Effect
from bot.errors import GiveUp, NotAllowed, TryAgain
from bot.flows.daily import AFTER_TROUBLE, EVERY, quotas
from bot.flows.inventory import inventory
from bot.flows.sweep import sweep
from tests.flows.town import SHOP, Town

KEY = SHOP.key


@dataclass
class Google:
    """A region with so much vCPU."""

    town: Town
    vcpu: float = 20.0
    asked: int = 0
    error: TryAgain | GiveUp | None = None

    async def read(self, places: Sequence[Place]) -> QuotaBook | None:
        """One quota, as now."""
        self.asked += 1
        if self.error is not None:
            raise self.error
        now = self.town.clock.now()
        quota = Quota(KEY.project, KEY.region, Resource.VCPU, self.vcpu, 0.0, now)
        return QuotaBook(now, now, (quota,))


def asking(town: Town) -> Google:
    google = Google(town)
    town.kit = replace(town.kit, quotas=google)
    town.house(fences=replace(town.kit.house.fences, read_quotas=True))
    return google


async def test_google_is_asked_once_a_day_and_an_hour_after_trouble(town: Town) -> None:
    google, now = asking(town), town.clock.now()
    assert await quotas("all", town.kit) == now + EVERY
    town.clock.set(now + timedelta(hours=23))
    await quotas("all", town.kit)
    assert google.asked == 1
    google.error = NotAllowed("Google does not let Headroom read the quotas")
    town.clock.set(now + EVERY)
    assert await quotas("all", town.kit) == now + EVERY + AFTER_TROUBLE
    async with town.database.begin() as tx:
        book = await tx.snapshots.quotas()
    assert book is not None
    assert (book.read_at, len(book.quotas), book.trouble) == (now, 1, google.error.reason)


async def test_a_plan_that_google_s_quota_has_no_room_for_is_refused_with_the_numbers(
    town: Town,
) -> None:
    asking(town)
    await inventory("all", town.kit)
    await quotas("all", town.kit)
    campaign = await town.proposed()
    async with town.database.begin() as tx:
        stored = await tx.campaigns.plan(campaign.id, campaign.plan_version)
    assert stored is not None
    (finding,) = [one for one in stored[1].findings if one.policy == "quota"]
    assert finding.effect is Effect.REFUSE
    assert " of 20 vCPU" in finding.evidence


async def test_the_sweep_wakes_the_reading_where_it_is_configured(town: Town) -> None:
    google = asking(town)
    await town.proposed()
    assert google.asked == 0  # nothing has woken it yet
    await sweep("all", town.kit)
    await town.run()
    assert google.asked == 1


def test_what_is_configured_comes_before_what_google_says(town: Town) -> None:
    own = Quota("p", "r", Resource.VCPU, 10.0, 1.0)
    read = (replace(own, limit=400.0), replace(own, resource=Resource.MEMORY_GIB))
    book = QuotaBook(town.clock.now(), town.clock.now(), read)
    assert joined((own,), book) == (own, read[1])
    assert joined((own,), None) == (own,)
