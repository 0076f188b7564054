"""What is said about warmth outside the campaign's own message: proven, or not proven in time."""

from datetime import datetime

from bot.cards.blocks import header, message, section
from bot.cards.progress import troubles, warming_lines
from bot.cards.text import rows, said
from bot.cards.view import CampaignView, Warmth, name_of, warmth
from bot.cards.wording import count, duration, labels, listing, mention, moment
from bot.core.message import Message


def warm_reply(view: CampaignView, *, now: datetime) -> Message:
    """To the asker, in the campaign's thread: it is warm, here is the proof."""
    campaign = view.campaign
    states = warmth(view)
    total = sum(state.floor for state in states)
    at = campaign.proven_at or now
    zone, start = campaign.announcement.zone, campaign.announcement.window.start
    left = f", {duration(start - at)} before the start" if at < start else ""
    first = (
        f"{mention(campaign.announcer)} It is warm: *{count(total, 'instance')}* on "
        f"{count(len(states), 'workload')} ready and proven {moment(at, zone)}{left}."
    )
    text = f"{first}\n{warming_lines(view)}".rstrip()
    return message(text, [section(text)])


def not_proven_alarm(view: CampaignView, *, now: datetime) -> Message:
    """To the engineers: what is not warm, why, how long is left, and what helps."""
    campaign = view.campaign
    zone, start = campaign.announcement.zone, campaign.announcement.window.start
    cold = [state for state in warmth(view) if not state.proven]
    missing = sum(state.floor - state.ready for state in cold)
    title = f"{name_of(campaign)}: not proven warm"
    until = f"{duration(start - now)} left" if now < start else "the start has passed"
    first = (
        f":rotating_light: *{count(missing, 'instance')} on {count(len(cold), 'workload')} "
        f"not proven warm*, {until} (start {moment(start, zone)})."
    )
    act = _suggestion(cold)
    parts = [first, _cold_lines(cold), troubles(view), act]
    blocks = [header(title), *(section(part) for part in parts if part)]
    return message("\n".join([title, *(part for part in parts if part)]), blocks)


def warm_after_all(view: CampaignView) -> Message:
    """The alarm's message once there is nothing left to do about it."""
    campaign, states = view.campaign, warmth(view)
    zone, start = campaign.announcement.zone, campaign.announcement.window.start
    at = campaign.proven_at or start
    late = f", {duration(at - start)} after the start" if at > start else ""
    title = f"{name_of(campaign)}: warm after all"
    first = (
        f":white_check_mark: {count(sum(s.floor for s in states), 'instance')} on "
        f"{count(len(states), 'workload')} are proven warm since {moment(at, zone)}{late}."
    )
    return message(f"{title}\n{first}", [header(title), section(first)])


def _cold_lines(cold: list[Warmth]) -> str:
    named = labels(state.workload.key for state in cold)
    return rows([f"• *{named[s.workload.key]}*: {_cold(s)}" for s in cold])


def _cold(state: Warmth) -> str:
    holding = state.holding
    if holding is None or holding.observed < state.floor:
        seen = 0 if holding is None else holding.observed
        return f"the floor is {seen:,}, it should be {state.floor:,}"
    if holding.admin_proven_at is None:
        return f"the floor is {state.floor:,}, but Cloud Run has not started all instances"
    return f"{state.floor:,} instances started, but the metrics do not show them yet"


def _suggestion(cold: list[Warmth]) -> str:
    """The act that fits the commonest cause; I keep trying meanwhile."""
    unset = [s for s in cold if s.holding is None or s.holding.observed < s.floor]
    starting = [s for s in cold if s not in unset and _starting(s)]
    short = [s for s in cold if _short_of_quota(s)]
    if short:
        regions = listing(sorted({said(s.workload.key.region, 30) for s in short}))
        act = (
            f"free CPU or memory in {regions}, or have Google raise the quota there: without room "
            "no instance starts, and waiting does not help"
        )
    elif unset:
        names = listing([said(s.workload.key.name, 50) for s in unset])
        act = f"check my permission and the quota on {names}, or set the minimum instances by hand"
    elif starting:
        names = listing([said(s.workload.key.name, 50) for s in starting])
        act = f"look at the start-up of {names} in Cloud Run's logs, and at the regional CPU quota"
    else:
        act = "nothing yet: the Admin API says they run; check Cloud Monitoring if this stays"
    return f"*What helps* {act[0].upper()}{act[1:]}. I keep trying."


def _short_of_quota(state: Warmth) -> bool:
    return state.holding is not None and "quota" in state.holding.trouble


def _starting(state: Warmth) -> bool:
    return state.holding is not None and state.holding.admin_proven_at is None
