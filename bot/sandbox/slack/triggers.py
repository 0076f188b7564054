"""Trigger ids: single use, three seconds of real time; handed out with deliveries, spent by views.open/push."""

import itertools
import secrets
import time
from dataclasses import dataclass

from bot.sandbox.slack.errors import SlackError

SECONDS = 3.0


@dataclass(slots=True)
class Trigger:
    """Who did what opened it, and when (monotonic seconds); `view` is the modal it came from."""

    user: str
    at: float
    view: str = ""
    used: bool = False


class Triggers:
    """All trigger ids handed out."""

    def __init__(self) -> None:
        self._known: dict[str, Trigger] = {}
        self._numbers = itertools.count(7_000_000_001)

    def new(self, user: str, *, view: str = "") -> str:
        """A fresh trigger id; its clock starts to run at once."""
        trigger_id = (
            f"{next(self._numbers)}.{secrets.randbelow(10**12):012d}.{secrets.token_hex(16)}"
        )
        self._known[trigger_id] = Trigger(user, time.monotonic(), view)
        return trigger_id

    def spend(self, trigger_id: str) -> Trigger:
        """Uses it up; invalid_trigger_id, exchanged_trigger_id (used), expired_trigger_id (late)."""
        trigger = self._known.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if time.monotonic() - trigger.at > SECONDS:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger
