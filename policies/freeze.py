"""Times in which nothing may be raised, from the house rules and from calendars. Called by policies.judge."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from bot.core.case import Case
from bot.core.freeze import APPROVERS, Freeze, touching
from bot.core.verdict import Effect, Finding
from bot.core.windows import Window
from bot.core.wording import say_clock, say_day, say_list


def check(case: Case) -> Finding:
    """Refuses (or asks, where the entry says so) what would change capacity inside a freeze.

    A calendar that could never be read may hold a freeze: somebody has to look.
    """
    calendar, plan = case.facts.calendar, case.plan
    if plan.needs_nothing:
        return _fine("Nothing has to be changed, so it may be at any time.", "No floor is raised.")
    hold = Window(min(plan.raise_at, plan.window.start), max(plan.give_back_at, plan.window.end))
    found = touching(calendar.freezes, hold, case.groups)
    if found:
        return _frozen(case, found)
    if calendar.unreadable:
        return Finding(
            policy="freeze",
            effect=Effect.NEEDS_APPROVAL,
            reason="I could not read when nothing may be changed, so somebody has to say that it may be then.",
            evidence=f"Calendars that could not be read: {say_list(calendar.unreadable)}.",
            way_out="Try again once the calendar can be read.",
            approvers=APPROVERS,
        )
    stale = [
        f"{name} was last read at {say_clock(at, case.house.zone)}" for name, at in calendar.stale
    ]
    evidence = say_list(stale) or _none_then(len(calendar.freezes))
    return _fine(
        "Capacity may be changed at that time.",
        evidence,
        quiet=not calendar.freezes and not case.house.fences.feeds,
    )


def _none_then(known: int) -> str:
    if known < 2:
        return ("No freeze is known.", "One freeze is known, at another time.")[known]
    return f"{known} freezes are known, all at other times."


def _frozen(case: Case, found: Sequence[Freeze]) -> Finding:
    effect = max((freeze.effect for freeze in found), key=lambda effect: effect.severity)
    zone = case.campaign.announcement.zone
    names = [f"“{freeze.name}”" for freeze in found[:5]]
    until = max(freeze.window.end for freeze in found)
    beyond = case.beyond(name for freeze in found for name in freeze.groups)
    approvers = tuple(dict.fromkeys(role for freeze in found for role in freeze.approvers))
    return Finding(
        policy="freeze",
        effect=effect,
        reason=f"Nothing may be changed at that time: {say_list(names)}.",
        evidence=f"{say_list([_span(freeze, zone) for freeze in found[:5]])}. {beyond}".rstrip(),
        way_out=f"Start after {say_day(until.astimezone(ZoneInfo(zone)).date())} {say_clock(until, zone)}.",
        approvers=approvers if effect is Effect.NEEDS_APPROVAL else (),
    )


def _span(freeze: Freeze, zone: str) -> str:
    start, end = freeze.window.start, freeze.window.end
    place = ZoneInfo(zone)
    first = f"{say_day(start.astimezone(place).date())} {say_clock(start, zone)}"
    last = f"{say_day(end.astimezone(place).date())} {say_clock(end, zone)}"
    where = f" ({freeze.source})" if freeze.source else ""
    return f"{first} to {last}{where}"


def _fine(reason: str, evidence: str, *, quiet: bool = False) -> Finding:
    return Finding(
        policy="freeze", effect=Effect.ALLOW, reason=reason, evidence=evidence, quiet=quiet
    )
