"""The parts of a Home tab that many people share: the calendar of all campaigns, the fleet, and what one may do. Called by home."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.cards.blocks import context, header, section
from bot.cards.figures import chart
from bot.cards.incident_wording import at_place, sign, title_of
from bot.cards.text import rows, said
from bot.cards.view import group_titles, name_of
from bot.cards.wording import count, listing, mention, moment
from bot.core.agenda import Meeting, by_day, meetings
from bot.core.campaign import UNDER_WAY, UNSETTLED, Campaign, CampaignState
from bot.core.experience import Breach
from bot.core.figure import Figure, Shape
from bot.core.fleet import ScalingMode, Workload
from bot.core.freeze import Freeze
from bot.core.house import House
from bot.core.incident import Incident
from bot.core.inventory import Inventory, Shelf, by_group
from bot.core.message import Block
from bot.core.verdict import Role

_LINES = 24
_SECTION = 2600
_WORST = 3
_MOST_GROUPS = 12
_SIGNS = {
    CampaignState.LIVE: ":large_green_circle:",
    CampaignState.WARMING: ":fire:",
    CampaignState.SCHEDULED: ":white_check_mark:",
    CampaignState.RESTORING: ":arrow_down_small:",
}
_STANDS = {
    "live on": UNDER_WAY,
    "scheduled on": (CampaignState.SCHEDULED,),
    "waiting on": UNSETTLED,
}
_MAY = {
    Role.ANNOUNCER: "announce campaigns, and confirm, change and cancel your own",
    Role.APPROVER: "say yes or no to campaigns that need it, and take alerts",
    Role.ENGINEER: "stop any campaign, decide on changed capacity, and take alerts",
    Role.FINANCE: "say yes or no to what campaigns cost",
    Role.ADMIN: "pause Headroom",
}


def calendar_parts(
    campaigns: Sequence[Campaign], freezes: Sequence[Freeze], *, house: House, now: datetime
) -> list[Block]:
    """All open campaigns by day, the freezes between them, and where campaigns meet."""
    lines = [
        line
        for day, found in by_day(campaigns, house.zone)
        for line in [f"*{_day(day)}*", *(_line(campaign, house) for campaign in found)]
    ]
    frozen = freeze_lines(freezes, house=house, now=now)
    together = [_meeting(one, house) for one in meetings(campaigns, house.zone)]
    blocks = [
        header("All campaigns"),
        section(rows(lines, most=_LINES, limit=_SECTION) or "None is open."),
    ]
    if together:
        blocks.append(section(f"*Where they meet*\n{rows(together, most=8, limit=_SECTION)}"))
    if frozen:
        blocks.append(section("*Freezes*\n" + rows(frozen, limit=_SECTION)))
    return [*blocks, context(f"Campaigns by the days and times of {house.zone}.")]


def freeze_lines(freezes: Sequence[Freeze], *, house: House, now: datetime) -> list[str]:
    """The next five that are not over, the earliest first."""
    ahead = sorted((one for one in freezes if one.window.end > now), key=lambda one: one.window)
    return [_freeze(one, house) for one in ahead[:5]]


@dataclass(frozen=True, slots=True)
class FleetHealth:
    """What a tab tells of the fleet: the inventory as last taken, open alerts and campaigns, what customers feel."""

    fleet: Inventory | None
    alerts: Sequence[Incident] = ()
    campaigns: Sequence[Campaign] = ()
    breaches: Sequence[Breach] = ()


def fleet_parts(health: FleetHealth, *, house: House, now: datetime) -> list[Block]:
    """What is wrong, how many workloads a campaign wants, each group's instances against its maximum, and how old that knowledge is."""
    fleet, alerts = health.fleet, health.alerts
    lines = [_alerts(alerts, now), *(_breach(one, house) for one in health.breaches[:_WORST])]
    lines += [_wanted(fleet, health.campaigns)] if fleet is not None else []
    blocks = [header("The fleet"), section("\n".join(lines))]
    if fleet is None:
        return [*blocks, context("I have not looked at the workloads yet.")]
    shelves = [shelf for shelf in by_group(fleet, house) if shelf.workloads]
    lines = [_shelf(shelf, fleet, alerts) for shelf in shelves]
    blocks.append(section(rows(lines, most=20, limit=_SECTION) or "No workload is known."))
    drawn = _chart([one for one in shelves if one.workloads[0].groups], fleet)
    blocks += [] if drawn is None else [drawn]
    measured = (
        "" if fleet.measured_at is None else f", counts of {moment(fleet.measured_at, house.zone)}"
    )
    return [*blocks, context(f"Workloads as of {moment(fleet.at, house.zone)}{measured}.")]


def rights(roles: frozenset[Role], house: House) -> list[Block]:
    """What this person may do, and whom to ask for the rest; names only people that are configured."""
    mine = frozenset(Role) if Role.ADMIN in roles else roles
    may = [f"• {_MAY[role]}" for role in Role if role in mine]
    admins = [mention(user) for user, held in sorted(house.roles.items()) if Role.ADMIN in held]
    whom = listing(admins, last="or") or "an administrator of Headroom"
    ask = f"For another role ask {whom}."
    if not may:
        ask = f"You have no role here yet, so you can look at nothing and ask for nothing. {ask}"
        return [header("What you may do"), section(ask)]
    words = "`/campaign` announces something, `/headroom status` shows everything, `/headroom help` the rest."
    return [header("What you may do"), section("\n".join(may)), context(f"{ask} {words}")]


