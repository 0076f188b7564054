"""How far the warming, holding and giving back have got, in lines. For campaign and proof cards."""

from bot.cards.text import rows, said
from bot.cards.view import CampaignView, Warmth, warmth
from bot.cards.wording import bar, count, labels, moment
from bot.core.holding import Holding


def ready_line(view: CampaignView) -> str:
    """`41 of 61 instances proven warm`."""
    states = warmth(view)
    floor = sum(state.floor for state in states)
    ready = sum(state.ready for state in states)
    return f"{ready:,} of {count(floor, 'instance')} proven warm"


def warming_lines(view: CampaignView) -> str:
    """One line a workload: bar, name, and what is being waited for."""
    states = warmth(view)
    named = labels(state.workload.key for state in states)
    zone = view.campaign.announcement.zone
    lines = [
        f"{bar(state.ready, state.floor)} *{named[state.workload.key]}* {_stage(state, zone)}"
        for state in states
    ]
    return rows(lines)


def held_lines(view: CampaignView) -> str:
    """One line a workload: what is held and since when it is proven."""
    states = warmth(view)
    named = labels(state.workload.key for state in states)
    zone = view.campaign.announcement.zone
    return rows(
        [f"• *{named[state.workload.key]}* {_holding_stage(state, zone)}" for state in states]
    )


def restoring_lines(view: CampaignView) -> str:
    """One line a workload: the floor seen last and the baseline it goes back to."""
    states = warmth(view)
    named = labels(state.workload.key for state in states)
    zone = view.campaign.announcement.zone
    return rows(
        [f"• *{named[state.workload.key]}* {_giving_back(state.holding, zone)}" for state in states]
    )


def troubles(view: CampaignView) -> str:
    """What stands in the way, of the campaign and of its workloads; empty when nothing does."""
    lines = [f":warning: {said(view.campaign.trouble, 300)}"] if view.campaign.trouble else []
    named = labels(holding.key for holding in view.holdings)
    lines += [
        f":warning: *{named[holding.key]}*: {said(holding.trouble, 300)}"
        for holding in view.holdings
        if holding.trouble
    ]
    return rows(lines, most=5)


def _stage(state: Warmth, zone: str) -> str:
    holding = state.holding
    if state.proven and holding is not None and holding.proven_at is not None:
        when = moment(holding.proven_at, zone, only_time=True)
        return f"{state.floor:,} warm, proven {when}"
    if holding is None or holding.observed < state.floor:
        if holding is not None and (holding.operation or holding.written == state.floor):
            return f"asked for {state.floor:,}, Cloud Run is rolling it out"
        return f"{state.floor:,} wanted, about to ask"
    if holding.admin_proven_at is None:
        return f"{state.floor:,} asked for, instances are starting"
    return f"{state.floor:,} started, waiting for the metrics to confirm"


def _holding_stage(state: Warmth, zone: str) -> str:
    holding = state.holding
    if state.proven and holding is not None and holding.proven_at is not None:
        return f"{state.floor:,} held, proven {moment(holding.proven_at, zone, only_time=True)}"
    seen = 0 if holding is None else holding.observed
    return f"{state.floor:,} wanted, {seen:,} set, not proven"


def _giving_back(holding: Holding | None, zone: str) -> str:
    if holding is None:
        return "was not raised"
    if holding.restored_at is not None:
        when = moment(holding.restored_at, zone, only_time=True)
        return f"back at {holding.baseline:,} since {when}"
    goal = max(holding.baseline, holding.wanted)
    # Before its next tick, and where others need all of it, there is no lower one yet.
    return f"{holding.observed:,} now" + (f", going to {goal:,}" if goal < holding.observed else "")
