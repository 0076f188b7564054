"""Whether there is time to warm up before the start. Called by policies.judge."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core.campaign import SETTLED
from bot.core.case import Case
from bot.core.verdict import Effect, Finding, Role
from bot.core.wording import say_clock, say_day, say_duration

_ROUND_TO = 5 * 60  # seconds; a start that people would choose


def check(case: Case) -> Finding:
    """Allows a start with enough notice, asks engineers for a later-than-safe one, refuses a past one."""
    start, end = case.plan.window.start, case.plan.window.end
    zone = case.campaign.announcement.zone
    if case.now >= end:
        return _over(f"It ended at {say_clock(end, zone)}.")
    # Once settled, lateness is Headroom's own (it was down, Google was): that must never take capacity away.
    if case.campaign.state in SETTLED:
        return _fine("It was settled before it began.", f"It starts at {say_clock(start, zone)}.")
    if case.now >= start:
        return _over(f"It started at {say_clock(start, zone)}.")
    lead = max(start - case.plan.raise_at, timedelta(0))
    needed = max(lead, case.house.guardrails.min_notice)
    notice = start - case.now
    evidence = f"It starts in {say_duration(notice)}; {say_duration(needed)} are needed."
    if notice >= needed:
        return _fine("There is enough time to warm up.", evidence)
    return Finding(
        policy="lead_time",
        effect=Effect.NEEDS_APPROVAL,
        reason=_short_notice(case, case.now + lead),
        evidence=evidence,
        way_out=f"A start at {_when(_round_up(case.now + needed), case)} or later needs no approval.",
        approvers=(Role.ENGINEER,),
    )


def _short_notice(case: Case, warm_at: datetime) -> str:
    start, zone = case.plan.window.start, case.campaign.announcement.zone
    if warm_at > start and not case.plan.needs_nothing:
        late = say_duration(max(warm_at - start, timedelta(minutes=1)))
        return (
            f"This is short notice: capacity will be warm only at {say_clock(warm_at, zone)}, "
            f"{late} after the start."
        )
    return "This is short notice: there is time to warm up, but little to put anything right."


def _when(instant: datetime, case: Case) -> str:
    """The clock, with the day where it is not the campaign's own."""
    zone = ZoneInfo(case.campaign.announcement.zone)
    day = instant.astimezone(zone).date()
    clock = say_clock(instant, zone.key)
    same = day == case.plan.window.start.astimezone(zone).date()
    return clock if same else f"{clock} on {say_day(day)}"


def _fine(reason: str, evidence: str) -> Finding:
    return Finding(policy="lead_time", effect=Effect.ALLOW, reason=reason, evidence=evidence)


def _over(evidence: str) -> Finding:
    return Finding(
        policy="lead_time",
        effect=Effect.REFUSE,
        reason="It is too late: capacity can only be warmed before a campaign starts.",
        evidence=evidence,
        way_out="Announce it again with a start that is still ahead.",
    )


def _round_up(instant: datetime) -> datetime:
    return datetime.fromtimestamp(-(-instant.timestamp() // _ROUND_TO) * _ROUND_TO, tz=UTC)