def _line(campaign: Campaign, house: House) -> str:
    asked = campaign.announcement
    place = ZoneInfo(house.zone)
    start, end = asked.window.start.astimezone(place), asked.window.end.astimezone(place)
    until = f"{end:%H:%M}" if start.date() == end.date() else f"{_day(end.date())} {end:%H:%M}"
    icon = _SIGNS.get(campaign.state, ":hourglass_flowing_sand:")
    titles = listing(group_titles(campaign, house), most=3) or "no group"
    return f"{icon} {start:%H:%M}–{until} *{name_of(campaign)}*, {titles}, {campaign.state}"


def _meeting(one: Meeting, house: House) -> str:
    group = house.group(one.group)
    title = said(group.title if group else one.group, 40)
    names = f"*{name_of(one.first, 40)}* and *{name_of(one.second, 40)}*"
    how = ":warning: at the same time" if one.at_once else "on the same day"
    return f"• {_day(one.day)}: {names} {how} on {title}"


def _freeze(one: Freeze, house: House) -> str:
    titles = listing([said(_title(name, house), 40) for name in one.groups]) or "everything"
    span = f"{moment(one.window.start, house.zone)} to {moment(one.window.end, house.zone)}"
    return f"• :snowflake: {said(one.name)}, {titles}: {span}"


def _title(name: str, house: House) -> str:
    group = house.group(name)
    return group.title if group else name


def _alerts(alerts: Sequence[Incident], now: datetime) -> str:
    if not alerts:
        return ":white_check_mark: No alert is open."
    worst = [_alert(one, now) for one in alerts[:_WORST]]
    more = len(alerts) - len(worst)
    return "\n".join([*worst, *([f"and {more:,} more: `/headroom alerts`"] if more else [])])


def _alert(incident: Incident, now: datetime) -> str:
    return f"{sign(incident, now)} {title_of(incident, 80)}{at_place(incident)}"


def _breach(breach: Breach, house: House) -> str:
    titles = {page.name: page.title for page in house.experience.pages}
    title = said(titles.get(breach.page, breach.page), 60)
    since = moment(breach.since, house.zone)
    return f":rotating_light: For customers *{title}* {breach.mark.meaning}, since {since}"


def _wanted(fleet: Inventory, campaigns: Sequence[Campaign]) -> str:
    """How many workloads there are, and on how many of them a campaign is live, scheduled or waiting."""
    parts = []
    for word, states in _STANDS.items():
        groups = {
            name for one in campaigns if one.state in states for name in one.announcement.groups
        }
        number = sum(bool(groups & set(one.groups)) for one in fleet.workloads)
        parts += [f"{word} {number:,}"] if number else []
    said_parts = f": a campaign is {listing(parts)}" if parts else ", no campaign wants any of them"
    return f"{count(len(fleet.workloads), 'workload')}{said_parts}."


def _shelf(shelf: Shelf, fleet: Inventory, alerts: Sequence[Incident]) -> str:
    open_here = sum(any(alert.concerns(one.key) for one in shelf.workloads) for alert in alerts)
    line = f"• *{said(shelf.title, 60)}*: {count(len(shelf.workloads), 'workload')}"
    used = _used(shelf, fleet)
    if used is not None:
        line += f", at most {used[0]:,.0f} of {used[1]:,} instances in a day ({used[0] / max(1, used[1]):.0%})"
    floors = sum(one.scaling.floor for one in shelf.workloads)
    line += f", {floors:,} kept warm"
    return line + (f", :rotating_light: {count(open_here, 'alert')} open" if open_here else "")


def _used(shelf: Shelf, fleet: Inventory) -> tuple[float, int] | None:
    """The busiest counts of the day together, and the maxima; None unless every workload was counted."""
    scaled = [one for one in shelf.workloads if one.scaling.mode is not ScalingMode.MANUAL]
    counts = [fleet.busiest.get(str(one.key)) for one in scaled]
    if not scaled or any(one is None for one in counts):
        return None
    return sum(one for one in counts if one is not None), sum(map(_most, scaled))


def _most(workload: Workload) -> int:
    return workload.scaling.effective_ceiling


def _chart(shelves: Sequence[Shelf], fleet: Inventory) -> Block | None:
    """The share of its maximum that each group has come to."""
    known = [(shelf, _used(shelf, fleet)) for shelf in shelves[:_MOST_GROUPS]]
    shares = {shelf.title: used[0] / max(1, used[1]) * 100 for shelf, used in known if used}
    if len(shares) < 2:
        return None
    lines = {"Busiest of the day": list(shares.values())}
    return chart(
        Figure("Instances, % of the maximum", "%", list(shares), lines, Shape.BAR, "Group")
    )


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"
