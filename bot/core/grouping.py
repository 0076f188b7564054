"""Sorts alerts into incidents and says for each why people hear of it, or why not. Called by the alerts flow.

One batch, one pure fold: whatever the order, duplicates and delays, an alert that is over stays over.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.core.alert import Alert, AlertKind, Unreadable
from bot.core.alert_parsing import share_passed
from bot.core.alert_rules import AlertRules, Route
from bot.core.house import House
from bot.core.incident import Event, EventKind, Incident, Phase, Signal, Subject
from bot.core.responding import heard, next_lap
from bot.core.routes import explained_by, explains, facets_of, group_key, route_for
from bot.core.ruling import Reason, Ruling, Situation, Sorted

_REMEMBERED_REOPENINGS = 20


def key_of(alert: Alert, house: House) -> str:
    """The group key of an alert, for loading the situation."""
    facets = facets_of(alert, house.groups)
    return group_key(route_for(facets, alert.severity, house.alerts), facets)


def sort_in(
    read: Sequence[Alert | Unreadable], situation: Situation, house: House, now: datetime
) -> Sorted:
    """Rules on each in turn; later ones see what earlier ones changed."""
    desk = _Desk(situation, house, now)
    rulings = tuple(desk.rule(one) for one in read)
    return Sorted(
        rulings=rulings,
        incidents=tuple(desk.changed[one] for one in sorted(desk.changed)),
        signals=tuple(desk.signals[source] for source in sorted(desk.moved)),
        events=tuple(desk.events),
        look=frozenset(desk.look),
    )


class _Desk:
    """The situation while a batch is being sorted."""

    def __init__(self, situation: Situation, house: House, now: datetime) -> None:
        self.incidents = dict(situation.incidents)
        self.signals = dict(situation.signals)
        self.changed: dict[str, Incident] = {}
        self.moved: set[str] = set()
        self.events: list[Event] = []
        self.look: set[str] = set()
        self._snoozes = situation.snoozes
        self._house = house
        self._rules: AlertRules = house.alerts
        self._now = now
        self._keys = {one.id: key for key, one in self.incidents.items()}

    def rule(self, read: Alert | Unreadable) -> Ruling:
        """One notification; its effect is on the desk afterwards."""
        if isinstance(read, Unreadable):
            return Ruling(read.identity, Reason.UNREADABLE, read, detail=read.why)
        if read.kind is AlertKind.TEST:
            return Ruling(read.identity, Reason.TEST, read)
        if read.kind is AlertKind.BUDGET_STATUS:
            return Ruling(read.identity, Reason.STATUS, read)
        return self._detailed(self._began(read) if read.open else self._ended(read))

    def _detailed(self, ruling: Ruling) -> Ruling:
        """With what its reason alone does not say, where that is still known."""
        incident = self._incident(ruling.incident_id)
        if incident is None:
            return ruling
        if ruling.reason is Reason.INHIBITED:
            return replace(ruling, detail=incident.inhibited_by)
        if ruling.reason is Reason.SNOOZED and incident.snoozed_until is not None:
            return replace(ruling, detail=incident.snoozed_until.isoformat())
        return ruling

    def _began(self, alert: Alert) -> Ruling:
        known = self.signals.get(alert.source_id)
        if known is not None and known.open:
            return self._still(alert, known)
        if known is not None and not _is_another(alert, known):
            return Ruling(alert.identity, Reason.LATE, alert, known.incident_id)
        return self._begun(alert)

    def _begun(self, alert: Alert) -> Ruling:
        facets = facets_of(alert, self._house.groups)
        route = route_for(facets, alert.severity, self._rules)
        key = group_key(route, facets)
        incident = self.incidents.get(key)
        if incident is not None and incident.open:
            ruling = self._join(alert, incident)
        elif incident is not None and self._is_recent(incident):
            ruling = self._reopen(alert, incident)
        else:
            ruling = self._open(alert, route, key, facets)
        self._put(_signal(alert, ruling.incident_id))
        return ruling

    def _ended(self, alert: Alert) -> Ruling:
        known = self.signals.get(alert.source_id)
        if known is None:
            # Remembered, so that its opening, should it still come, is known to be over.
            self._put(_signal(alert, ""))
            return Ruling(alert.identity, Reason.UNKNOWN_END, alert)
        if not known.open or _is_older(alert, known):
            return Ruling(alert.identity, Reason.REPEATED, alert, known.incident_id)
        self._put(_signal(alert, known.incident_id))
        incident = self._incident(known.incident_id)
        if incident is None or not incident.open:
            if incident is not None:
                self._save(replace(incident, firing=max(0, incident.firing - 1)))
            return Ruling(alert.identity, Reason.ENDED, alert, known.incident_id)
        return self._clear(alert, incident)

    def _still(self, alert: Alert, known: Signal) -> Ruling:
        """A renotification, or a budget's next threshold. Whoever resolved it did not know what is worse."""
        incident = self._incident(known.incident_id)
        is_over = incident is None or not incident.open
        is_worse = not _began_before(alert, known) and _is_worse(alert, known)
        if is_over and is_worse:
            if incident is not None:
                # It fires among what opens now, and no longer among what was resolved.
                self._save(replace(incident, firing=max(0, incident.firing - 1)))
            return self._begun(alert)
        if not _began_before(alert, known):
            self._put(_signal(alert, known.incident_id))
        if incident is None or is_over:
            return Ruling(alert.identity, Reason.REPEATED, alert, known.incident_id)
        worse, reason = self._worsened(alert, incident)
        if reason is None and is_worse:
            worse, reason = replace(incident, subject=_retold(incident, alert)), Reason.JOINED
            self._tell(incident, EventKind.ALERTED, alert.summary[:200])
        if reason is None:
            return Ruling(alert.identity, Reason.REPEATED, alert, incident.id)
        self._save(worse)
        return Ruling(alert.identity, self._silence(worse) or reason, alert, incident.id)

    def _join(self, alert: Alert, incident: Incident) -> Ruling:
        grown = replace(incident, firing=incident.firing + 1, seen=incident.seen + 1, calm_at=None)
        self._tell(incident, EventKind.ALERTED, _about(alert))
        grown, reason = self._worsened(alert, grown)
        self._save(grown)
        why = self._silence(grown)
        if why is None and incident.flapping and incident.firing == 0:
            why = Reason.FLAPPING
        return Ruling(alert.identity, why or reason or Reason.JOINED, alert, incident.id)

    def _worsened(self, alert: Alert, incident: Incident) -> tuple[Incident, Reason | None]:
        """The incident with the alert's severity, if that is worse and no person has said otherwise."""
        if incident.severity_by or alert.severity.rank <= incident.severity.rank:
            return incident, None
        route = self._rules.route(incident.route)
        loud = route is None or alert.severity in route.speak
        worse = replace(
            incident,
            subject=_retold(incident, alert),
            severity=alert.severity,
            quiet=incident.quiet and not loud,
        )
        self._tell(incident, EventKind.WORSENED, f"{incident.severity} to {alert.severity}")
        self.look.add(incident.id)
        return heard(worse, self._now), Reason.WORSE

    def _reopen(self, alert: Alert, incident: Incident) -> Ruling:
        lapped = next_lap(incident, self._now)
        recent = tuple(
            at for at in lapped.reopenings if at > self._now - self._rules.flapping.within
        )
        flapping = len(recent) >= self._rules.flapping.times
        lapped = replace(
            lapped,
            subject=_retold(incident, alert),
            reopenings=recent[-_REMEMBERED_REOPENINGS:],
            flapping=flapping,
            # What was open when a person resolved it still fires.
            firing=incident.firing + 1,
            seen=incident.seen + 1,
        )
        self._tell(incident, EventKind.REOPENED, _about(alert))
        if flapping:
            self._tell(incident, EventKind.FLAPPING, f"opened {len(recent)} times again")
        lapped, _ = self._worsened(alert, lapped)
        return self._ruled(alert, self._settled_in(lapped), Reason.REOPENED)

    def _open(self, alert: Alert, route: Route, key: str, facets: Mapping[str, str]) -> Ruling:
        incident = Incident(
            id=_incident_id(key, alert.identity),
            group_key=key,
            subject=_subject(alert, facets),
            severity=alert.severity,
            opened_at=self._now,
            route=route.name,
            channels=route.channels,
            schedule=route.schedule,
            acks_needed=route.acks_needed,
            quiet=alert.severity not in route.speak,
            firing=1,
            seen=1,
        )
        self._tell(incident, EventKind.OPENED, _about(alert))
        return self._ruled(alert, self._settled_in(incident), Reason.OPENED)

    def _settled_in(self, incident: Incident) -> Incident:
        """A new lap under the snooze of its group and whatever explains it; heard if neither does."""
        snooze = self._snoozes.get(incident.group_key)
        asleep = snooze is not None and snooze.until > self._now
        if snooze is not None and asleep:
            incident = replace(incident, snoozed_until=snooze.until, snoozed_by=snooze.by)
        else:
            incident = replace(incident, snoozed_until=None)
        cause = explained_by(incident, list(self.incidents.values()), self._rules)
        if cause is not None:
            incident = replace(incident, inhibited_by=cause.id)
            self._tell(incident, EventKind.INHIBITED, cause.id)
        return heard(incident, self._now)

    def _ruled(self, alert: Alert, incident: Incident, reason: Reason) -> Ruling:
        self._save(incident)
        self.look.add(incident.id)
        if not incident.inhibited_by:
            self._explain_others(incident)
        return Ruling(alert.identity, self._silence(incident) or reason, alert, incident.id)

    def _explain_others(self, cause: Incident) -> None:
        """Symptoms that spoke before their cause did are silent from now on, unless somebody has them."""
        if not explains(cause, self._rules):
            return
        for other in list(self.incidents.values()):
            if other.phase is not Phase.TRIGGERED or other.inhibited_by:
                continue
            if explained_by(other, [cause], self._rules) is not None:
                self._tell(other, EventKind.INHIBITED, cause.id)
                self._save(replace(other, inhibited_by=cause.id))

    def _clear(self, alert: Alert, incident: Incident) -> Ruling:
        left = max(0, incident.firing - 1)
        cleared = replace(incident, firing=left)
        self._tell(incident, EventKind.CLEARED, _about(alert))
        if left:
            self._save(cleared)
            return Ruling(alert.identity, Reason.STILL_FIRING, alert, incident.id)
        if incident.flapping:
            self._save(replace(cleared, calm_at=self._now + self._rules.flapping.calm))
            self.look.add(incident.id)
            return Ruling(alert.identity, Reason.FLAPPING, alert, incident.id)
        silence = self._silence(incident)
        self._tell(incident, EventKind.RESOLVED)
        self._save(replace(cleared, phase=Phase.RESOLVED, resolved_at=self._now, inhibited_by=""))
        self.look.add(incident.id)
        self.look.update(
            one.id for one in self.incidents.values() if one.inhibited_by == incident.id
        )
        return Ruling(alert.identity, silence or Reason.RESOLVED, alert, incident.id)

    def _silence(self, incident: Incident) -> Reason | None:
        """Why this incident may not speak now; None: it may."""
        if incident.snoozed(self._now):
            return Reason.SNOOZED
        if incident.inhibited_by:
            return Reason.INHIBITED
        return Reason.DIGEST if incident.quiet else None

    def _is_recent(self, incident: Incident) -> bool:
        ended = incident.resolved_at
        return ended is not None and self._now - ended <= self._rules.window

    def _incident(self, incident_id: str) -> Incident | None:
        key = self._keys.get(incident_id)
        found = None if key is None else self.incidents.get(key)
        return found if found is not None and found.id == incident_id else None

    def _save(self, incident: Incident) -> None:
        saved = replace(incident, changed_at=self._now)
        self.incidents[incident.group_key] = saved
        self._keys[incident.id] = incident.group_key
        self.changed[incident.id] = saved

    def _put(self, signal: Signal) -> None:
        self.signals[signal.source_id] = signal
        self.moved.add(signal.source_id)

    def _tell(self, incident: Incident, kind: EventKind, detail: str = "") -> None:
        self.events.append(Event(incident.id, self._now, kind, detail=detail))


