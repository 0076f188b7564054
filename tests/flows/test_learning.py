"""A finished campaign teaches the next one of its kind."""

from datetime import datetime, timedelta

from bot.core.campaign import CampaignState
from bot.core.series import Metric
from tests.flows.town import CAMPAIGNS, CART, SHOP, START, Town, everything

END = START + timedelta(hours=4)
NEXT = "Advent push Fri 5 Dec 18:00-22:00 Europe/Berlin x3 #web"


def _demand(at: datetime) -> float:
    return 900.0 if START <= at < END else 400.0


async def test_the_next_campaign_of_the_kind_is_told_what_the_last_one_brought(town: Town) -> None:
    for key in (SHOP.key, CART.key):
        town.metrics.put(Metric.REQUESTS, key, _demand)
    await town.scheduled()
    await town.run(END + timedelta(hours=2))
    assert await town.state() is CampaignState.DONE

    async with town.database.begin() as tx:
        (lesson,) = await tx.lessons.newest(10)
    assert round(lesson.seen, 1) == 2.2
    await town.proposed(NEXT)
    card = next(
        message
        for message in reversed(town.chat.shown_in(CAMPAIGNS))
        if message.text.startswith("Advent push")
    )
    assert "You said ×3; the last push brought ×2.2" in everything(card)
