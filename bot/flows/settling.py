"""What campaigns cost: with their report by billable time, days later by Google's bill. Used by drive and daily.

The report's pages are added here too.
"""

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.campaign import Campaign
from bot.core.plan import Plan
from bot.core.report import Report
from bot.core.settlement import RECENT, awaiting_bill, correction, settle, with_bill
from bot.core.windows import Window
from bot.errors import GiveUp, TryAgain
from bot.facts import Measured
from bot.ports.kit import Kit
from bot.ports.store import Transaction
from bot.surroundings import summaries

_MINUTE = timedelta(minutes=1)
_OF_LATE = 100  # campaigns

log = logging.getLogger("headroom.settling")


@dataclass(frozen=True, slots=True)
class Over:
    """A campaign that is over `now`, with what was measured in its window."""

    campaign: Campaign
    plan: Plan
    measured: Measured
    now: datetime


async def completed(tx: Transaction, report: Report, over: Over, kit: Kit) -> Report:
    """The report with both; the settlement is kept for the plans to come."""
    return await _settled(tx, await _with_pages(tx, report, over, kit), over, kit)


async def _with_pages(tx: Transaction, report: Report, over: Over, kit: Kit) -> Report:
    """What customers felt before, while it was live, and since."""
    asked, around = over.campaign.announcement, kit.house.experience.around
    window, groups = asked.window, asked.groups
    before = Window(window.start - around - _MINUTE, window.start)
    after = Window(window.end, max(over.now, window.end + _MINUTE))
    return replace(
        report,
        pages=await summaries(tx, groups, window, kit),
        pages_before=await summaries(tx, groups, before, kit),
        pages_after=await summaries(tx, groups, after, kit),
    )


async def _settled(tx: Transaction, report: Report, over: Over, kit: Kit) -> Report:
    book = await tx.snapshots.prices() if kit.house.catalog_prices else None
    found = settle(over.campaign, over.plan, over.measured, kit.house, book)
    if found is not None:
        await tx.settlements.put(found)
    learnt = correction(await tx.settlements.newest(RECENT))
    return replace(report, settled=found, learnt=learnt.said if learnt else "")


async def settle_by_bill(kit: Kit) -> bool:
    """Gives campaigns of late what was billed for their hours, once all of it is there; False if Google did not tell."""
    async with kit.store.begin() as tx:
        book = await tx.snapshots.bill()
        past = await tx.settlements.newest(_OF_LATE)
    for one in awaiting_bill(past, book, kit.clock.now()) if book else ():
        window = Window(one.at, one.until or one.at + _MINUTE)
        try:
            hours = await kit.bills.hours(window, [part.workload for part in one.parts])
        except (TryAgain, GiveUp) as failure:
            log.warning("%s is not settled by the bill: %s", one.name, failure.reason)
            return False
        found = with_bill(one, hours)
        if found is not None:
            async with kit.store.begin() as tx:
                await tx.settlements.put(found)
    return True
