"""The digest's part about campaigns: which were, which are to come, and what they wait for."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core.campaign import Campaign, CampaignState
from bot.core.digest.facts import DigestFacts, Undertaking
from bot.core.digest.section import EVERYBODY, Cadence, Section
from bot.core.figure import Table
from bot.core.settled import Settled
from bot.core.windows import Window
from bot.core.wording import say_clock, say_day, say_list, say_money, say_number

_AHEAD = {Cadence.DAILY: timedelta(days=2), Cadence.WEEKLY: timedelta(days=8)}
_SAID = {
    CampaignState.PLANNING: "is being planned",
    CampaignState.PROPOSED: "waits for its announcer",
    CampaignState.AWAITING_APPROVAL: "waits for approval",
    CampaignState.SCHEDULED: "is scheduled",
    CampaignState.WARMING: "is being warmed",
    CampaignState.LIVE: "is live",
    CampaignState.RESTORING: "gives capacity back",
    CampaignState.DONE: "is over",
    CampaignState.CANCELLED: "was cancelled",
    CampaignState.REFUSED: "was refused",
    CampaignState.EXPIRED: "expired unanswered",
}
_NEVER = frozenset({CampaignState.REFUSED, CampaignState.CANCELLED, CampaignState.EXPIRED})
_MOST = 12


def campaigns(facts: DigestFacts, now: datetime) -> Section | None:
    """Past and coming ones, by start; None where there are none."""
    ahead = Window(now, now + _AHEAD[facts.cadence])
    past = [one for one in facts.campaigns if _window(one).overlaps(facts.span)]
    coming = [one for one in facts.campaigns if _coming(one, ahead, facts.span)]
    if not past and not coming:
        return None
    shown = sorted([*past, *coming], key=lambda one: (_window(one).start, one.campaign.id))
    return Section(
        title="Campaigns",
        sentences=tuple(_sentences(past, coming, facts)),
        table=_table(shown[:_MOST], facts),
        audiences=EVERYBODY,
        advice=tuple(_advice(coming)),
    )


def _coming(one: Undertaking, ahead: Window, span: Window) -> bool:
    known = one.campaign.state in _NEVER or _window(one).overlaps(span)
    return not known and _window(one).overlaps(ahead)


def _sentences(
    past: Sequence[Undertaking], coming: Sequence[Undertaking], facts: DigestFacts
) -> list[str]:
    ran = [one for one in past if one.campaign.state not in _NEVER]
    when = "day" if facts.cadence is Cadence.DAILY else "week"
    follow = {0: "none is", 1: "one is"}.get(len(coming), f"{len(coming):,} are")
    said = [f"{_count(len(ran))} ran that {when}; {follow} coming up."]
    if len(past) + len(coming) > _MOST:
        said.append(f"The table shows the first {_MOST} of {len(past) + len(coming):,}.")
    return said


def _count(number: int) -> str:
    return {0: "No campaign", 1: "One campaign"}.get(number, f"{number:,} campaigns")


def _advice(coming: Sequence[Undertaking]) -> list[str]:
    waiting = [
        one.campaign.announcement.name
        for one in coming
        if one.campaign.state in {CampaignState.PROPOSED, CampaignState.AWAITING_APPROVAL}
    ]
    if not waiting:
        return []
    return [f"{say_list(waiting[:3])}: unanswered at the start means no."]


def _table(shown: Sequence[Undertaking], facts: DigestFacts) -> Table:
    columns: tuple[str, ...] = ("Campaign", "When", "Groups", "Times usual", "State")
    rows = [_row(one.campaign, facts) for one in shown]
    if any(one.plan is not None for one in shown):
        columns += ("Planned cost",)
        planned = (say_money(one.plan.cost) if one.plan is not None else "?" for one in shown)
        rows = [(*row, said) for row, said in zip(rows, planned, strict=True)]
    known = {one.campaign_id: one for one in facts.settled}
    if any(one.campaign.id in known for one in shown):
        columns += ("What its hours cost",)
        cost = (_settled(known.get(one.campaign.id)) for one in shown)
        rows = [(*row, said) for row, said in zip(rows, cost, strict=True)]
    return Table("Past and coming", columns, tuple(rows))


def _settled(one: Settled | None) -> str:
    """Traffic included, with its estimate: the planned cost is for holding alone."""
    if one is None:
        return "–"
    return f"{say_money(one.actual)} by {one.basis}, {say_money(one.estimated)} estimated"


def _row(campaign: Campaign, facts: DigestFacts) -> tuple[str, ...]:
    asked = campaign.announcement
    zone = ZoneInfo(facts.zone)
    start, end = asked.window.start.astimezone(zone), asked.window.end.astimezone(zone)
    until = say_clock(asked.window.end, facts.zone)
    if start.date() != end.date():
        until = f"{say_day(end.date())} {until}"
    when = f"{say_day(start.date())} {say_clock(asked.window.start, facts.zone)}–{until}"
    groups = [(facts.house.group(name), name) for name in asked.groups]
    titles = [group.title if group is not None else name for group, name in groups]
    times = "by number" if asked.demand is not None else f"×{say_number(asked.multiplier)}"
    return (asked.name, when, say_list(titles) or "–", times, _SAID[campaign.state])


def _window(one: Undertaking) -> Window:
    return one.campaign.announcement.window
