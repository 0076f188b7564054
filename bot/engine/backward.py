"""Notices that the clock was set back, for both engines.

Due times that were computed before would let jobs sleep for as long as the clock was set back. Every job is
level-triggered, so one extra look at each is harmless, and each then says anew when it is due.
"""

from datetime import datetime, timedelta

# Less is the correction of a good clock, and jobs may be late by that much.
_TOLERANCE = timedelta(seconds=2)


class Backward:
    """Is shown every reading of the clock."""

    def __init__(self) -> None:
        self._latest: datetime | None = None

    def noticed(self, now: datetime) -> bool:
        """Whether the clock was set back since the latest reading; once for each time."""
        before, self._latest = self._latest, now
        return before is not None and now < before - _TOLERANCE
