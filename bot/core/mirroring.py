"""Cloud Monitoring's own silence beside a snooze: what is asked of it, and what it does to alerts. Pure.

A snooze there closes the open alerts of its policy, opens none until it ends, and says neither. What
still fires afterwards is told as a new alert. Source: https://cloud.google.com/monitoring/alerts/snooze
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.alert import REGION_LABELS, WORKLOAD_LABELS, Alert, Resource
from bot.core.change import Changed
from bot.core.incident import Event, EventKind, Incident, Phase, Signal
from bot.core.routes import read_key

_MOST = 16
_LABELS = {"workload": WORKLOAD_LABELS, "region": REGION_LABELS, "project": ("project_id",)}
_CLOSED = "Cloud Monitoring has closed its alerts and is silent as well"
_ENDED = (
    "the snooze is over, and Cloud Monitoring had closed its alerts; it opens again if it fires"
)


@dataclass(frozen=True, slots=True)
class Silence:
    """One snooze of Cloud Monitoring: of `policy` (full resource name) for resources with all `labels`.

    `title` names the wish, so that it is found again; no labels mean all resources of the policy.
    """

    policy: str
    title: str
    labels: Mapping[str, str]


def silences(incident: Incident, alerts: Sequence[Alert]) -> tuple[Silence, ...]:
    """One a policy of the incident's alerts, as narrow as the incident's group: nobody else is silenced."""
    title = f"Headroom: {incident.subject.title[:60]} [{incident.id}]"
    _, names = read_key(incident.group_key)
    found = {
        one.policy.name: Silence(one.policy.name, title, _labels(one.resource, names))
        for one in alerts
        if one.policy.name
    }
    return tuple(found.values())[:_MOST]


def closed_there(
    incident: Incident, signals: Sequence[Signal], now: datetime
) -> tuple[Changed, tuple[Signal, ...]] | None:
    """What is known once Cloud Monitoring is silent about `signals`; None: nothing of them was open."""
    closed = tuple(replace(one, open=False, ended_at=now) for one in signals if one.open)
    if not closed or not incident.snoozed(now):
        return None
    firing = max(0, incident.firing - len(closed))
    changed = replace(incident, firing=firing, mirrored=True, changed_at=now)
    return Changed(changed, (Event(incident.id, now, EventKind.NOTED, detail=_CLOSED),)), closed


def awake_again(incident: Incident, now: datetime) -> tuple[Incident, tuple[Event, ...]]:
    """The incident after its snooze: over, if Cloud Monitoring had closed all that was known of it.

    Nobody is paged for what may be over: what still fires is told anew within moments.
    """
    fresh = replace(incident, mirrored=False)
    if not incident.mirrored or incident.firing or not incident.open:
        return fresh, ()
    over = replace(
        fresh, phase=Phase.RESOLVED, resolved_at=now, flapping=False, calm_at=None, inhibited_by=""
    )
    return over, (Event(incident.id, now, EventKind.RESOLVED, detail=_ENDED),)


def _labels(resource: Resource, names: Iterable[str]) -> Mapping[str, str]:
    """The resource's labels that tell its group from others, as far as labels can."""
    found = {}
    for name in names:
        known = [label for label in _LABELS.get(name, ()) if resource.labels.get(label)]
        found.update({label: resource.labels[label] for label in known[:1]})
    return found
