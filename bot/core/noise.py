"""Which alerts were worth it: statistics over past incidents. Called by the noise report and the digest."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.alert import Severity


@dataclass(frozen=True, slots=True)
class PastIncident:
    """What noise statistics need to know of one incident; from store.alerts.

    `policy` is the title of the policy that opened it. `acted` is whether a person did anything:
    acknowledged, assigned, noted, resolved. `pages` are the instants at which people were paged.
    """

    id: str
    policy: str
    group_key: str
    severity: Severity
    opened_at: datetime
    acknowledged_at: datetime | None
    resolved_at: datetime | None
    acted: bool
    pages: tuple[datetime, ...]
    reopenings: int
    spoke: bool
    snoozed: bool
