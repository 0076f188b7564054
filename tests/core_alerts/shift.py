"""Sorts alerts batch after batch, with people and the store's memory in between."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.core.alert import Alert, Unreadable
from bot.core.grouping import sort_in
from bot.core.house import House
from bot.core.incident import Incident, Snooze
from bot.core.ruling import Reason, Situation, Sorted
from tests.core_alerts.samples import HOUSE, MINUTE, NOW


class Shift:
    """Sorts batch after batch, remembering what the store would."""

    def __init__(self, rules: House = HOUSE) -> None:
        self.house = rules
        self.now = NOW
        self.situation = Situation({}, {}, {})
        self.last = Sorted((), (), (), ())

    def sort(self, *read: Alert | Unreadable, after: int = 0) -> Sequence[Reason]:
        """The reasons for a batch that comes `after` minutes later."""
        self.now += after * MINUTE
        self.last = sort_in(read, self.situation, self.house, self.now)
        incidents = {
            **self.situation.incidents,
            **{one.group_key: one for one in self.last.incidents},
        }
        signals = {**self.situation.signals, **{one.source_id: one for one in self.last.signals}}
        self.situation = replace(self.situation, incidents=incidents, signals=signals)
        return [ruling.reason for ruling in self.last.rulings]

    def put(self, incident: Incident) -> None:
        """Saves a person's change."""
        incidents = {**self.situation.incidents, incident.group_key: incident}
        self.situation = replace(self.situation, incidents=incidents)

    def snooze(self, group_key: str, until: datetime) -> None:
        """Puts a snooze."""
        snooze = Snooze(group_key, until, "U0ERIK", self.now)
        self.situation = replace(self.situation, snoozes={group_key: snooze})

    @property
    def only(self) -> Incident:
        """The one incident there is."""
        (found,) = self.situation.incidents.values()
        return found

    def by(self, policy: str) -> Incident:
        """The incident of a policy."""
        found = self.situation.incidents.values()
        return next(one for one in found if one.subject.facets["policy"] == policy)
