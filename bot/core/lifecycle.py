"""The next step of a campaign at an instant, and when to look again. Called by the drive flow.

planning → proposed → (awaiting approval) → scheduled → warming → live → restoring → done; a person's
clicks make the transitions that are not here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from bot.core.campaign import Campaign, CampaignState
from bot.core.claims import Claim
from bot.core.fleet import WorkloadKey
from bot.core.holding import Holding
from bot.core.house import Timing
from bot.core.plan import Plan


class Act(StrEnum):
    """What a tick of a campaign does."""

    PLAN = "make the plan"
    WAIT = "show how it stands, and wait"
    EXPIRE = "expire: nobody settled it before the start"
    RAISE = "judge again, then begin to warm"
    TELL_WARM = "tell the asker that it is warm"
    ALARM = "tell the engineers that it is not warm"
    GO_LIVE = "the window begins"
    GIVE_BACK = "the window is over"
    RESTORED = "everything is given back"
    CLOSE = "close what was cancelled"
    REPORT = "report, then done"
    NOTHING = "it is over"


@dataclass(frozen=True, slots=True)
class Situation:
    """A campaign with what belongs to it, at one instant; `claims` are its own.

    `nothing_to_do`: its plan was allowed and needs nothing, so nobody has to confirm anything.
    """

    campaign: Campaign
    plan: Plan | None
    claims: Sequence[Claim]
    holdings: Mapping[WorkloadKey, Holding]
    now: datetime
    timing: Timing
    nothing_to_do: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What to do, and when to look again if nothing else wakes the campaign (None: never)."""

    act: Act
    look_again: datetime | None


def next_step(at: Situation) -> Step:
    """The one thing that is due; a step with another act than WAIT is looked at again at once."""
    match at.campaign.state:
        case CampaignState.PLANNING:
            return Step(Act.PLAN, at.now)
        case CampaignState.PROPOSED | CampaignState.AWAITING_APPROVAL:
            return _until_start(at)
        case CampaignState.SCHEDULED:
            return _until_raise(at)
        case CampaignState.WARMING:
            return _warming(at)
        case CampaignState.LIVE:
            return _live(at)
        case CampaignState.RESTORING:
            return _restoring(at)
        case (
            CampaignState.DONE
            | CampaignState.CANCELLED
            | CampaignState.REFUSED
            | CampaignState.EXPIRED
        ):
            return Step(Act.NOTHING, None)
        case _:
            assert_never(at.campaign.state)


def unproven(at: Situation) -> tuple[WorkloadKey, ...]:
    """The workloads whose floor for the start (or for now, once it has begun) is not proven warm."""
    return tuple(key for key, floor in sorted(_needs(at).items()) if not _proven(at, key, floor))


def given_back(at: Situation) -> bool:
    """Whether nothing is held for this campaign any more: each floor is restored, or others need it."""
    return all(_is_back(at, key) for key in {claim.workload for claim in at.claims})


def _until_start(at: Situation) -> Step:
    start = at.campaign.announcement.window.start
    if at.now >= start and at.nothing_to_do:
        return Step(Act.GO_LIVE, at.now)  # nothing was asked of anybody: it is watched and reported
    if at.now >= start:
        return Step(Act.EXPIRE, at.now)  # an unanswered question never becomes a yes
    return Step(Act.WAIT, start)


def _until_raise(at: Situation) -> Step:
    window = at.campaign.announcement.window
    if at.now >= window.end:
        return Step(Act.GIVE_BACK, at.now)
    due = window.start if at.plan is None else min(at.plan.raise_at, window.start)
    return Step(Act.RAISE, at.now) if at.now >= due else Step(Act.WAIT, due)


def _warming(at: Situation) -> Step:
    start = at.campaign.announcement.window.start
    if _just_proven(at):
        return Step(Act.TELL_WARM, at.now)
    if _must_alarm(at):
        return Step(Act.ALARM, at.now)
    if at.now >= start:
        return Step(Act.GO_LIVE, at.now)
    deadline = start - at.timing.prove_before
    return Step(Act.WAIT, deadline if at.now < deadline else start)


def _live(at: Situation) -> Step:
    end = at.campaign.announcement.window.end
    if at.now >= end:
        return Step(Act.GIVE_BACK, at.now)
    if _just_proven(at):
        return Step(Act.TELL_WARM, at.now)
    if _must_alarm(at):
        return Step(Act.ALARM, at.now)
    return Step(Act.WAIT, end)


def _restoring(at: Situation) -> Step:
    campaign = at.campaign
    if not given_back(at):
        return Step(Act.WAIT, at.now + at.timing.look_again)
    if campaign.cancelled_at is not None:
        return Step(Act.CLOSE, at.now)
    if campaign.restored_at is None:
        return Step(Act.RESTORED, at.now)
    visible = campaign.announcement.window.end + at.timing.metric_delay
    return Step(Act.WAIT, visible) if at.now < visible else Step(Act.REPORT, at.now)


def _just_proven(at: Situation) -> bool:
    return at.campaign.proven_at is None and bool(_needs(at)) and not unproven(at)


def _must_alarm(at: Situation) -> bool:
    if at.campaign.proven_at is not None or at.campaign.alarmed_at is not None:
        return False
    deadline = at.campaign.announcement.window.start - at.timing.prove_before
    return at.now >= deadline and bool(unproven(at))


def _needs(at: Situation) -> dict[WorkloadKey, int]:
    """The highest floor of each workload at the start, or now if that has passed."""
    instant = max(at.now, at.campaign.announcement.window.start)
    needs: dict[WorkloadKey, int] = {}
    for claim in at.claims:
        if claim.hold.contains(instant):
            needs[claim.workload] = max(claim.floor, needs.get(claim.workload, 0))
    return needs


def _proven(at: Situation, key: WorkloadKey, floor: int) -> bool:
    holding = at.holdings.get(key)
    if holding is None or holding.proven_at is None or holding.restored_at is not None:
        return False  # a proof of before it was given back was another campaign's
    begun = [c.hold.start for c in at.claims if c.workload == key and c.hold.start <= at.now]
    if begun and (holding.observed_at is None or holding.observed_at < min(begun)):
        return False  # what others need as well is not known before it was looked at
    return holding.proven_floor >= max(floor, holding.wanted)


def _is_back(at: Situation, key: WorkloadKey) -> bool:
    own = [claim.hold for claim in at.claims if claim.workload == key]
    if any(hold.end > at.now for hold in own):
        return False
    holding = at.holdings.get(key)
    if holding is None or holding.restored_at is not None:
        return True
    # A look at the very instant of the end may still have counted this campaign's claims.
    looked = holding.observed_at is not None and holding.observed_at > max(h.end for h in own)
    return looked and holding.observed <= holding.wanted
