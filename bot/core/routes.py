"""Which alerts belong together and who hears of them: facets, routes, group keys, inhibition. Pure.

A facet is a word that an alert can be matched and grouped by; the user labels of its policy and of its
resource are facets too, under their own names.
"""

import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from bot.core.alert import Alert, AlertKind, Severity
from bot.core.alert_rules import AlertRules, Inhibition, Match, Route
from bot.core.house import Group
from bot.core.incident import Incident

GROUP_LABEL = "headroom-group"

FACETS = (
    "kind",
    "policy",
    "condition",
    "severity",
    "project",
    "region",
    "resource",
    "workload",
    "group",
    "metric",
)
"""The facets that every alert has ("" where unknown); labels cannot take their names."""

_QUOTED = re.compile(r"\\([\\pe])")
_SIGNS = {"\\": "\\", "p": "|", "e": "="}
_EVERYTHING_ELSE = Route("everything else")


def facets_of(alert: Alert, groups: Sequence[Group]) -> Mapping[str, str]:
    """All facets of an alert. `kind` is incident or cost; `group` the workload group, by label or by name."""
    labels = {**alert.user_labels, **alert.policy.labels}
    kind = AlertKind.COST if alert.kind is AlertKind.COST else AlertKind.INCIDENT
    own = {
        "kind": kind.value,
        "policy": alert.policy.title,
        "condition": alert.policy.condition,
        "severity": alert.severity.value,
        "project": alert.project,
        "region": alert.resource.region,
        "resource": alert.resource.type,
        "workload": alert.resource.workload,
        "group": labels.get(GROUP_LABEL, "") or _group_of(alert.resource.workload, groups),
        "metric": alert.metric.type,
    }
    return {**labels, **own}


def matches(match: Match, facets: Mapping[str, str], severity: Severity) -> bool:
    """Whether everything that `match` names fits; a facet that is absent is the empty text."""
    if match.severities and severity not in match.severities:
        return False
    return all(fnmatchcase(facets.get(name, ""), pattern) for name, pattern in match.facets.items())


def route_for(facets: Mapping[str, str], severity: Severity, rules: AlertRules) -> Route:
    """The first route that matches; an alert that none matches is still heard, by the engineers."""
    found = (route for route in rules.routes if matches(route.match, facets, severity))
    return next(found, _EVERYTHING_ELSE)


def group_key(route: Route, facets: Mapping[str, str]) -> str:
    """Equal for alerts that belong to one incident: the route and the values of its `group_by` facets."""
    parts = [f"{name}={_quoted(facets.get(name, ''))}" for name in route.group_by]
    return "|".join([_quoted(route.name), *parts])


def read_key(key: str) -> tuple[str, dict[str, str]]:
    """The route's name and the facets' values of which `group_key` made a key."""
    route, *parts = key.split("|")
    pairs = (part.partition("=") for part in parts)
    return _unquoted(route), {name: _unquoted(value) for name, _, value in pairs}


def explained_by(
    incident: Incident, others: Sequence[Incident], rules: AlertRules
) -> Incident | None:
    """The open incident that explains this one, the oldest if there are several; None: it speaks for itself.

    What is explained itself explains nothing, so two incidents never silence each other; nor does what
    waits for the digest.
    """
    if not rules.inhibitions:
        return None
    causes = [one for one in others if _may_explain(one, incident)]
    found = [
        cause for cause in causes if any(_fits(rule, cause, incident) for rule in rules.inhibitions)
    ]
    return min(found, key=lambda cause: (cause.opened_at, cause.id), default=None)


def explains(incident: Incident, rules: AlertRules) -> bool:
    """Whether it is the kind of incident that explains others."""
    return any(
        matches(rule.cause, incident.subject.facets, incident.severity)
        for rule in rules.inhibitions
    )


def _may_explain(cause: Incident, symptom: Incident) -> bool:
    """What nobody is told of explains nothing: there would be silence about both."""
    untold = cause.inhibited_by or cause.quiet
    return cause.open and cause.id != symptom.id and not untold


def _fits(rule: Inhibition, cause: Incident, symptom: Incident) -> bool:
    theirs, own = cause.subject.facets, symptom.subject.facets
    # What is itself such a cause is no symptom of another: two regions down are two incidents.
    if matches(rule.cause, own, symptom.severity):
        return False
    return (
        matches(rule.cause, theirs, cause.severity)
        and matches(rule.symptom, own, symptom.severity)
        and all(theirs.get(name, "") == own.get(name, "") != "" for name in rule.same)
    )


def _group_of(workload: str, groups: Sequence[Group]) -> str:
    return next((group.name for group in groups if workload and workload in group.workloads), "")


def _unquoted(text: str) -> str:
    return _QUOTED.sub(lambda found: _SIGNS[found[1]], text)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\p").replace("=", "\\e")
