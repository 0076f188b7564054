"""What Headroom keeps in Cloud Monitoring: wanted and found resources, and how one knows its own.

A resource is Headroom's only if its user labels say so; everything else is somebody else's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.thresholds.documents import Document, Value

_MANAGED_BY = "managed-by"
_HEADROOM = "headroom"
ID = "headroom-id"
SET = "headroom-set"
APPLIED = "headroom-applied"
TEMPLATE = "headroom-template"
TEAM = "owner"
_OURS = "headroom-"


class Kind(StrEnum):
    """The kinds of resource, in the order in which they are written."""

    CHANNEL = "notification channel"
    POLICY = "alert policy"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One resource as alerts.yaml wants it.

    `notification_channels` of a policy's document hold ids of channels (or full resource names).
    `secret` names what must be put into a channel beside its document ("": nothing).
    """

    kind: Kind
    id: str
    document: Document
    secret: str = ""

    @property
    def title(self) -> str:
        """Its display name."""
        return str(self.document.get("display_name", self.id))


@dataclass(frozen=True, slots=True)
class Found:
    """One resource as Cloud Monitoring has it; `changed_by` is "" and `changed_at` None where it does not say."""

    kind: Kind
    name: str
    document: Document
    changed_by: str = ""
    changed_at: datetime | None = None

    @property
    def title(self) -> str:
        """Its display name."""
        return str(self.document.get("display_name", ""))

    @property
    def labels(self) -> Mapping[str, str]:
        """Its user labels."""
        return labels_of(self.document)

    @property
    def managed(self) -> bool:
        """Whether Headroom made or adopted it, for whatever set of alerts."""
        return self.labels.get(_MANAGED_BY) == _HEADROOM

    def owned_by(self, alert_set: str) -> bool:
        """Whether Headroom made or adopted it for this set of alerts."""
        return self.managed and self.labels.get(SET) == alert_set


def ownership(alert_set: str, resource_id: str) -> dict[str, Value]:
    """The labels that mark a resource as Headroom's own."""
    return {_MANAGED_BY: _HEADROOM, SET: alert_set, ID: resource_id}


def labels_of(document: Document) -> Mapping[str, str]:
    """The user labels of a document."""
    labels = document.get("user_labels")
    if not isinstance(labels, Mapping):
        return {}
    return {key: str(value) for key, value in labels.items()}


def is_our_label(key: str) -> bool:
    """Whether Headroom writes that label; people may add others, which are kept."""
    return key.startswith(_OURS) or key in {_MANAGED_BY, TEAM}
