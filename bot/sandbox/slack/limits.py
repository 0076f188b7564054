"""Slack's rate limits, counted in sandbox time; asked by the Web API before each call.

Tiers: https://docs.slack.dev/apis/web-api/rate-limits (per method, workspace and app, a minute).
chat.postMessage: about one a second and channel with short bursts, several hundred a minute in all.
"""

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from bot.sandbox.slack.errors import RateLimited

TIERS: Mapping[int, int] = {1: 1, 2: 20, 3: 50, 4: 100, 5: 600}
BURST = 4
POSTS_PER_MINUTE = 300
MINUTE = timedelta(minutes=1)


@dataclass(slots=True)
class Bucket:
    """Tokens of one channel: refilled by one a second up to BURST."""

    tokens: float
    at: datetime

    def take(self, now: datetime) -> float:
        """Takes one token and returns 0, or returns the seconds until there is one."""
        passed = max((now - self.at).total_seconds(), 0.0)
        self.tokens = min(self.tokens + passed, float(BURST))
        self.at = now
        if self.tokens >= 1.0:
            self.tokens -= 1.0
            return 0.0
        return 1.0 - self.tokens


class Limiter:
    """Counts calls; `enabled` can be switched off for load tests."""

    def __init__(self) -> None:
        self.enabled = True
        self._calls: dict[str, deque[datetime]] = defaultdict(deque)
        self._channels: dict[str, Bucket] = {}

    def call(self, method: str, tier: int, now: datetime) -> None:
        """Counts one call; RateLimited when the method's minute is full."""
        if self.enabled:
            self._count(method, TIERS[tier], now)

    def post(self, channel: str, now: datetime) -> None:
        """Counts one message to a channel; RateLimited when it follows too fast."""
        if not self.enabled:
            return
        bucket = self._channels.setdefault(channel, Bucket(float(BURST), now))
        wait = bucket.take(now)
        if wait > 0:
            raise RateLimited(max(1, ceil(wait)))
        self._count("posts", POSTS_PER_MINUTE, now)

    def _count(self, what: str, allowed: int, now: datetime) -> None:
        calls = self._calls[what]
        while calls and now - calls[0] >= MINUTE:
            calls.popleft()
        if len(calls) >= allowed:
            raise RateLimited(max(1, ceil((calls[0] + MINUTE - now).total_seconds())))
        calls.append(now)
