"""alerts.yaml read and checked as a whole; faults name file, line and field. Read by `headroom alerts`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.core.house import Group
from bot.core.thresholds.library import TEMPLATES
from bot.core.thresholds.parameters import read_values
from bot.core.thresholds.spec import (
    AlertSet,
    AlertSpec,
    ChannelSpec,
    ChannelType,
    Owner,
    Watched,
)
from bot.core.thresholds.template import Template, Watches
from bot.errors import AskedWrong
from bot.settings.thresholds_schema import AlertPart, AlertsFile, ChannelPart, CommonPart, WatchPart
from bot.settings.yaml_file import Document, parse, read_text, reworded

_ID = re.compile(r"[a-z][a-z0-9-]{0,62}")
Trail = tuple[str | int, ...]

_TYPES = {
    "pubsub": ChannelType.PUBSUB,
    "webhook": ChannelType.WEBHOOK,
    "token-webhook": ChannelType.TOKEN_WEBHOOK,
    "existing": ChannelType.EXISTING,
}


@dataclass(slots=True)
class _Reader:
    """Turns the file into alerts and collects what is wrong, each fault at its place."""

    document: Document[AlertsFile]
    groups: Mapping[str, Group]
    faults: list[str] = field(default_factory=list)

    def wrong(self, path: Trail, message: str) -> None:
        line = self.document.line(*path)
        where = ".".join(str(part) for part in path)
        self.faults.append(f"{self.document.source}:{line}: {where}: {message}")


def load_alerts(path: Path, groups: Sequence[Group]) -> AlertSet:
    """Reads and checks the file; `groups` are those of headroom.yaml. Raises AskedWrong with all faults."""
    return parse_alerts(read_text(path), str(path), groups)


def parse_alerts(text: str, source: str, groups: Sequence[Group]) -> AlertSet:
    """The same for a text; `source` is what faults call it."""
    document = parse(text, source, AlertsFile)
    reader = _Reader(document, {group.name: group for group in groups})
    file = document.content
    _check_twice(reader, "notification_channels", [one.name for one in file.notification_channels])
    _check_twice(reader, "owners", [one.name for one in file.owners])
    alerts = [alert for index, _ in enumerate(file.watch) for alert in _alerts(reader, index)]
    _check_ids(reader, alerts)
    if reader.faults:
        raise AskedWrong("\n- ".join(reader.faults))
    return AlertSet(
        name=file.name,
        project=file.project,
        channels=tuple(_channel(one) for one in file.notification_channels),
        alerts=tuple(alerts),
        auto_close=timedelta(minutes=file.auto_close_minutes),
    )


def _channel(part: ChannelPart) -> ChannelSpec:
    target = part.topic or part.url or part.resource
    return ChannelSpec(part.name, _TYPES[part.type], target, part.username, part.secret_env)


def _check_twice(reader: _Reader, key: str, names: list[str]) -> None:
    for index, name in enumerate(names):
        if name in names[:index]:
            reader.wrong((key, index, "name"), f"{name} is given twice")


def _check_ids(reader: _Reader, alerts: list[AlertSpec]) -> None:
    ids = [alert.id for alert in alerts]
    for alert_id in sorted({one for one in ids if ids.count(one) > 1}):
        reader.wrong(("watch",), f"two alerts are called {alert_id}; give one entry another name")
    for alert_id in ids:
        if not _ID.fullmatch(alert_id):
            reader.wrong(
                ("watch",), f"the name {alert_id} must have a-z, 0-9 and -, 63 characters at most"
            )


def _alerts(reader: _Reader, index: int) -> Iterator[AlertSpec]:
    watch = reader.document.content.watch[index]
    group = reader.groups.get(watch.group or "")
    if watch.group and group is None:
        message = f"there is no group {watch.group} in headroom.yaml"
        reader.wrong(("watch", index, "group"), _near(message, watch.group, reader.groups))
    for name, given in watch.alerts.items():
        path: Trail = ("watch", index, "alerts", name)
        template = TEMPLATES.get(name)
        if template is None:
            reader.wrong(path, _near(f"there is no template {name}", name, TEMPLATES))
        elif _watchable(reader, path, watch, template):
            yield from _of_template(reader, path, template, dict(given or {}))


def _watchable(reader: _Reader, path: Trail, watch: WatchPart, template: Template) -> bool:
    missing = {
        Watches.SERVICES: not watch.group and not watch.workloads and "a group or workloads",
        Watches.SUBSCRIPTIONS: not watch.subscriptions and "subscriptions",
        Watches.JOBS: not watch.jobs and "jobs",
        Watches.PROJECT: False,
    }[template.watches]
    if missing:
        reader.wrong(
            path, f"the template watches {template.watches}: the entry must name {missing}"
        )
    return not missing


def _of_template(
    reader: _Reader, path: Trail, template: Template, given: dict[str, Any]
) -> Iterator[AlertSpec]:
    """One alert, and one more for each workload that differs."""
    apart = given.pop("per_workload", None) or {}
    if not isinstance(apart, dict) or not all(isinstance(one, dict) for one in apart.values()):
        reader.wrong((*path, "per_workload"), "must give parameters by name of workload")
        return
    if apart and template.watches is not Watches.SERVICES:
        reader.wrong((*path, "per_workload"), f"the template watches {template.watches}")
        return
    made = _alert(reader, path, template, given)
    if made is None:
        return
    yield _without(made, tuple(sorted(apart)))
    for workload, own in apart.items():
        special = _alert(reader, (*path, "per_workload", workload), template, {**given, **own})
        if special is not None:
            yield _only(special, str(workload))


def _alert(
    reader: _Reader, path: Trail, template: Template, given: Mapping[str, Any]
) -> AlertSpec | None:
    settings = _settings(
        reader, path, {k: v for k, v in given.items() if k in AlertPart.model_fields}
    )
    rest = {key: value for key, value in given.items() if key not in AlertPart.model_fields}
    values, faults = read_values(rest, template.parameters)
    for name, message in faults.items():
        reader.wrong((*path, name), message)
    if settings is None or faults:
        return None
    severity = settings.severity or template.severity
    if not template.allows(severity):
        message = f"{template.name} is a cause and not a symptom: it can be a warning at most"
        reader.wrong((*path, "severity"), message)
    watch = reader.document.content.watch[int(path[1])]
    name = watch.name or str(watch.group)
    layers = (settings, watch, reader.document.content)
    alert_id = f"{name}-{template.name}"
    return AlertSpec(
        id=alert_id,
        template=template.name,
        watched=_watched(watch, reader.groups),
        values=values,
        severity=severity,
        owner=_owner(reader, path, layers),
        runbook=_runbook(layers, alert=alert_id, template=template.name),
        channels=_channels(reader, path, layers),
        enabled=settings.enabled,
        title=settings.title or "",
    )


def _settings(reader: _Reader, path: Trail, given: Mapping[str, Any]) -> AlertPart | None:
    try:
        return AlertPart.model_validate(given)
    except ValidationError as error:
        for fault in error.errors():
            reader.wrong((*path, *fault["loc"]), reworded(fault["msg"]))
        return None


def _watched(watch: WatchPart, groups: Mapping[str, Group]) -> Watched:
    group = groups.get(watch.group or "")
    name = watch.name or (group.name if group else "")
    return Watched(
        title=watch.title or (group.title if group else name.replace("-", " ").capitalize()),
        group=watch.group or "",
        workloads=tuple(watch.workloads),
        regions=tuple(watch.regions),
        subscriptions=tuple(watch.subscriptions),
        jobs=tuple(watch.jobs),
    )


def _without(alert: AlertSpec, workloads: tuple[str, ...]) -> AlertSpec:
    return replace(alert, watched=replace(alert.watched, without=workloads))


def _only(alert: AlertSpec, workload: str) -> AlertSpec:
    """The group stays with it as a label; what is watched is the workload alone."""
    watched = replace(
        alert.watched, title=f"{alert.watched.title} / {workload}", workloads=(workload,)
    )
    return replace(alert, id=f"{alert.id}-{workload}", watched=watched)


def _owner(reader: _Reader, path: Trail, layers: Sequence[CommonPart]) -> Owner | None:
    name = next((layer.owner for layer in layers if layer.owner), None)
    owners = {owner.name: owner for owner in reader.document.content.owners}
    if name is None:
        return None
    if name not in owners:
        reader.wrong(path, _near(f"there is no owner {name} under owners", name, owners))
        return None
    return Owner(name, owners[name].title, owners[name].contact)


def _channels(reader: _Reader, path: Trail, layers: Sequence[CommonPart]) -> tuple[str, ...]:
    known = [channel.name for channel in reader.document.content.notification_channels]
    given = next((layer.channels for layer in layers if layer.channels is not None), known)
    for name in given:
        if name not in known:
            message = f"there is no channel {name} under notification_channels"
            reader.wrong(path, _near(message, name, known))
    if not given:
        reader.wrong(path, "an alert without a channel would never be heard")
    return tuple(given)


def _runbook(layers: Sequence[CommonPart], **words: str) -> str:
    """The link, with {alert} and {template} filled in."""
    link = next((layer.runbook for layer in layers if layer.runbook), "")
    for word, value in words.items():
        link = link.replace("{" + word + "}", value)
    return link


def _near(message: str, word: str, known: Sequence[str] | Mapping[str, Any]) -> str:
    near = get_close_matches(word, list(known), 1)
    return (
        f"{message}; did you mean {near[0]}?"
        if near
        else f"{message}; there are: {', '.join(known)}"
    )
