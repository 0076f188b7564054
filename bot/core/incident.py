"""An incident: alerts that belong together, with one state that every surface projects.

Changed by grouping (alerts), responding (people) and escalation (time); stored through ports.alerts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.core.alert import Link, Severity
from bot.core.fleet import WorkloadKey


class Phase(StrEnum):
    """Where an incident stands; snoozed and inhibited are beside it, not instead of it."""

    TRIGGERED = "triggered"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Signal:
    """What the notifications about one Monitoring incident add up to, in whatever order they came."""

    source_id: str
    incident_id: str
    open: bool
    started_at: datetime | None
    ended_at: datetime | None
    identity: str  # of the alert that said so last
    severity: Severity
    title: str  # policy or condition
    summary: str
    about: str  # the resource, for people
    url: str = ""


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Somebody says: I look at it."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Escalation:
    """How far paging has gone: `level` is the next to be paged (from 0), `rounds` those completed.

    `pages` counts all of them, `paged_at` is the last one; `on_call` are the people that were on call
    then. `urged` asks for the next level at once, `urged_by` is who does. `since` is when paging (re)started: its first page is
    due then (None: when the present lap began). In a storm one page is for many: `called_at` is when that
    went out which stands for the last one.
    """

    level: int = 0
    rounds: int = 0
    pages: int = 0
    paged_at: datetime | None = None
    since: datetime | None = None
    on_call: tuple[str, ...] = ()
    urged: bool = False
    urged_by: str = ""
    called_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What an incident is about; taken from the alert that opened it.

    `facets` are the words that routes and inhibitions match (see routes.facets_of). `runbook` is the
    policy's documentation, in Markdown.
    """

    title: str
    summary: str
    facets: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    runbook: str = ""
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident. `version` grows with every save (optimistic locking).

    `lap` grows each time it is opened again: buttons carry it, so a click on what was shown before
    cannot change what is there now. `firing` signals are open now, `seen` were ever. It is silent
    (not in Slack) until `spoken_at`; a resolved one that never spoke stays silent. `quiet`: its severity
    is for the digest. `severity_by` is the person who set the severity; alerts do not change it then.
    `calm_at` is when a flapping one, nothing of which fires any more, will be believed to be over.
    `storm` is the id of the alert storm it came in; while it is `folded`, the storm's messages show it.
    `context` is the campaign that may explain it, as a sentence, `context_url` its message. `mirrored`: Cloud Monitoring is silent
    as long as the snooze lasts, and has closed the alerts it knew of.
    """

    id: str
    group_key: str
    subject: Subject
    severity: Severity
    opened_at: datetime
    phase: Phase = Phase.TRIGGERED
    version: int = 0
    lap: int = 1
    route: str = ""
    channels: tuple[str, ...] = ()
    schedule: str = ""
    acks_needed: int = 1
    quiet: bool = False
    severity_by: str = ""
    firing: int = 0
    seen: int = 0
    lapped_at: datetime | None = None  # the present lap's opening; None: opened_at
    changed_at: datetime | None = None
    spoken_at: datetime | None = None
    acknowledgements: tuple[Acknowledgement, ...] = ()
    assignee: str = ""
    resolved_at: datetime | None = None
    resolved_by: str = ""  # a person; "" when its alerts closed by themselves
    snoozed_until: datetime | None = None
    snoozed_by: str = ""
    mirrored: bool = False
    inhibited_by: str = ""  # the id of the incident that explains this one
    reopenings: tuple[datetime, ...] = ()
    flapping: bool = False
    calm_at: datetime | None = None
    escalation: Escalation = field(default_factory=Escalation)
    storm: str = ""
    folded: bool = False
    context: str = ""
    context_url: str = ""

    def concerns(self, key: WorkloadKey) -> bool:
        """Whether it is about that workload; a project or region that it does not name may be any."""
        facets = self.subject.facets
        place = (("project", key.project), ("region", key.region))
        return facets.get("workload") == key.name and all(
            facets.get(name, "") in {"", value} for name, value in place
        )

    @property
    def open(self) -> bool:
        """Whether somebody may still have to do something."""
        return self.phase is not Phase.RESOLVED

    @property
    def paged_by_storm(self) -> bool:
        """Whether its storm looks after it, because nothing but pages is due of it."""
        waits = self.snoozed_until or self.calm_at or self.inhibited_by
        return self.folded and self.open and not waits

    def snoozed(self, now: datetime) -> bool:
        """Whether it is asleep at `now`."""
        return self.snoozed_until is not None and now < self.snoozed_until

    def hushed(self, now: datetime) -> bool:
        """Whether it may neither page nor appear: it is asleep, or another incident explains it."""
        return self.snoozed(now) or bool(self.inhibited_by)


@dataclass(frozen=True, slots=True)
class Snooze:
    """A group of alerts is silent until then: whatever opens, closes and opens again in it.

    `mirrored`: somebody wants Cloud Monitoring to be silent about it as well.
    """

    group_key: str
    until: datetime
    by: str
    at: datetime
    reason: str = ""
    mirrored: bool = False


class EventKind(StrEnum):
    """What the timeline of an incident tells."""

    OPENED = "opened"
    ALERTED = "another alert joined"
    CLEARED = "an alert ended"
    WORSENED = "severity rose"
    SEVERITY = "severity set"
    REOPENED = "opened again"
    FLAPPING = "flapping"
    INHIBITED = "explained by another incident"
    RELEASED = "no longer explained by another incident"
    ACKNOWLEDGED = "acknowledged"
    UNACKNOWLEDGED = "acknowledgement taken back"
    RESOLVED = "resolved"
    SNOOZED = "snoozed"
    AWAKE = "snooze over"
    ESCALATED = "escalated"
    ASSIGNED = "assigned"
    NOTED = "note"
    PAGED = "paged"


@dataclass(frozen=True, slots=True)
class Event:
    """One line of an incident's timeline; `by` is a person's id, "" for what happened by itself."""

    incident_id: str
    at: datetime
    kind: EventKind
    by: str = ""
    detail: str = ""
