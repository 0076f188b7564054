"""Guardrails in the flows: a way out is taken, money is reserved and settled, a late freeze stops a plan."""

import math
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.core.budgeting import Booking, BudgetEntry
from bot.core.campaign import CampaignState
from bot.core.closed_loop import Adjustment, Turn
from bot.core.fences import Fences, Team
from bot.core.freeze import Freeze, FreezeCalendar
from bot.core.money import Money
from bot.core.rules import Rule
from bot.core.verdict import Effect
from bot.core.windows import Window
from bot.flows.adjusting import Adjusting, apply
from tests.flows.town import (
    CAMPAIGNS,
    CART,
    END,
    ERIK,
    MAYA,
    OPS,
    SAM,
    SHOP,
    START,
    STORY,
    Town,
    labels,
)

HOUR = timedelta(hours=1)
MARKETING = Team("marketing", "Marketing", channels=(CAMPAIGNS,), month=Money(Decimal(10)))
TAKE = "Take a start on Fri 28 Nov 22:30 instead of Fri 28 Nov 18:00"


def frozen(end_after: timedelta = timedelta(0)) -> Fences:
    """The whole campaign lies in a freeze."""
    return Fences(freezes=(Freeze("Inventory", Window(START - HOUR, END + end_after)),))


class Feeds:
    """A calendar that a test changes."""

    def __init__(self) -> None:
        self.known = FreezeCalendar()

    async def freezes(self) -> FreezeCalendar:
        return self.known


async def line(town: Town) -> BudgetEntry | None:
    campaign = await town.campaign()
    async with town.database.begin() as tx:
        return await tx.budgets.get(campaign.id)


async def test_a_refused_plan_offers_the_nearest_that_passes(town: Town) -> None:
    town.house(fences=frozen())
    refused = await town.proposed()
    assert refused.state is CampaignState.REFUSED
    card = town.card()
    assert "Nothing may be changed at that time: “Inventory”." in card
    assert "a start on Fri 28 Nov 22:30 instead of Fri 28 Nov 18:00" in card
    assert labels(town.chat.shown_in(CAMPAIGNS)[0])[:2] == [TAKE, "Change"]


async def test_one_press_replaces_the_plan_by_the_way_out(town: Town) -> None:
    town.house(fences=frozen())
    refused = await town.proposed()
    await town.click(TAKE)
    await town.run()
    taken = await town.campaign()
    assert (taken.id, taken.state) == (refused.id, CampaignState.PROPOSED)
    assert taken.announcement.window == refused.announcement.window.shifted(4.5 * HOUR)
    assert taken.plan_version == refused.plan_version + 1
    await town.click("Confirm")
    await town.run()
    assert await town.state() is CampaignState.SCHEDULED


async def test_a_way_out_is_taken_once_however_often_it_is_pressed(town: Town) -> None:
    town.house(fences=frozen())
    await town.proposed()
    card = town.chat.shown_in(CAMPAIGNS)[0]
    for _ in range(3):
        await town.click(TAKE, on=card)
    await town.run()
    taken = await town.campaign()
    assert (taken.plan_version, taken.state) == (2, CampaignState.PROPOSED)
    assert taken.announcement.window.start == START + 4.5 * HOUR


@pytest.mark.parametrize("person", [ERIK, SAM])
async def test_only_who_announced_it_takes_a_way_out(town: Town, person: str) -> None:
    town.house(fences=frozen())
    await town.proposed()
    await town.click(TAKE, by=person)
    await town.run()
    assert await town.state() is CampaignState.REFUSED
    assert any(f"Only <@{MAYA}>" in said for said in town.whispers())


async def test_a_stranger_is_refused_politely_and_offered_nothing(town: Town) -> None:
    refused = await town.proposed(by=SAM)
    assert refused.state is CampaignState.REFUSED
    assert "Ask a platform admin to be added" in town.card()
    assert not any(label.startswith("Take") for label in labels(town.chat.shown_in(CAMPAIGNS)[0]))


async def test_a_calendar_that_cannot_be_read_asks_the_engineers(town: Town) -> None:
    feeds = Feeds()
    feeds.known = FreezeCalendar(unreadable=("releases",))
    town.kit = replace(town.kit, calendars=feeds)
    await town.proposed()
    assert "I could not read when nothing may be changed" in town.card()


async def test_a_freeze_that_comes_up_later_stops_a_scheduled_campaign_and_says_so(
    town: Town,
) -> None:
    feeds = Feeds()
    town.kit = replace(town.kit, calendars=feeds)
    await town.scheduled()
    feeds.known = FreezeCalendar((Freeze("Incident", Window(START, START + HOUR)),))
    await town.run(START)
    assert await town.state() is CampaignState.REFUSED
    assert town.cloud.floor(SHOP.key) == SHOP.scaling.floor
    assert any("I stopped" in message.text for message in town.chat.shown_in(OPS))


