"""A spend cap on a project can pause its services in the middle of a campaign. Called by policies.judge.

Source: Cloud Billing budgets with `spendCap`; an enforced cap answers 5xx until it is lifted.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core.case import Case
from bot.core.limits import SpendCap
from bot.core.money import Money
from bot.core.verdict import Effect, Finding, Role
from bot.core.wording import say_clock, say_day, say_list, say_money

_ASKED = (Role.FINANCE, Role.ENGINEER)
# A budget speaks at each of its thresholds; what it said longer ago tells too little.
_FRESH = timedelta(days=7)


def check(case: Case) -> Finding:
    """Refuses under an enforced cap; asks when the campaign may reach it, or nobody knows how far it is."""
    projects = {workload.key.project for workload in case.plan.workloads}
    caps = [_as_of(cap, case.now) for cap in case.facts.spend_caps if cap.project in projects]
    if not caps:
        reason = "No spend cap is known that could pause the services."
        return _finding(Effect.ALLOW, reason, "None is configured.", quiet=True)
    evidence = say_list([_numbers(cap, case.house.zone) for cap in caps]) + "."
    if any(cap.enforced or _passed(cap) for cap in caps):
        return _finding(
            Effect.REFUSE,
            "The project's spend cap has been reached: Google pauses its services, warm or not.",
            evidence,
            way_out="Have finance lift the cap; it takes up to an hour until services answer again.",
        )
    if any(cap.spent is None for cap in caps):
        return _finding(
            Effect.NEEDS_APPROVAL,
            "A spend cap can pause the services during the campaign, and what is spent is not known.",
            evidence,
            way_out="Have finance look at what is spent so far.",
        )
    if _reached(caps, case.plan.cost + case.plan.traffic_cost):
        return _finding(
            Effect.NEEDS_APPROVAL,
            "The campaign may reach the project's spend cap, and Google would pause the services.",
            evidence,
            way_out="Have finance raise the cap first, or make the campaign smaller.",
        )
    return _finding(Effect.ALLOW, "The project's spending is far enough from its cap.", evidence)


def _reached(caps: Sequence[SpendCap], cost: Money) -> bool:
    """Whether cost and spending pass nine tenths of a cap: billing is known a day late."""
    return any(cap.spent is not None and not _far(cap.spent + cost, cap.limit) for cap in caps)


def _as_of(cap: SpendCap, now: datetime) -> SpendCap:
    """What a budget said too long ago, or of a month that is over, is not known any more."""
    if cap.heard is None:
        return cap
    over = now >= _next_month(cap.heard.since)
    stale = now - cap.heard.at >= _FRESH and not _passed(cap)
    return replace(cap, spent=None) if over or stale else cap


def _next_month(since: datetime) -> datetime:
    """When the period ends that began then: caps are monthly."""
    return since.replace(year=since.year + since.month // 12, month=since.month % 12 + 1, day=1)


def _passed(cap: SpendCap) -> bool:
    """Whether its budget said that all of it is spent; what a file says counts as reached with `enforced` only."""
    return cap.heard is not None and cap.spent is not None and cap.limit <= cap.spent


def _far(total: Money, limit: Money) -> bool:
    return Money(total.amount * 10, total.currency) <= Money(limit.amount * 9, limit.currency)


def _numbers(cap: SpendCap, zone: str) -> str:
    spent = "spending not known" if cap.spent is None else f"{say_money(cap.spent)} spent"
    if cap.spent is not None and cap.heard is not None:
        day = say_day(cap.heard.at.astimezone(ZoneInfo(zone)).date())
        spent = f"at least {spent} by {day} {say_clock(cap.heard.at, zone)}"
    return f"{cap.project}: {spent} of {say_money(cap.limit)}{', enforced' if cap.enforced else ''}"


def _finding(
    effect: Effect, reason: str, evidence: str, *, way_out: str = "", quiet: bool = False
) -> Finding:
    asked = _ASKED if effect is Effect.NEEDS_APPROVAL else ()
    return Finding("spend_cap", effect, reason, evidence, way_out, asked, quiet, bounded=True)
