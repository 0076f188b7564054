"""The answer to `/headroom status`: what is live, scheduled and waiting, and whether Headroom itself is behind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.cards.blocks import context, header, message, section
from bot.cards.pauses import pause_lines
from bot.cards.text import rows as fitting
from bot.cards.view import extra_instances, group_titles, name_of
from bot.cards.wording import count, duration, listing, mention, moment, money
from bot.core.campaign import Campaign, CampaignState
from bot.core.house import House
from bot.core.message import Message
from bot.core.pausing import Pause
from bot.core.plan import Plan

_HEADINGS = {
    "Live and warming": (CampaignState.LIVE, CampaignState.WARMING, CampaignState.RESTORING),
    "Scheduled": (CampaignState.SCHEDULED,),
    "Waiting for somebody": (
        CampaignState.AWAITING_APPROVAL,
        CampaignState.PROPOSED,
        CampaignState.PLANNING,
    ),
}
_SAID = {
    CampaignState.LIVE: "live",
    CampaignState.WARMING: "warming",
    CampaignState.RESTORING: "giving capacity back",
    CampaignState.AWAITING_APPROVAL: "waits for an approver",
    CampaignState.PLANNING: "being planned",
}


@dataclass(frozen=True, slots=True)
class StatusRow:
    """A campaign that is not over, with the plan shown last."""

    campaign: Campaign
    plan: Plan | None


@dataclass(frozen=True, slots=True)
class Lag:
    """`behind` messages are not in Slack yet, the oldest for `oldest`."""

    behind: int
    oldest: timedelta | None


def status_card(
    rows: Sequence[StatusRow],
    lag: Lag,
    *,
    pauses: Sequence[Pause] = (),
    house: House,
    now: datetime,
) -> Message:
    """What is paused first, then all that is open, then whether Headroom itself is behind."""
    title = _title(rows)
    parts = [_part(heading, rows, house, now) for heading in _HEADINGS]
    parts = [part for part in parts if part]
    if not parts:
        parts = ["Nothing is live, scheduled or waiting. `/campaign` announces something."]
    paused = pause_lines(pauses, house, now)
    parts = [paused, *parts] if paused else parts
    small = _lag(lag.behind, lag.oldest)
    blocks = [header(title), *(section(part) for part in parts), context(small)]
    return message("\n".join([title, *parts, small]), blocks)


def _title(rows: Sequence[StatusRow]) -> str:
    states = [row.campaign.state for row in rows]
    live = sum(state in _HEADINGS["Live and warming"] for state in states)
    scheduled = states.count(CampaignState.SCHEDULED)
    waiting = sum(state in _HEADINGS["Waiting for somebody"] for state in states)
    return f"{live:,} live, {scheduled:,} scheduled, {waiting:,} waiting"


def _part(heading: str, wanted: Sequence[StatusRow], house: House, now: datetime) -> str:
    states = _HEADINGS[heading]
    found = [row for row in wanted if row.campaign.state in states]
    found.sort(key=lambda row: row.campaign.announcement.window.start)
    lines = [_line(row, house, now) for row in found]
    return f"*{heading}*\n{fitting(lines, limit=2600)}" if lines else ""


def _line(row: StatusRow, house: House, now: datetime) -> str:
    campaign = row.campaign
    window, zone = campaign.announcement.window, campaign.announcement.zone
    when = _when(campaign, now)
    times = f"{moment(window.start, zone)} to {moment(window.end, zone, only_time=True)}"
    titles = listing(group_titles(campaign, house), most=3)
    line = f"• *{name_of(campaign)}* ({titles}) {_state(campaign)}, {times}{when}"
    if row.plan is not None and not row.plan.needs_nothing:
        extra = count(extra_instances(row.plan), "extra instance")
        line += f". {extra}, {money(row.plan.cost)}"
    return line


def _state(campaign: Campaign) -> str:
    if campaign.state is CampaignState.PROPOSED:
        return f"waits for {mention(campaign.announcer)}"
    return _SAID.get(campaign.state, campaign.state.value)


def _when(campaign: Campaign, now: datetime) -> str:
    window = campaign.announcement.window
    if now < window.start:
        return f" (starts in {duration(window.start - now)})"
    if now < window.end:
        return f" (ends in {duration(window.end - now)})"
    return ""


def _lag(behind: int, oldest: timedelta | None) -> str:
    if behind == 0:
        return "Slack shows everything I have to say."
    since = f", the oldest for {duration(oldest)}" if oldest is not None else ""
    return f":warning: {count(behind, 'message')} not yet in Slack{since}."
