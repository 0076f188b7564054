"""What people do to an incident: each verb gives the changed incident or a polite no-op, never an error.

Called by the alerts flows with the incident as it is stored now; the save checks its version.
"""

from dataclasses import replace
from datetime import datetime

from bot.core.alert import Severity
from bot.core.change import Changed, Click, Result, Unchanged, Why
from bot.core.incident import (
    Acknowledgement,
    Escalation,
    Event,
    EventKind,
    Incident,
    Phase,
    Snooze,
)
from bot.core.mirroring import awake_again

_LONGEST_NOTE = 2000


def acknowledge(incident: Incident, click: Click) -> Result:
    """Somebody looks at it: paging ends once `acks_needed` different people have said so."""
    refusal = _refusal(incident, click) or _acknowledged_already(incident, click.by)
    if refusal is not None:
        return refusal
    given = (*incident.acknowledgements, Acknowledgement(click.by, click.now))
    enough = len(given) >= incident.acks_needed
    phase = Phase.ACKNOWLEDGED if enough else incident.phase
    detail = "" if incident.acks_needed == 1 else f"{len(given)} of {incident.acks_needed}"
    changed = replace(
        incident,
        phase=phase,
        acknowledgements=given,
        escalation=replace(incident.escalation, urged=False, urged_by=""),
    )
    return _changed(changed, click, EventKind.ACKNOWLEDGED, detail)


def unacknowledge(incident: Incident, click: Click) -> Result:
    """Takes back one's own acknowledgement, or all of them if none is one's own; paging begins anew.

    The event's detail names the others whose acknowledgements were taken back ("": one's own).
    """
    refusal = _refusal(incident, click)
    if refusal is not None:
        return refusal
    if not incident.acknowledgements:
        return Unchanged(Why.ALREADY, "Nobody has acknowledged this incident.")
    others = tuple(ack for ack in incident.acknowledgements if ack.by != click.by)
    own = len(others) < len(incident.acknowledgements)
    changed = replace(
        _paged_anew(incident, click.now),
        phase=Phase.TRIGGERED,
        acknowledgements=others if own else (),
    )
    whose = "" if own else ", ".join(ack.by for ack in others)
    return _changed(changed, click, EventKind.UNACKNOWLEDGED, whose)


def resolve(incident: Incident, click: Click) -> Result:
    """It is over, a person says, whatever its alerts say; a new alert of its group opens it again."""
    refusal = _refusal(incident, click)
    if refusal is not None:
        return refusal
    changed = replace(
        incident,
        phase=Phase.RESOLVED,
        resolved_at=click.now,
        resolved_by=click.by,
        inhibited_by="",
        flapping=False,
        calm_at=None,
    )
    return _changed(changed, click, EventKind.RESOLVED)


def reopen(incident: Incident, click: Click, *, latest: Incident | None = None) -> Result:
    """It is not over. `latest` is the newest incident of its group: only that one can be opened again."""
    if incident.open:
        return Unchanged(Why.ALREADY, "This incident is open already.")
    if _outdated(incident, click):
        return _OUTDATED
    if latest is not None and latest.id != incident.id:
        return Unchanged(
            Why.NOT_OPEN_TO_THAT,
            "The same alerts have opened a newer incident since; please go on there.",
        )
    changed = next_lap(incident, click.now)
    return _changed(changed, click, EventKind.REOPENED)


def snooze(incident: Incident, click: Click, until: datetime, reason: str = "") -> Result:
    """Silences the incident's whole group until then. An acknowledgement of before does not outlast it:

    whoever snoozes wants to hear again. Works on a resolved incident too: its group stays silent.
    """
    if _outdated(incident, click):
        return _OUTDATED
    if until <= click.now:
        return Unchanged(Why.TIME_PAST, "A snooze must end in the future.")
    if incident.snoozed_until == until:
        return Unchanged(Why.ALREADY, "It is snoozed until then already.")
    changed = replace(_paged_anew(incident, until), snoozed_until=until, snoozed_by=click.by)
    if incident.open:
        changed = replace(changed, phase=Phase.TRIGGERED, acknowledgements=())
    put = Snooze(incident.group_key, until, click.by, click.now, reason[:_LONGEST_NOTE])
    detail = until.isoformat() + (f" {put.reason}" if put.reason else "")
    return replace(_changed(changed, click, EventKind.SNOOZED, detail), snooze=put)


def unsnooze(incident: Incident, click: Click) -> Result:
    """Ends the snooze of the group now; what fires is heard again."""
    if _outdated(incident, click):
        return _OUTDATED
    if not incident.snoozed(click.now):
        return Unchanged(Why.ALREADY, "It is not snoozed.")
    fresh, ended = awake_again(replace(incident, snoozed_until=None), click.now)
    changed = _changed(heard(_paged_anew(fresh, click.now), click.now), click, EventKind.AWAKE)
    over = Snooze(incident.group_key, click.now, click.by, click.now)
    return replace(changed, events=(*changed.events, *ended), snooze=over)


