"""alerts.yaml as checked values: the set, its channels, its owners, and one entry for each alert."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from bot.core.alert import Severity
from bot.core.thresholds.parameters import Values


class ChannelType(StrEnum):
    """The ways a notification can take; the values are Cloud Monitoring's own names of types."""

    PUBSUB = "pubsub"
    WEBHOOK = "webhook_basicauth"
    TOKEN_WEBHOOK = "webhook_tokenauth"  # a name of a type, no secret
    EXISTING = "existing"  # somebody else's, only referred to


@dataclass(frozen=True, slots=True)
class ChannelSpec:
    """One channel.

    `target` is a topic (`projects/…/topics/…`), a URL, or the full name of an existing channel. `secret`
    is the name of the environment variable that holds the password or token.
    """

    id: str
    type: ChannelType
    target: str
    username: str = ""
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Owner:
    """Who cares for an alert; `contact` is shown to whoever gets it."""

    name: str
    title: str
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Watched:
    """What an alert is about: a group of the house, or things by name. `without` are left to other alerts."""

    title: str
    group: str = ""
    workloads: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    subscriptions: tuple[str, ...] = ()
    jobs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AlertSpec:
    """One alert: a template with its parameters, who owns it, and how it is told."""

    id: str
    template: str
    watched: Watched
    values: Values
    severity: Severity
    owner: Owner | None = None
    runbook: str = ""
    channels: tuple[str, ...] = ()
    enabled: bool = True
    title: str = ""


@dataclass(frozen=True, slots=True)
class AlertSet:
    """All of one file. `name` keeps several files for one project apart: each touches only its own."""

    name: str
    project: str
    channels: tuple[ChannelSpec, ...] = ()
    alerts: tuple[AlertSpec, ...] = ()
    auto_close: timedelta = field(default=timedelta(hours=1))
