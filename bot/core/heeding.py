"""What customers feel, in the decisions about floors: it raises a floor or calls people, never the other way round.

Pure; used by the loop flow after closed_loop has looked at the demand, and by reconcile before it lowers.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.closed_loop import Adjustment, Turn, Watched, brought_back
from bot.core.experience import Breach, Experience, Page
from bot.core.house import CapacityRules, LoopMode

_MORE = 1.25  # a floor that customers feel is too low rises by a quarter
_TAKES_EFFECT = timedelta(minutes=5)  # before that, what was raised last cannot be judged


@dataclass(frozen=True, slots=True)
class Felt:
    """A breach with its page."""

    page: Page
    breach: Breach


def felt_by(
    groups: Sequence[str], rules: Experience, breaches: Sequence[Breach]
) -> tuple[Felt, ...]:
    """The breaches that are felt on pages of the groups, the longest first."""
    by_name = {page.name: page for page in rules.of(groups)}
    found = [Felt(by_name[one.page], one) for one in breaches if one.page in by_name]
    return tuple(sorted(found, key=lambda one: (one.breach.since, one.page.name)))


def heed(
    change: Adjustment,
    watched: Watched,
    felt: Sequence[Felt],
    rules: CapacityRules,
    *,
    now: datetime,
) -> Adjustment:
    """The adjustment as it is with what customers feel; its floor is never lower than without.

    Nothing is given back while they feel it, and what was comes back. Where more instances may help, the
    floor rises by a quarter within the same guardrails as for demand, and then has five minutes to show;
    beyond them a person is asked.
    """
    if not felt:
        return change
    held = _not_given_back(change, watched, felt[0])
    helped = [one for one in felt if one.breach.mark.helped_by_capacity]
    if not helped or change.turn in {Turn.RAISE, Turn.BRING_BACK}:
        return held
    promised = watched.plan.held_at(now)
    if watched.floor < promised:
        return brought_back(watched, promised, change.demand, _said(helped[0]))
    raised = max((one.breach.raised_at for one in helped if one.breach.raised_at), default=None)
    if raised is not None and now - raised < _TAKES_EFFECT:
        return replace(held, reason=f"{_said(helped[0])}; what was raised has to show yet")
    return _more(held, watched, helped[0], rules)


def _not_given_back(change: Adjustment, watched: Watched, felt: Felt) -> Adjustment:
    if change.turn is not Turn.GIVE_BACK:
        return change
    reason = f"{_said(felt)}: nothing is given back"
    return replace(change, turn=Turn.HOLD, floor=watched.floor, reason=reason)


def _more(held: Adjustment, watched: Watched, felt: Felt, rules: CapacityRules) -> Adjustment:
    plan, said = watched.plan, _said(felt)
    ceiling = max(plan.ceiling, plan.ceiling_needed or 0)
    wanted = min(max(math.ceil(watched.floor * _MORE), watched.floor + 1), ceiling)
    most = min(math.floor(rules.beyond_plan * plan.floor), watched.affordable, ceiling)
    if rules.loop is LoopMode.AUTO and watched.floor < most:
        return replace(held, turn=Turn.RAISE, floor=min(wanted, most), reason=said)
    if held.turn is Turn.ASK:
        return held
    if wanted <= watched.floor:
        return replace(held, reason=f"{said}; its ceiling of {ceiling} is reached")
    return replace(held, turn=Turn.ASK, floor=wanted, reason=said)


def _said(felt: Felt) -> str:
    return f"{felt.page.title} is {felt.breach.mark} for customers"
