"""An alert storm: more new incidents at once than a channel can be told one by one. Decided by the alerts flow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.incident import Incident, Phase

RATE_WINDOW = timedelta(minutes=1)
CALM = timedelta(minutes=10)
# Slack: chat.update is Tier 3, some 50 calls a minute; one message costs at most one edit a round.
_SHORTEST_ROUND = timedelta(seconds=2)
_PER_MESSAGE = timedelta(seconds=1.4)


@dataclass(frozen=True, slots=True)
class Storm:
    """`last_at` is when its newest incident came, `shown_at` when its messages were last worked out."""

    id: str
    began_at: datetime
    last_at: datetime
    version: int = 0
    shown_at: datetime | None = None
    ended_at: datetime | None = None

    def over(self, now: datetime) -> bool:
        """Whether it has been calm for long enough."""
        return self.ended_at is not None or now - self.last_at >= CALM


def too_many(recent: int, new: int, per_minute: int) -> bool:
    """Whether `new` incidents after `recent` ones in the last minute are more than can be told singly."""
    return new > 0 and recent + new > per_minute


def next_round(storm: Storm, messages: int) -> datetime:
    """When its messages may be worked out again, so that edits stay inside Slack's rate."""
    if storm.shown_at is None:
        return storm.began_at
    return storm.shown_at + max(_SHORTEST_ROUND, messages * _PER_MESSAGE)


def unfolded(incidents: Sequence[Incident], per_minute: int) -> Sequence[Incident]:
    """Those that get a message of their own once the storm is over: what nobody has, if it is not many."""
    left = [one for one in incidents if one.folded and one.phase is Phase.TRIGGERED]
    return left if len(left) <= per_minute else ()
