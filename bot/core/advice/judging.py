"""What guards a change that was advised: asked when somebody presses Apply, again at the yes. Used by the apply flow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.advice.item import Advice
from bot.core.budgeting import month_of
from bot.core.claiming import ux_floor_of
from bot.core.claims import Claim
from bot.core.fleet import Workload
from bot.core.freeze import FreezeCalendar, touching
from bot.core.heeding import Felt
from bot.core.house import House
from bot.core.pausing import Pause
from bot.core.verdict import Effect, Finding, Role, Verdict
from bot.core.windows import Window
from bot.core.wording import say_duration, say_money

_FRESH = timedelta(days=2)
_NEAR = timedelta(hours=24)
_TAKES = timedelta(hours=1)  # how long a change by steps takes, at most
_YES = (Role.ENGINEER, Role.APPROVER)
DECIDERS = frozenset({Role.ENGINEER, Role.APPROVER, Role.ADMIN, Role.FINANCE})


@dataclass(frozen=True, slots=True)
class AdviceCase:
    """An advice made `at`, and how things stand `now`: the workload as just read, what claims it, whether Headroom
    `held` some of it, what is felt."""

    advice: Advice
    at: datetime
    workload: Workload
    house: House
    now: datetime
    claims: Sequence[Claim] = ()
    held: bool = False
    pause: Pause | None = None
    felt: Sequence[Felt] = ()
    calendar: FreezeCalendar = FreezeCalendar()


def judge_advice(case: AdviceCase) -> Verdict:
    """All reasons at once, as for a plan."""
    checks = (
        _unchanged,
        _fresh,
        _ux_floor,
        _campaigns,
        _held,
        _paused,
        _feeling,
        _freeze,
        _money,
        _second,
    )
    return Verdict(tuple(check(case) for check in checks))


def _unchanged(case: AdviceCase) -> Finding:
    was, scaling = case.advice.was, case.workload.scaling
    seen = (scaling.floor, scaling.ceiling)
    if was is None or case.advice.target is None:
        return _no("changeable", "It takes a deploy, which Headroom never does.", case.advice.how)
    if (was.floor, was.ceiling) != seen:
        said = f"It has {scaling.floor} to {scaling.ceiling or 'any'} instances now, not what the advice saw."
        return _no("changed", said, "Ask for advice again: /headroom advice.")
    return _yes("changed", "Nobody has changed it since.")


def _fresh(case: AdviceCase) -> Finding:
    age = case.now - case.at
    if age > _FRESH:
        said = f"The advice is {say_duration(age)} old."
        return _no("fresh", said, "Ask for advice again: /headroom advice.")
    return _yes("fresh", "The advice is fresh.")


def _ux_floor(case: AdviceCase) -> Finding:
    least, target = ux_floor_of(case.workload, case.house), case.advice.target
    if target is not None and case.advice.lowers and target.floor < least:
        said = f"Its UX floor is {least}: customers would meet cold starts."
        return _no("ux-floor", said, f"Keep {least} or more.")
    return _yes("ux-floor", f"Its UX floor of {least} is kept.")


def _campaigns(case: AdviceCase) -> Finding:
    near = [one for one in case.claims if one.hold.end > case.now]
    soon = [one for one in near if one.hold.start <= case.now + _NEAR]
    if case.advice.lowers and soon:
        names = ", ".join(sorted({one.reason for one in soon}))
        last = max(one.hold.end for one in soon)
        return _no(
            "campaigns",
            f"A campaign holds or will hold it: {names}.",
            f"After {last:%d %b %H:%M} UTC.",
        )
    return _yes("campaigns", "No campaign needs it within a day.")


def _held(case: AdviceCase) -> Finding:
    if case.held:
        said = "Headroom still holds or gives back some of it."
        return _no("held", said, "Once that is over; /headroom status shows when.")
    return _yes("held", "Nothing of it is held.")


def _paused(case: AdviceCase) -> Finding:
    if case.pause is not None and case.advice.lowers:
        return _no(
            "paused",
            "An administrator has paused it: nothing is lowered.",
            "After /headroom resume.",
        )
    return _yes("paused", "It is not paused.")


def _feeling(case: AdviceCase) -> Finding:
    if case.felt and case.advice.lowers:
        felt = case.felt[0]
        said = f"{felt.page.title} is {felt.breach.mark} for customers now."
        return _no("experience", said, "When its page is fine again.")
    return _yes("experience", "Customers feel nothing on its pages now.")


def _freeze(case: AdviceCase) -> Finding:
    window = Window(case.now, case.now + _TAKES)
    known = (*case.house.fences.freezes, *case.calendar.freezes)
    found = touching(known, window, case.workload.groups)
    if found:
        freeze = max(found, key=lambda one: one.effect.severity)
        said = f"“{freeze.name}” freezes changes now."
        return Finding(
            "freeze", freeze.effect, said, way_out=f"After {freeze.window.end:%d %b %H:%M} UTC.",
            approvers=freeze.approvers,
        )  # fmt: skip
    return _yes("freeze", "No freeze is on.")


def _money(case: AdviceCase) -> Finding:
    cost, limit = -case.advice.saving.amount, case.house.guardrails.auto_budget
    if cost <= limit.amount:
        return _yes("budget", "It costs no more than may be spent without asking.")
    said = f"It costs {say_money(type(limit)(cost))} a month from {month_of(case.now, case.house.zone)} on."
    return Finding(
        "budget", Effect.NEEDS_APPROVAL, said, approvers=case.house.guardrails.budget_approvers
    )


def _second(case: AdviceCase) -> Finding:
    """What is taken away for good needs a second pair of eyes."""
    if not case.advice.lowers:
        return _yes("second look", "It only adds room.")
    return Finding(
        "second look",
        Effect.NEEDS_APPROVAL,
        "It takes room away for good, so somebody else looks at it first.",
        evidence=case.advice.evidence,
        approvers=_YES,
    )


def _yes(policy: str, reason: str) -> Finding:
    return Finding(policy, Effect.ALLOW, reason)


def _no(policy: str, reason: str, way_out: str) -> Finding:
    return Finding(policy, Effect.REFUSE, reason, way_out=way_out)
