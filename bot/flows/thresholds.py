"""Brings Cloud Monitoring to what alerts.yaml says, or says what would be done; called by the command line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.core.thresholds.building import Desired, desired
from bot.core.thresholds.comparing import Act, Change, Comparison, compare
from bot.core.thresholds.documents import Document
from bot.core.thresholds.resources import Found, Kind
from bot.core.thresholds.spec import AlertSet
from bot.errors import AskedWrong, HeadroomError
from bot.ports.alerting import Alerting
from bot.ports.cloud import Cloud

_CHANNELS = "notification_channels"


@dataclass(frozen=True, slots=True)
class Survey:
    """What is wanted, what is there, and the difference."""

    wished: Desired
    found: tuple[Found, ...]
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Outcome:
    """One change and how it went; `error` is "" if it was made."""

    change: Change
    error: str = ""


async def survey(alert_set: AlertSet, cloud: Cloud, alerting: Alerting) -> Survey:
    """Reads the fleet and Cloud Monitoring; changes nothing. Raises what the ports raise."""
    wished = desired(alert_set, await cloud.discover())
    found: list[Found] = []
    for kind in Kind:
        found += await alerting.found(kind, alert_set.project)
    return Survey(wished, tuple(found), compare(wished, found, alert_set.name))


async def carry_out(
    seen: Survey, alert_set: AlertSet, alerting: Alerting, secrets: Mapping[str, str]
) -> tuple[Outcome, ...]:
    """Makes every change in order; one that fails does not stop the others.

    `secrets` are the values of the environment variables that channels name. Raises AskedWrong before
    anything is written if one that is needed is missing.
    """
    changes = seen.comparison.changes
    _refuse_missing(changes, secrets)
    names = {
        one.labels.get("headroom-id", ""): one.name
        for one in seen.found
        if one.kind is Kind.CHANNEL and one.owned_by(alert_set.name)
    }
    outcomes = []
    for change in changes:
        try:
            name = await _make(change, alert_set.project, alerting, names, secrets)
        except HeadroomError as error:
            outcomes.append(Outcome(change, str(error)))
            continue
        if change.kind is Kind.CHANNEL and change.act is Act.CREATE:
            names[change.id] = name
        outcomes.append(Outcome(change))
    return tuple(outcomes)


def with_secrets_again(seen: Survey) -> Survey:
    """The same, and every channel that has a secret is written again with it (after a rotation)."""
    changes = list(seen.comparison.changes)
    touched = {change.id for change in changes if change.kind is Kind.CHANNEL}
    own = {one.labels.get("headroom-id"): one for one in seen.found if one.kind is Kind.CHANNEL}
    for wanted in seen.wished.resources:
        there = own.get(wanted.id)
        if wanted.secret and wanted.id not in touched and there is not None:
            again = Change(
                Act.UPDATE,
                wanted.kind,
                wanted.id,
                wanted.title,
                name=there.name,
                document=wanted.document,
                mask=("labels",),
                secret=wanted.secret,
                why="its secret is written again",
            )
            changes.insert(0, again)
    comparison = replace(seen.comparison, changes=tuple(changes))
    return replace(seen, comparison=comparison)


def _refuse_missing(changes: Sequence[Change], secrets: Mapping[str, str]) -> None:
    needed = {change.secret: change.id for change in changes if _sends_secret(change)}
    missing = [
        f"{name} (channel {channel})" for name, channel in needed.items() if name not in secrets
    ]
    if missing:
        raise AskedWrong(
            "Nothing was changed. These environment variables must hold the secrets of channels: "
            + ", ".join(sorted(missing))
        )


def _sends_secret(change: Change) -> bool:
    return bool(change.secret) and (change.act is Act.CREATE or "labels" in change.mask)


async def _make(
    change: Change,
    project: str,
    alerting: Alerting,
    names: Mapping[str, str],
    secrets: Mapping[str, str],
) -> str:
    if change.act is Act.DELETE or change.document is None:
        await alerting.delete(change.kind, change.name)
        return change.name
    document = _resolved(change.document, names)
    secret = secrets.get(change.secret, "")
    if change.act is Act.CREATE:
        return await alerting.create(change.kind, project, document, secret)
    await alerting.update(change.kind, change.name, document, change.mask, secret)
    return change.name


def _resolved(document: Document, names: Mapping[str, str]) -> Document:
    """With the names of channels in place of their ids; AskedWrong for one that is not there."""
    wanted = document.get(_CHANNELS)
    if not isinstance(wanted, tuple):
        return document
    missing = [str(one) for one in wanted if str(one) not in names and "/" not in str(one)]
    if missing:
        raise AskedWrong(f"its channel could not be made: {', '.join(missing)}")
    return {**document, _CHANNELS: tuple(names.get(str(one), str(one)) for one in wanted)}
