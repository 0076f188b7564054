"""One advice: what to change, what it saves in a month, what customers risk, and what protects them."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from bot.core.fleet import WorkloadKey
from bot.core.money import Money

MONTH_HOURS = 730


class Kind(StrEnum):
    """What an advice is about."""

    IDLE_FLOOR = "idle floor"
    LOW_FLOOR = "floor too low"
    HIGH_CEILING = "ceiling too high"
    LOW_CEILING = "ceiling too low"
    BILLING = "billing mode"
    CONCURRENCY = "concurrency"
    REGION = "region"
    COMMITMENT = "committed use"


class Risk(StrEnum):
    """What customers risk, if the advice is followed."""

    NONE = "none"
    LOW = "low"
    LESS = "less than now"


@dataclass(frozen=True, slots=True)
class Target:
    """Floor and ceiling (None: not set at the service) as they are, or as they should be."""

    floor: int
    ceiling: int | None


@dataclass(frozen=True, slots=True)
class Advice:
    """`was` and `target` are None where it takes a deploy (`how` says which command).

    `saving` is USD a month, negative where it costs something. `risk_said`, `guardrail` and `evidence`
    are whole sentences. `key` is None for what concerns no single workload.
    """

    kind: Kind
    key: WorkloadKey | None
    title: str
    saving: Money
    risk: Risk
    risk_said: str
    guardrail: str
    evidence: str
    was: Target | None = None
    target: Target | None = None
    how: str = ""
    groups: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The same for the same change of the same workload."""
        text = f"{self.kind}/{self.key}/{self.was}/{self.target}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def can_be_applied(self) -> bool:
        """Whether Headroom may do it: only what is `scaling.*`."""
        return self.key is not None and self.target is not None

    @property
    def lowers(self) -> bool:
        """Whether it takes anything away."""
        if self.was is None or self.target is None:
            return False
        lower = self.target.floor < self.was.floor
        return lower or (self.target.ceiling or 0) < (self.was.ceiling or 0)
