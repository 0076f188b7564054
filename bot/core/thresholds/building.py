"""From alerts.yaml and the fleet to the resources that Cloud Monitoring should have. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.alert import Severity
from bot.core.fleet import Workload, WorkloadKind
from bot.core.thresholds.conditions import document_of
from bot.core.thresholds.documents import Document, Value
from bot.core.thresholds.library import TEMPLATES
from bot.core.thresholds.limits import faults_of_policy
from bot.core.thresholds.resources import TEAM, TEMPLATE, Kind, Wanted, ownership
from bot.core.thresholds.scope import Scope, Service, services_of
from bot.core.thresholds.spec import AlertSet, AlertSpec, ChannelSpec, ChannelType, Watched
from bot.core.thresholds.template import Template, Watches

GROUP_LABEL = "headroom-group"


@dataclass(frozen=True, slots=True)
class Problem:
    """An alert that cannot be made, and why; what Cloud Monitoring has of it is left as it is."""

    id: str
    why: str


@dataclass(frozen=True, slots=True)
class Desired:
    """All that should be there, channels first, and what cannot be."""

    resources: tuple[Wanted, ...]
    problems: tuple[Problem, ...] = ()


def desired(alert_set: AlertSet, fleet: Sequence[Workload]) -> Desired:
    """The resources of a set; `fleet` is what runs now, with its groups and ceilings."""
    resources = [
        _channel(one, alert_set.name)
        for one in alert_set.channels
        if one.type is not ChannelType.EXISTING
    ]
    problems: list[Problem] = []
    for alert in alert_set.alerts:
        made = _policy(alert, alert_set, fleet)
        if isinstance(made, Problem):
            problems.append(made)
        else:
            resources.append(made)
    return Desired(tuple(resources), tuple(problems))


def rehearsed(alert_set: AlertSet) -> tuple[Problem, ...]:
    """What would be refused whatever runs: each alert is tried with one service that stands for all."""
    problems = []
    for alert in alert_set.alerts:
        watched = alert.watched
        services = tuple(Service(name, "region", 100) for name in watched.workloads or ("service",))
        scope = Scope(services, watched.subscriptions, watched.jobs, watched.regions)
        made = _checked(alert, scope, alert_set)
        problems += [made] if isinstance(made, Problem) else []
    return tuple(problems)


def _channel(spec: ChannelSpec, alert_set: str) -> Wanted:
    labels: dict[str, Value] = {}
    if spec.type is ChannelType.PUBSUB:
        labels["topic"] = spec.target
    else:
        labels["url"] = spec.target
    if spec.username:
        labels["username"] = spec.username
    document: Document = {
        "type_": spec.type.value,
        "display_name": f"Headroom: {spec.id}",
        "description": "Kept by Headroom from alerts.yaml; change it there.",
        "labels": labels,
        "user_labels": ownership(alert_set, spec.id),
        "enabled": True,
    }
    return Wanted(Kind.CHANNEL, spec.id, document, spec.secret)


def _policy(alert: AlertSpec, alert_set: AlertSet, fleet: Sequence[Workload]) -> Wanted | Problem:
    scope = _scope(alert.watched, fleet)
    if TEMPLATES[alert.template].watches is Watches.SERVICES and not scope.services:
        return Problem(alert.id, f"no Cloud Run service was found for {_named(alert.watched)}")
    return _checked(alert, scope, alert_set)


def _checked(alert: AlertSpec, scope: Scope, alert_set: AlertSet) -> Wanted | Problem:
    document = _document(alert, TEMPLATES[alert.template], scope, alert_set)
    if faults := faults_of_policy(document):
        return Problem(alert.id, "; ".join(faults))
    return Wanted(Kind.POLICY, alert.id, document)


def _document(alert: AlertSpec, template: Template, scope: Scope, alert_set: AlertSet) -> Document:
    existing = {
        one.id: one.target for one in alert_set.channels if one.type is ChannelType.EXISTING
    }
    labels = ownership(alert_set.name, alert.id) | {TEMPLATE: template.name}
    if alert.watched.group:
        labels[GROUP_LABEL] = alert.watched.group
    if alert.owner:
        labels[TEAM] = alert.owner.name
    return {
        "display_name": alert.title or f"{alert.watched.title}: {template.title}",
        "documentation": _documentation(alert, template),
        "user_labels": labels,
        "conditions": tuple(document_of(one) for one in template.conditions(scope, alert.values)),
        "combiner": "OR",
        "enabled": alert.enabled,
        "severity": _SEVERITIES[alert.severity],
        "notification_channels": tuple(sorted(existing.get(one, one) for one in alert.channels)),
        "alert_strategy": {
            "auto_close": alert_set.auto_close,
            "notification_prompts": ("OPENED", "CLOSED"),
        },
    }


_SEVERITIES = {
    Severity.CRITICAL: "CRITICAL",
    Severity.ERROR: "ERROR",
    Severity.WARNING: "WARNING",
    Severity.NONE: "SEVERITY_UNSPECIFIED",
}


def _documentation(alert: AlertSpec, template: Template) -> Document:
    lines = [template.why, "", "First steps:"]
    lines += [f"{number}. {step}" for number, step in enumerate(template.first_steps, 1)]
    lines.append("")
    if alert.owner:
        contact = f" ({alert.owner.contact})" if alert.owner.contact else ""
        lines.append(f"Owner: {alert.owner.title}{contact}")
    lines.append(f"Threshold: `{alert.id}` in alerts.yaml, template `{template.name}`.")
    document: dict[str, Value] = {"content": "\n".join(lines), "mime_type": "text/markdown"}
    if alert.runbook:
        document["links"] = ({"display_name": "Runbook", "url": alert.runbook},)
    return document


def _scope(watched: Watched, fleet: Sequence[Workload]) -> Scope:
    chosen = [one for one in fleet if _watches(watched, one)]
    return Scope(services_of(chosen), watched.subscriptions, watched.jobs, watched.regions)


def _watches(watched: Watched, workload: Workload) -> bool:
    key = workload.key
    if key.kind is not WorkloadKind.SERVICE or key.name in watched.without:
        return False
    if watched.regions and key.region not in watched.regions:
        return False
    if watched.workloads:
        return key.name in watched.workloads
    return bool(watched.group) and watched.group in workload.groups


def _named(watched: Watched) -> str:
    named = ", ".join(watched.workloads) or f"the group {watched.group}"
    return f"{named} in {', '.join(watched.regions)}" if watched.regions else named
