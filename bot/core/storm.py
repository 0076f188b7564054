"""An alert storm: more new incidents at once than a channel can be told one by one. Decided by the alerts flow."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.alert_rules import AlertRules
from bot.core.incident import Incident, Phase
from bot.core.page import CLIMBING, Page, PageReason

RATE_WINDOW = timedelta(minutes=1)
CALM = timedelta(minutes=10)
# Slack: chat.update is Tier 3, some 50 calls a minute; one message costs at most one edit a round.
_SHORTEST_ROUND = timedelta(seconds=2)
_PER_MESSAGE = timedelta(seconds=1.4)
_HANDOVER_EVERY = timedelta(hours=1)

Called = Mapping[tuple[tuple[str, ...], str], int]
"""How many levels people were paged, by channels and schedule."""
_NOBODY: Called = {}


@dataclass(frozen=True, slots=True)
class Storm:
    """`last_at` is when its newest incident came, `shown_at` when its messages were last worked out."""

    id: str
    began_at: datetime
    last_at: datetime
    version: int = 0
    shown_at: datetime | None = None
    ended_at: datetime | None = None

    def over(self, now: datetime) -> bool:
        """Whether it has been calm for long enough."""
        return self.ended_at is not None or now - self.last_at >= CALM


def too_many(recent: int, new: int, per_minute: int) -> bool:
    """Whether `new` incidents after `recent` ones in the last minute are more than can be told singly."""
    return new > 0 and recent + new > per_minute


def next_round(storm: Storm, messages: int) -> datetime:
    """When its messages may be worked out again, so that edits stay inside Slack's rate."""
    if storm.shown_at is None:
        return storm.began_at
    return storm.shown_at + max(_SHORTEST_ROUND, messages * _PER_MESSAGE)


def unfolded(incidents: Sequence[Incident], per_minute: int) -> Sequence[Incident]:
    """Those that get a message of their own once the storm is over: what nobody has, if it is not many."""
    left = [one for one in incidents if one.folded and one.phase is Phase.TRIGGERED]
    return left if len(left) <= per_minute else ()


def called(
    incidents: Iterable[Incident], rules: AlertRules, now: datetime, so_far: Called = _NOBODY
) -> Called:
    """How far up each schedule people were paged for what still waits, beside those `so_far`.

    What somebody has acknowledged doesn't count: who is wanted for what comes after it is paged again.
    """
    furthest = dict(so_far)
    for one in incidents:
        if one.folded and one.phase is Phase.TRIGGERED and not one.hushed(now):
            place = (one.channels, one.schedule)
            furthest[place] = max(furthest.get(place, 0), _climbed(one, rules))
    return furthest


def page_name(incident: Incident, page: Page, calls: Called, rules: AlertRules) -> str:
    """What a page for a storm's incident is known by in Slack; pages of one name are one message.

    "" where the same people were called already for another incident of the storm that still waits:
    one page of a level is for all of them, however often one of them closes and opens again.
    """
    if page.reason is PageReason.URGED:
        return _own_name(page)
    if page.reason in CLIMBING:
        before = calls.get((incident.channels, incident.schedule), 0)
        return "" if before > _climbed(incident, rules) else _own_name(page)
    schedule = rules.schedule(incident.schedule)
    every = (schedule and schedule.remind) or _HANDOVER_EVERY
    slot = int(page.at.timestamp() // every.total_seconds())
    return ".".join((page.reason.name.lower(), str(slot), *page.people, *page.user_groups))


def _own_name(page: Page) -> str:
    return f"{page.incident_id}.{page.lap}.{page.number}"


def _climbed(incident: Incident, rules: AlertRules) -> int:
    """How many levels were paged in its present lap."""
    schedule = rules.schedule(incident.schedule)
    levels = 1 if schedule is None else max(1, len(schedule.levels))
    return incident.escalation.rounds * levels + incident.escalation.level
