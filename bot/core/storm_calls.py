"""One page a level for all incidents of a storm: whether people were called already. Used by the storm flow."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.alert_rules import AlertRules, Schedule
from bot.core.change import Changed
from bot.core.incident import Incident, Phase
from bot.core.page import CLIMBING, Page, PageReason

_HANDOVER_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Call:
    """A page that went out at `at` for what still waits: `climbed` levels are done, its people have until `until`."""

    climbed: int
    at: datetime
    until: datetime


Place = tuple[tuple[str, ...], str]
"""Channels and schedule: who hears of an incident."""
Calls = Mapping[Place, Set[Call]]
_NOBODY: Calls = {}


def calls_of(incidents: Iterable[Incident], rules: AlertRules, before: Calls = _NOBODY) -> Calls:
    """The calls that stand for incidents of a storm, beside those `before`.

    What somebody has taken, or is silent, doesn't count: who is wanted for what comes later must hear of it.
    """
    found = {place: set(calls) for place, calls in before.items()}
    for one in incidents:
        schedule = rules.schedule(one.schedule)
        at = one.escalation.called_at
        silent = one.acknowledgements or one.snoozed_until or one.inhibited_by or not one.folded
        if (
            schedule is None
            or not schedule.levels
            or at is None
            or silent
            or one.phase is not Phase.TRIGGERED
        ):
            continue
        climbed = _climbed(one, schedule)
        last = schedule.levels[(climbed - 1) % len(schedule.levels)]
        call = Call(climbed, at, at + last.wait)
        found.setdefault((one.channels, one.schedule), set()).add(call)
    return found


def standing(incident: Incident, page: Page, calls: Calls, rules: AlertRules) -> Call | None:
    """The call that makes this page needless: of its level or a later one, and not too long ago.

    However often one of many closes and opens again, its people are not called twice. A page that
    somebody asks for, or that comes after a snooze or an answer was taken back, is always a new one.
    """
    schedule = rules.schedule(incident.schedule)
    if schedule is None or page.reason not in CLIMBING or page.reason is PageReason.URGED:
        return None
    climbed, since = _climbed(incident, schedule), incident.escalation.since
    return max(
        (
            one
            for one in calls.get((incident.channels, incident.schedule), ())
            if one.climbed > climbed and page.at < one.until and (since is None or one.at >= since)
        ),
        key=lambda one: one.at,
        default=None,
    )


def with_call(changed: Changed, page: Page, call: Call | None) -> Changed:
    """The incident after that page, with the call that stands for it: another's, or the page itself.

    One that names nobody, or just this incident, is none.
    """
    heard = bool(page.people or page.user_groups) and page.reason is not PageReason.URGED
    at = call.at if call is not None else page.at if heard else None
    escalation = replace(changed.incident.escalation, called_at=at)
    return replace(changed, incident=replace(changed.incident, escalation=escalation))


def page_name(page: Page, rules: AlertRules, schedule: str) -> str:
    """What a page for a storm's incident is known by in Slack; pages of one name are one message."""
    if page.reason in CLIMBING:
        return f"{page.incident_id}.{page.lap}.{page.number}"
    found = rules.schedule(schedule)
    every = (found and found.remind) or _HANDOVER_EVERY
    slot = int(page.at.timestamp() // every.total_seconds())
    return ".".join((page.reason.name.lower(), str(slot), *page.people, *page.user_groups))


def _climbed(incident: Incident, schedule: Schedule) -> int:
    """How many levels were paged in its present lap."""
    return incident.escalation.rounds * len(schedule.levels) + incident.escalation.level
