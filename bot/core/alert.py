"""Alerts as they come from Cloud Monitoring: the stored notification, and what it is understood to say.

Read by alert_parsing, sorted into incidents by grouping. Facts: reference cloud-run.md §B.3.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

# Labels of monitored resources that name the workload and the region, of each kind of resource.
WORKLOAD_LABELS = ("service_name", "worker_pool_name", "job_name")
REGION_LABELS = ("location", "region")


class Via(StrEnum):
    """The way a notification took to us."""

    PUBSUB = "pubsub"
    WEBHOOK = "webhook"
    HEADROOM = "headroom"  # what Headroom itself has seen


class Severity(StrEnum):
    """How bad it is, mildest last; a policy need not have one."""

    CRITICAL = "critical"
    ERROR = "error"
    WARNING = "warning"
    NONE = "none"

    @property
    def rank(self) -> int:
        """0 none, 1 warning, 2 error, 3 critical."""
        return len(Severity) - 1 - list(Severity).index(self)


class AlertKind(StrEnum):
    """What an alert is about."""

    INCIDENT = "incident"  # Cloud Monitoring says that a condition began or ceased to be met
    TEST = "test"  # the console's test button: a sign of life, never an incident
    COST = "cost"  # a billing budget passed a threshold
    BUDGET_STATUS = "budget status"  # a budget's regular report without a threshold passed


@dataclass(frozen=True, slots=True)
class Notification:
    """One notification as it was accepted: `raw` is the JSON text, never changed (Pub/Sub: its data).

    The same `identity` is the same alert, whichever way and however often it comes. `attributes` are
    those of the Pub/Sub message. `seq` is the order of acceptance, given by the store.
    """

    identity: str
    via: Via
    received_at: datetime
    raw: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    message_id: str = ""
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """A link from the policy's documentation."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Resource:
    """What an alert is about: Cloud Monitoring's monitored resource."""

    type: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    name: str = ""  # as Cloud Monitoring displays it

    @property
    def workload(self) -> str:
        """The name of the Cloud Run service, worker pool or job; "" for anything else."""
        return next((self.labels[one] for one in WORKLOAD_LABELS if self.labels.get(one)), "")

    @property
    def region(self) -> str:
        """The region, also where only a zone is given; "" if neither is."""
        where = next((self.labels[one] for one in REGION_LABELS if self.labels.get(one)), "")
        zone = self.labels.get("zone", "")
        return where or (zone.rpartition("-")[0] if zone.count("-") > 1 else zone)


@dataclass(frozen=True, slots=True)
class Metric:
    """The metric of the condition that was met."""

    type: str = ""
    name: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Policy:
    """The alert policy: `name` is its full resource name ("" where the payload lacks the condition).

    `labels` are its user labels. `documentation` is Markdown: the runbook, by convention.
    """

    title: str = ""
    name: str = ""
    condition: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    documentation: str = ""
    subject: str = ""
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Alert:
    """One notification, understood: a condition began (`open`) or ceased to be met.

    `source_id` is the sender's own name of the matter; opening and closing share it. Values that the
    payload lacks are empty. `observed` and `threshold` are kept as text: they may be sentences.
    """

    identity: str
    kind: AlertKind
    source_id: str
    open: bool
    started_at: datetime | None
    ended_at: datetime | None
    severity: Severity
    policy: Policy
    summary: str
    resource: Resource = field(default_factory=Resource)
    metric: Metric = field(default_factory=Metric)
    project: str = ""
    user_labels: Mapping[str, str] = field(default_factory=dict)  # of the resource
    observed: str = ""
    threshold: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A notification that is no alert we know; shown once to the engineers, its raw text stays stored."""

    identity: str
    why: str
    excerpt: str