def escalate(incident: Incident, click: Click) -> Result:
    """Asks for the next level at once; an acknowledgement of before ends: it is the next level's turn.

    What could wait for the digest cannot any more.
    """
    refusal = _refusal(incident, click)
    if refusal is not None:
        return refusal
    if not incident.schedule:
        return Unchanged(
            Why.NOT_OPEN_TO_THAT, "No escalation schedule is configured for this incident's route."
        )
    if incident.snoozed(click.now):
        return Unchanged(Why.NOT_OPEN_TO_THAT, "It is snoozed. Please end the snooze first.")
    if incident.escalation.urged:
        return Unchanged(Why.ALREADY, "The next level is being paged already.")
    changed = replace(
        incident,
        phase=Phase.TRIGGERED,
        acknowledgements=(),
        inhibited_by="",
        quiet=False,
        escalation=replace(incident.escalation, urged=True, urged_by=click.by),
    )
    return _changed(heard(changed, click.now), click, EventKind.ESCALATED)


def assign(incident: Incident, click: Click, person: str) -> Result:
    """Says whose it is; it is not an acknowledgement."""
    refusal = _refusal(incident, click)
    if refusal is not None:
        return refusal
    if incident.assignee == person:
        return Unchanged(Why.ALREADY, "It is assigned to them already.")
    return _changed(replace(incident, assignee=person), click, EventKind.ASSIGNED, person)


def note(incident: Incident, click: Click, text: str) -> Result:
    """Adds to the timeline; possible at any time, also afterwards."""
    if not text.strip():
        return Unchanged(Why.SAYS_NOTHING, "The note is empty.")
    return _changed(incident, click, EventKind.NOTED, text.strip()[:_LONGEST_NOTE])


def set_severity(incident: Incident, click: Click, severity: Severity) -> Result:
    """A person knows better than the policy; alerts do not change it any more. What is raised is heard."""
    refusal = _refusal(incident, click)
    if refusal is not None:
        return refusal
    if incident.severity is severity:
        return Unchanged(Why.ALREADY, f"Its severity is {severity} already.")
    changed = replace(
        incident,
        severity=severity,
        severity_by=click.by,
        quiet=incident.quiet and severity.rank < incident.severity.rank,
    )
    told = f"{incident.severity} to {severity}"
    return _changed(heard(changed, click.now), click, EventKind.SEVERITY, told)


def next_lap(incident: Incident, now: datetime) -> Incident:
    """Opened again: nothing that was said of the last lap holds for this one, except assignee and snooze."""
    return replace(
        incident,
        phase=Phase.TRIGGERED,
        lap=incident.lap + 1,
        lapped_at=now,
        acknowledgements=(),
        resolved_at=None,
        resolved_by="",
        inhibited_by="",
        mirrored=False,
        calm_at=None,
        reopenings=(*incident.reopenings, now),
        escalation=Escalation(pages=incident.escalation.pages),
    )


def heard(incident: Incident, now: datetime) -> Incident:
    """Shown from now on, unless something silences it or there is nothing to show."""
    if incident.hushed(now) or incident.quiet or incident.spoken_at is not None:
        return incident
    return replace(incident, spoken_at=now) if incident.open else incident


def _changed(incident: Incident, click: Click, kind: EventKind, detail: str = "") -> Changed:
    return Changed(
        replace(incident, changed_at=click.now),
        (Event(incident.id, click.now, kind, click.by, detail),),
    )


def _paged_anew(incident: Incident, since: datetime) -> Incident:
    fresh = Escalation(pages=incident.escalation.pages, since=since)
    return replace(incident, escalation=fresh)


def _refusal(incident: Incident, click: Click) -> Unchanged | None:
    if not incident.open:
        return Unchanged(Why.RESOLVED, "This incident is resolved already; nothing was changed.")
    return _OUTDATED if _outdated(incident, click) else None


def _outdated(incident: Incident, click: Click) -> bool:
    return click.lap is not None and click.lap != incident.lap


def _acknowledged_already(incident: Incident, by: str) -> Unchanged | None:
    givers = [ack.by for ack in incident.acknowledgements]
    if by in givers:
        return Unchanged(Why.ALREADY, "You have acknowledged it already.")
    if incident.phase is Phase.ACKNOWLEDGED:
        return Unchanged(Why.ALREADY, f"<@{givers[-1]}> has acknowledged it already.")
    return None


_OUTDATED = Unchanged(
    Why.OUTDATED, "This incident was opened again since that was shown; please look at it anew."
)