def _is_another(alert: Alert, known: Signal) -> bool:
    """Whether an opening under a known id began after that had ended: the id is used again."""
    if alert.started_at is None or known.ended_at is None:
        return False
    return alert.started_at > known.ended_at


def _began_before(alert: Alert, known: Signal) -> bool:
    if alert.started_at is None or known.started_at is None:
        return False
    return alert.started_at < known.started_at


def _is_worse(alert: Alert, known: Signal) -> bool:
    """Graver than what was known of the same matter; of a budget also where more of it is passed."""
    if alert.severity is not known.severity:
        return alert.severity.rank > known.severity.rank
    is_cost = alert.kind is AlertKind.COST
    return is_cost and share_passed(alert.identity) > share_passed(known.identity)


def _is_older(alert: Alert, known: Signal) -> bool:
    """Whether an end belongs to an earlier opening under the same id."""
    if alert.ended_at is None or known.started_at is None:
        return False
    return alert.ended_at < known.started_at


def _signal(alert: Alert, incident_id: str) -> Signal:
    return Signal(
        source_id=alert.source_id,
        incident_id=incident_id,
        open=alert.open,
        started_at=alert.started_at,
        ended_at=alert.ended_at,
        identity=alert.identity,
        severity=alert.severity,
        title=alert.policy.title or alert.policy.condition,
        summary=alert.summary,
        about=alert.resource.workload or alert.resource.name,
        url=alert.url,
    )


def _subject(alert: Alert, facets: Mapping[str, str]) -> Subject:
    title = alert.policy.title or alert.policy.condition or alert.policy.subject or alert.summary
    return Subject(
        title=title or "An alert without a name",
        summary=alert.summary,
        facets=facets,
        url=alert.url,
        runbook=alert.policy.documentation,
        links=alert.policy.links,
    )


def _retold(incident: Incident, alert: Alert) -> Subject:
    """What it is about, in the alert's words for how things are now."""
    return replace(incident.subject, summary=alert.summary or incident.subject.summary)


def _about(alert: Alert) -> str:
    return alert.resource.workload or alert.resource.name or alert.summary[:200]


def _incident_id(key: str, identity: str) -> str:
    """Derived, so that sorting the same alerts again after a crash makes the same incident."""
    return hashlib.sha256(f"{key}\n{identity}".encode()).hexdigest()[:16]