async def test_money_is_reserved_when_it_is_settled_and_settled_by_the_report(town: Town) -> None:
    town.house(fences=Fences(teams=(MARKETING,)))
    await town.proposed()
    assert await line(town) is None
    await town.click("Confirm")
    await town.run()
    reserved = await line(town)
    assert reserved is not None and reserved.booking is Booking.RESERVED
    await town.run(END + HOUR)
    settled = await line(town)
    assert await town.state() is CampaignState.DONE
    assert settled is not None and settled.booking is Booking.SETTLED
    assert settled.amount.amount > 0


async def test_what_was_never_warmed_costs_the_team_nothing_and_the_report_says_so(
    town: Town,
) -> None:
    town.house(fences=Fences(teams=(MARKETING,)))
    await town.scheduled()
    town.clock.set(END + HOUR)  # Headroom is down from before the raise until after the end
    await town.run(END + 3 * HOUR)
    settled = await line(town)
    assert await town.state() is CampaignState.DONE and town.cloud.writes == []
    assert settled is not None and settled.booking is Booking.SETTLED
    assert settled.amount.amount == 0
    report = next(text for text in town.chat.texts(CAMPAIGNS) if "the report" in text)
    assert "nothing was warmed, so nothing was paid for it; $6.48 planned" in report
    assert "*shop* not held, 14 needed" in report
    assert "less would do" not in report and "Not measured" not in report


async def test_floors_raised_while_live_are_paid_for_and_reported(town: Town) -> None:
    town.house(fences=Fences(teams=(MARKETING,)))
    campaign = await town.scheduled()
    await town.run(START + HOUR)
    more = [
        Adjustment(key, Turn.RAISE, 100, math.inf, "an engineer decided it")
        for key in (SHOP.key, CART.key)
    ]
    async with town.database.begin() as tx:
        campaign = await tx.campaigns.get(campaign.id) or campaign
        await apply(tx, Adjusting(campaign, more, town.clock.now(), ERIK))
    await town.run(END + 3 * HOUR)
    settled = await line(town)
    assert settled is not None and settled.booking is Booking.SETTLED
    # 55 for an hour and twenty minutes, 100 for the three hours and twenty minutes that follow
    assert Decimal(9) < settled.amount.amount < Decimal("10.50")
    report = next(text for text in town.chat.texts(CAMPAIGNS) if "the report" in text)
    assert f"*Cost*: ${settled.amount.cents().amount} for holding" in report
    assert "*shop* 100 held" in report and "28 of the 200 instances held" in report


async def test_money_comes_back_when_the_campaign_is_cancelled(town: Town) -> None:
    town.house(fences=Fences(teams=(MARKETING,)))
    await town.cancel(await town.scheduled())
    await town.run()
    released = await line(town)
    assert released is not None and released.booking is Booking.RELEASED


async def test_what_is_stopped_while_it_is_warm_has_cost_its_share(town: Town) -> None:
    town.house(fences=Fences(teams=(MARKETING,)))
    campaign = await town.scheduled()
    planned = await line(town)
    await town.run(START + HOUR)
    await town.cancel(campaign)
    await town.run(HOUR)
    settled = await line(town)
    assert settled is not None and planned is not None
    assert settled.booking is Booking.SETTLED
    assert Decimal(0) < settled.amount.amount < planned.amount.amount


async def test_the_second_campaign_of_a_month_asks_when_the_first_took_the_money(
    town: Town,
) -> None:
    town.house(fences=Fences(teams=(MARKETING,)))
    await town.scheduled()
    later = STORY.replace("28 Nov 18:00-22:00", "28 Nov 22:30-23:45").replace("x3", "x4")
    second = await town.proposed(later.replace("Black Friday push", "Night push"))
    async with town.database.begin() as tx:
        stored = await tx.campaigns.plan(second.id, second.plan_version)
    assert stored is not None
    finding = next(f for f in stored[1].findings if f.policy == "team_budget")
    assert finding.evidence.startswith("$6.48 is spent or reserved for November 2025")
    assert finding.effect is Effect.ALLOW


async def test_a_promise_is_kept_when_an_earlier_campaign_of_the_month_came_dearer(
    town: Town,
) -> None:
    tight = Team("marketing", "Marketing", channels=(CAMPAIGNS,), most=Money(Decimal("7.20")))
    town.house(fences=Fences(teams=(tight,)))
    first = STORY.replace("Black Friday push", "Morning push").replace("18:00-22:00", "16:00-17:00")
    await town.scheduled(first)
    second = STORY.replace("Black Friday push", "Night push").replace("18:00", "19:00")
    night = await town.scheduled(second)
    await town.run(night.announcement.window.start + timedelta(minutes=1))
    async with town.database.begin() as tx:
        spent = [one.amount for one in await tx.budgets.taken("marketing", "2025-11", without="")]
    assert sum(one.amount for one in spent) > Decimal("7.20")
    assert await town.state() is CampaignState.LIVE
    assert town.cloud.floor(SHOP.key) > SHOP.scaling.floor


async def test_an_own_rule_on_the_notice_stops_nothing_that_was_settled_in_time(town: Town) -> None:
    late = Rule("late", 'facts.notice < duration("2h")', Effect.REFUSE, "Too late.", source="r:1")
    town.house(rules=(late,))
    await town.scheduled()
    await town.run(START + timedelta(minutes=1))
    assert await town.state() is CampaignState.LIVE
