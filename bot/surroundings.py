"""What the guardrails must know around a plan, and the books that follow a campaign's state.

Called by the flows and by facts; what the outside world says is asked for before a transaction begins.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bot.core.budget_notices import with_spending
from bot.core.budgeting import Booking, TeamSpend, entry_of, month_of, team_of
from bot.core.campaign import SETTLED, Campaign, CampaignState
from bot.core.case import Facts, OtherCampaign, OtherClaim
from bot.core.experience import PageSummary, summarise
from bot.core.fences import Team
from bot.core.freeze import FreezeCalendar
from bot.core.house import House
from bot.core.limits import Quota, SpendCap
from bot.core.money import ZERO
from bot.core.plan import Plan
from bot.core.quota_book import joined
from bot.core.quota_use import quotas_now
from bot.core.report import Report
from bot.core.windows import Window
from bot.ports.kit import Kit
from bot.ports.store import Transaction

# Capacity is held from before the start until after the end.
_AROUND = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Outside:
    """What the outside world says; None means it could not be found out."""

    calendar: FreezeCalendar = field(default_factory=FreezeCalendar)
    quotas: tuple[Quota, ...] | None = None


async def look_outside(kit: Kit) -> Outside:
    """Asks everybody outside the database; never raises."""
    return Outside(calendar=await kit.calendars.freezes())


async def facts_of(tx: Transaction, campaign: Campaign, outside: Outside, house: House) -> Facts:
    """The facts for judging the campaign now; the team's money stays reserved for this transaction."""
    calendar = with_configured(outside.calendar, house)
    others = tuple(await _others(tx, campaign))
    return Facts(
        others=others,
        team=await _team(tx, campaign, house),
        calendar=calendar,
        quotas=await _quotas(tx, campaign, others, outside, house),
        dependencies=house.fences.dependencies,
        spend_caps=await _spend_caps(tx, house),
        pauses=tuple(await tx.oversight.pauses()),
    )


def with_configured(known: FreezeCalendar, house: House) -> FreezeCalendar:
    """What the calendars say, and the freezes of the house rules before it."""
    return replace(known, freezes=(*house.fences.freezes, *known.freezes))


async def _spend_caps(tx: Transaction, house: House) -> tuple[SpendCap, ...]:
    """With what their budgets have said."""
    caps = house.fences.spend_caps
    if not any(cap.budget for cap in caps):
        return caps
    return with_spending(caps, await tx.snapshots.spending())


async def _quotas(
    tx: Transaction,
    campaign: Campaign,
    others: Sequence[OtherCampaign],
    outside: Outside,
    house: House,
) -> tuple[Quota, ...] | None:
    """With what all workloads and campaigns take, as far as the inventory tells; None: no limit is known."""
    limits = outside.quotas
    if limits is None:
        book = await tx.snapshots.quotas() if house.fences.read_quotas else None
        limits = joined(house.fences.quotas, book)
    if not limits:
        return outside.quotas
    seen = await tx.snapshots.inventory()
    if seen is None:
        return limits
    asked = campaign.announcement
    hold = Window(asked.window.start - _AROUND, asked.window.end + _AROUND)
    return quotas_now(limits, seen, asked.groups, others, hold)


async def keep_books(
    tx: Transaction, campaign: Campaign, plan: Plan | None, house: House, report: Report | None
) -> None:
    """Reserves, settles or releases the team's money as the campaign stands; again changes nothing.

    A line is opened once money is reserved; the report's real cost (the planned one where it could
    not be measured) settles it.
    """
    if plan is None or not house.fences.teams:
        return
    if campaign.state is CampaignState.DONE and report is None:
        return
    actual = report.actual_cost if report is not None else None
    entry = entry_of(campaign, plan, house=house, actual=actual)
    before = await tx.budgets.get(campaign.id)
    if entry is None or (before is None and campaign.state not in SETTLED):
        return
    if entry != before:
        await tx.budgets.put(entry)


async def _team(tx: Transaction, campaign: Campaign, house: House) -> TeamSpend | None:
    team = team_of(campaign, house)
    if team is None:
        return None
    month = month_of(campaign.announcement.window.start, house.zone)
    spend = await team_spend(tx, team, month, without=campaign.id)
    own = await tx.budgets.get(campaign.id)
    if own is None or own.booking is not Booking.RESERVED:
        return spend
    same = (own.team, own.month) == (team.name, month)
    return replace(spend, reserved=own.amount) if same else spend


async def team_spend(tx: Transaction, team: Team, month: str, *, without: str = "") -> TeamSpend:
    """What the team has reserved and spent in `month` (YYYY-MM), the campaign `without` left out."""
    lines = await tx.budgets.taken(team.name, month, without=without)
    total = sum((line.amount for line in lines), start=ZERO)
    return TeamSpend(team, month, total, len(lines))


async def _others(tx: Transaction, campaign: Campaign) -> Sequence[OtherCampaign]:
    """The settled campaigns that come first: all of them for one that is not settled itself, or that
    wants another window than it was settled with; else those whose plans were made before its own.
    """
    own = await _plan_in_force(tx, campaign)
    place = None
    if campaign.state in SETTLED and own and own.window == campaign.announcement.window:
        place = own.made_at
    found = []
    for other in await tx.campaigns.open():
        if other.id == campaign.id or other.state not in SETTLED:
            continue
        plan = await _plan_in_force(tx, other)
        if plan is None or plan.needs_nothing:
            continue
        if place is None or plan.made_at < place:
            found.append(_other(other, plan))
    return found


async def _plan_in_force(tx: Transaction, campaign: Campaign) -> Plan | None:
    stored = await tx.campaigns.plan(campaign.id, campaign.plan_version)
    return None if stored is None else stored[0]


def _other(campaign: Campaign, plan: Plan) -> OtherCampaign:
    return OtherCampaign(
        id=campaign.id,
        name=campaign.announcement.name,
        announcer=campaign.announcer,
        hold=Window(min(plan.raise_at, plan.window.start), max(plan.give_back_at, plan.window.end)),
        claims=tuple(
            OtherClaim(
                key=workload.key,
                extra=max(0, workload.floor - workload.baseline),
                added_rps=max(0.0, workload.expected.expected - workload.usual.expected),
            )
            for workload in plan.workloads
            if workload.steps
        ),
        window=plan.window,
    )


async def summaries(
    tx: Transaction, groups: Collection[str], window: Window, kit: Kit
) -> tuple[PageSummary, ...]:
    """The pages of the groups as customers saw them in the window."""
    pages = kit.house.experience.of(groups)
    if not pages:
        return ()
    looks = await tx.experience.looks({page.name for page in pages}, window)
    return tuple(summarise(page, looks) for page in pages)
