"""What goes wrong on demand: set by stories, tests and the admin route, asked by the Web API and the courier.

Spans are in sandbox time. Faults hit what the bot does and receives; people keep seeing their Slack.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class Outage(StrEnum):
    """How an unreachable Slack shows itself to the bot."""

    ERROR = "error"  # HTTP 503 at once
    HANG = "hang"  # no answer until the caller gives up


class Forgery(StrEnum):
    """What is wrong with a delivery's signature."""

    STALE = "stale"  # really signed, ten minutes ago
    WRONG = "wrong"  # signed with another secret
    MISSING = "missing"


class SlackFaults:
    """All faults at once; `clear()` ends them."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Back to a healthy Slack."""
        self.down_until: datetime | None = None
        self.outage = Outage.ERROR
        self.storm_until: datetime | None = None
        self.storm_retry_after = 30
        self.failing: dict[str, list[str]] = defaultdict(list)
        self.refused_blocks: frozenset[str] = frozenset()
        self.lost_answers: dict[str, int] = defaultdict(int)
        self.lost_how = Outage.ERROR
        self.copies = 1
        self.forged: list[Forgery] = []

    def down(self, now: datetime, span: timedelta, how: Outage = Outage.ERROR) -> None:
        """Slack's API cannot be reached until now + span."""
        self.down_until, self.outage = now + span, how

    def storm(self, now: datetime, span: timedelta, retry_after: int = 30) -> None:
        """Every call is answered 429 until now + span."""
        self.storm_until, self.storm_retry_after = now + span, retry_after

    def fail(self, method: str, code: str, times: int = 1) -> None:
        """The next `times` calls of `method` ("*": of any) fail with Slack's error `code`."""
        self.failing[method].extend([code] * times)

    def refuse_blocks(self, *types: str) -> None:
        """Messages with these block types are refused as invalid_blocks, as in a phased rollout."""
        self.refused_blocks = frozenset(types)

    def lose_answers(self, method: str, times: int = 1, how: Outage = Outage.ERROR) -> None:
        """The next `times` calls of `method` take effect, but their answer never arrives."""
        self.lost_answers[method] += times
        self.lost_how = how

    def repeat_deliveries(self, copies: int) -> None:
        """Every command, click and event is delivered `copies` times, with the same identity."""
        self.copies = max(1, copies)

    def forge(self, how: Forgery, times: int = 1) -> None:
        """The next `times` deliveries carry a bad signature."""
        self.forged.extend([how] * times)

    def is_down(self, now: datetime) -> bool:
        """Whether the API is unreachable at `now`."""
        return self.down_until is not None and now < self.down_until

    def stormy(self, now: datetime) -> bool:
        """Whether every call is answered 429 at `now`."""
        return self.storm_until is not None and now < self.storm_until

    def failure_of(self, method: str) -> str | None:
        """Takes the next forced error of this call, if there is one."""
        for name in (method, "*"):
            if self.failing[name]:
                return self.failing[name].pop(0)
        return None

    def loses_answer(self, method: str) -> bool:
        """Takes one lost answer of this method, if one is due."""
        for name in (method, "*"):
            if self.lost_answers[name] > 0:
                self.lost_answers[name] -= 1
                return True
        return False

    def forgery(self) -> Forgery | None:
        """Takes the next bad signature, if one is due."""
        return self.forged.pop(0) if self.forged else None

    def apply(self, order: Mapping[str, Any], now: datetime) -> None:
        """One order of the admin route; ValueError when it is not understood.

        `{"kind": "down", "seconds": 60, "how": "hang"}`, `{"kind": "storm", "seconds", "retry_after"}`,
        `{"kind": "fail", "method", "error", "times"}`, `{"kind": "refuse_blocks", "types": [...]}`,
        `{"kind": "lose_answers", "method", "times", "how"}`, `{"kind": "repeat", "copies"}`,
        `{"kind": "forge", "how", "times"}`, `{"kind": "clear"}`.
        """
        times = int(order.get("times", 1))
        method = str(order.get("method", "*"))
        match order.get("kind"):
            case "clear":
                self.clear()
            case "down" | "storm":
                self._apply_span(order, now)
            case "fail":
                self.fail(method, str(order.get("error", "internal_error")), times)
            case "refuse_blocks":
                self.refuse_blocks(*order.get("types", ()))
            case "lose_answers":
                self.lose_answers(method, times, Outage(order.get("how", "error")))
            case "repeat":
                self.repeat_deliveries(int(order.get("copies", 2)))
            case "forge":
                self.forge(Forgery(order.get("how", "wrong")), times)
            case unknown:
                raise ValueError(f"unknown fault {unknown!r}")

    def _apply_span(self, order: Mapping[str, Any], now: datetime) -> None:
        span = timedelta(seconds=float(order.get("seconds", 60)))
        if order["kind"] == "down":
            self.down(now, span, Outage(order.get("how", "error")))
        else:
            self.storm(now, span, int(order.get("retry_after", 30)))

    def describe(self, now: datetime) -> dict[str, Any]:
        """What is wrong at `now`, as JSON."""
        return {
            "down": self.is_down(now),
            "storm": self.stormy(now),
            "failing": {name: list(codes) for name, codes in self.failing.items() if codes},
            "refused_blocks": sorted(self.refused_blocks),
            "lost_answers": {name: n for name, n in self.lost_answers.items() if n},
            "copies": self.copies,
            "forged": [str(how) for how in self.forged],
        }
