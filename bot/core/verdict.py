"""What the guardrails say of a plan: every reason at once, in words a marketer can read."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.core.campaign import Announcement
from bot.core.money import Money


class Role(StrEnum):
    """What a person may do; nobody has a role by default."""

    ANNOUNCER = "announcer"
    APPROVER = "approver"
    ENGINEER = "engineer"
    FINANCE = "finance"
    ADMIN = "admin"


class Effect(StrEnum):
    """From mildest to hardest; a verdict is the hardest of its findings."""

    ALLOW = "allow"
    NEEDS_APPROVAL = "needs approval"
    REFUSE = "refuse"

    @property
    def severity(self) -> int:
        """0 allow, 1 needs approval, 2 refuse."""
        return list(Effect).index(self)


@dataclass(frozen=True, slots=True)
class Finding:
    """One policy's word on one plan.

    `reason` is a plain sentence; `evidence` the numbers behind it; `way_out` what would pass ("" when
    the finding allows); `approvers` who could say yes when approval is needed. `quiet` marks what
    allows because it has nothing to look at: no such limit is set here. `people` (Slack user ids) may
    say yes as well, and `needed` of all those must; `own`: also to their own wish. `bounded`: its words
    do not tell the plan's size, so a yes to it counts up to the size that was asked about.
    """

    policy: str
    effect: Effect
    reason: str
    evidence: str = ""
    way_out: str = ""
    approvers: tuple[Role, ...] = ()
    quiet: bool = False
    people: tuple[str, ...] = ()
    needed: int = 1
    own: bool = False
    bounded: bool = False


@dataclass(frozen=True, slots=True)
class WayOut:
    """A plan that passes, near to the one judged: take it by announcing this instead.

    `change` says what is different ("x4 instead of x9"), `effect` what the guardrails say of it.
    """

    announcement: Announcement
    change: str
    effect: Effect
    cost: Money


@dataclass(frozen=True, slots=True)
class Verdict:
    """All findings and their sum; `ways_out` are the nearest plans that pass, nearest first."""

    findings: tuple[Finding, ...]
    ways_out: tuple[WayOut, ...] = ()

    @property
    def effect(self) -> Effect:
        """The hardest effect; no findings at all refuse (fail closed)."""
        return max((f.effect for f in self.findings), key=_severity, default=Effect.REFUSE)

    def with_effect(self, effect: Effect) -> Sequence[Finding]:
        """The findings of exactly that effect."""
        return [finding for finding in self.findings if finding.effect is effect]


def _severity(effect: Effect) -> int:
    return effect.severity
