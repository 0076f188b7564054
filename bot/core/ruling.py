"""Why an alert makes Headroom speak or stay silent; each ruling is stored beside its alert."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.core.alert import Alert, Unreadable
from bot.core.incident import Event, Incident, Signal, Snooze


class Reason(StrEnum):
    """The first six speak: something new must be seen. Of the others only the root message tells."""

    OPENED = "a new incident"
    REOPENED = "it fires again after it ended"
    WORSE = "its severity rose"
    RESOLVED = "the last of its alerts ended"
    UNREADABLE = "it cannot be understood; a person must look"
    TEST = "a test notification: the way works"
    JOINED = "it belongs to an incident that is shown already"
    STILL_FIRING = "it ended, but others of its incident still fire"
    FLAPPING = "it opens and closes again and again"
    SNOOZED = "its group is snoozed"
    INHIBITED = "another incident explains it"
    DIGEST = "its severity is for the digest"
    REPEATED = "nothing new: it was known to be open"
    LATE = "its end came before it"
    ENDED = "it ended after a person had resolved its incident"
    UNKNOWN_END = "it ended, and was never seen open"
    STATUS = "a budget's regular report"

    @property
    def speaks(self) -> bool:
        """Whether people must see something new because of it."""
        return self in _SPEAKING


_SPEAKING = frozenset(
    {
        Reason.OPENED,
        Reason.REOPENED,
        Reason.WORSE,
        Reason.RESOLVED,
        Reason.UNREADABLE,
        Reason.TEST,
    }
)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What was decided about one notification; `incident_id` is "" where it belongs to none.

    `detail` says more where the reason alone does not: which incident explains it, until when snoozed.
    """

    identity: str
    reason: Reason
    read: Alert | Unreadable
    incident_id: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Situation:
    """What decisions on alerts need to know.

    `incidents` by group key: every open one, and of other groups concerned the last one. `signals` by
    source id. `snoozes` by group key; past ones may be among them.
    """

    incidents: Mapping[str, Incident]
    signals: Mapping[str, Signal]
    snoozes: Mapping[str, Snooze]


@dataclass(frozen=True, slots=True)
class Sorted:
    """The outcome for a batch of alerts: what to save, all in one transaction.

    `incidents` and `signals` are only those that changed. `look` are the ids of incidents whose paging
    must be looked at now.
    """

    rulings: tuple[Ruling, ...]
    incidents: tuple[Incident, ...]
    signals: tuple[Signal, ...]
    events: tuple[Event, ...]
    look: frozenset[str] = frozenset()
