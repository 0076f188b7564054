"""The answer to `/headroom status`: what is live, scheduled and waiting, and whether Headroom itself is behind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.cards.blocks import context, header, message, section
from bot.cards.pauses import pause_lines
from bot.cards.sections import few_charts, section_blocks, section_text
from bot.cards.text import rows as fitting
from bot.cards.text import said
from bot.cards.view import extra_instances, group_titles, name_of
from bot.cards.wording import count, duration, listing, mention, moment, money
from bot.core.campaign import UNDER_WAY, UNSETTLED, Campaign, CampaignState
from bot.core.digest.section import Section
from bot.core.house import House
from bot.core.message import Message
from bot.core.pausing import Pause
from bot.core.plan import Plan

_HEADINGS = {
    "Live and warming": UNDER_WAY,
    "Scheduled": (CampaignState.SCHEDULED,),
    "Waiting for somebody": UNSETTLED,
    "Over": (
        CampaignState.DONE,
        CampaignState.CANCELLED,
        CampaignState.REFUSED,
        CampaignState.EXPIRED,
    ),
}
_NO_CAMPAIGN = "No campaign is live, scheduled or waiting. `/campaign` announces one."
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


@dataclass(frozen=True, slots=True)
class StatusView:
    """`rows` are the campaigns asked about; `title` names what was asked about ("": everything)."""

    rows: Sequence[StatusRow]
    lag: Lag
    sections: Sequence[Section] = ()
    pauses: Sequence[Pause] = ()
    title: str = ""


def status_card(view: StatusView, *, house: House, now: datetime) -> Message:
    """What is paused first, then campaigns, then the fleet, then whether Headroom itself is behind."""
    title = _title(view)
    parts = [_part(heading, view.rows, house, now) for heading in _HEADINGS]
    parts = [part for part in parts if part] or [_NO_CAMPAIGN]
    paused = pause_lines(view.pauses, house, now)
    parts = [paused, *parts] if paused else parts
    small = _lag(view.lag)
    blocks = [header(title), *(section(part) for part in parts)]
    texts = [title, *parts]
    for one in view.sections:
        blocks += section_blocks(one, house.zone, now)
        texts.append(section_text(one, house.zone, now))
    blocks += [context(small)] if small else []
    return message("\n".join([*texts, small]).strip(), few_charts(blocks))


def _title(view: StatusView) -> str:
    states = [row.campaign.state for row in view.rows]
    live = sum(state in _HEADINGS["Live and warming"] for state in states)
    scheduled = states.count(CampaignState.SCHEDULED)
    waiting = sum(state in _HEADINGS["Waiting for somebody"] for state in states)
    counted = f"{live:,} live, {scheduled:,} scheduled, {waiting:,} waiting"
    return f"{said(view.title, 60)}: {counted}" if view.title else counted


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


def _lag(lag: Lag) -> str:
    """Nothing where Slack is up to date: that is what everybody takes for granted."""
    if lag.behind == 0:
        return ""
    since = f"; the oldest has waited {duration(lag.oldest)}" if lag.oldest is not None else ""
    what = "1 message of mine is" if lag.behind == 1 else f"{lag.behind:,} messages of mine are"
    return (
        f":warning: Slack is behind: {what} not shown yet{since}. Other channels may show old news."
    )
