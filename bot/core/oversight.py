"""House rules about yes and no: how many must say it and who, when they are reminded, what is kept of it.

Part of House; used by policies (who is asked), the flow that reminds, and the sweep.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.core.verdict import Effect, Finding, Role

EVERY = "*"  # the rule of guardrails that have none of their own


@dataclass(frozen=True, slots=True)
class ApprovalRule:
    """How a guardrail's question is answered: `needed` yeses of `approvers` or named `people`.

    Empty `approvers` and `people` leave it to the guardrail who is asked; `people` alone means nobody else.
    """

    needed: int = 1
    approvers: tuple[Role, ...] = ()
    people: tuple[str, ...] = ()
    self_approval: bool | None = None  # None: as everywhere


_USUAL = ApprovalRule()


@dataclass(frozen=True, slots=True)
class Oversight:
    """`rules` by guardrail or own rule (EVERY for all others); reminders count from the question, and come
    sooner where little time is left.

    `keep_audit` None keeps the record for ever.
    """

    rules: Mapping[str, ApprovalRule] = field(default_factory=dict)
    remind_after: timedelta = timedelta(minutes=30)
    escalate_after: timedelta = timedelta(minutes=60)
    keep_audit: timedelta | None = None

    def rule_for(self, policy: str) -> ApprovalRule:
        """The guardrail's own rule, else everybody's."""
        return self.rules.get(policy) or self.rules.get(EVERY) or _USUAL

    def reminders(self, asked: datetime, deadline: datetime) -> tuple[datetime, datetime]:
        """When to remind, and when to ask people directly: half and three quarters through at the latest."""
        left = max(deadline - asked, timedelta(0))
        return (
            asked + min(self.remind_after, left / 2),
            asked + min(self.escalate_after, left * 3 / 4),
        )

    def asked(self, finding: Finding, *, own: bool) -> Finding:
        """The finding with who is asked and how many must say yes; `own`: may people approve their wish?"""
        if finding.effect is not Effect.NEEDS_APPROVAL:
            return finding
        rule = self.rule_for(finding.policy)
        if rule == _USUAL and (finding.own, finding.needed, finding.people) == (own, 1, ()):
            return finding
        named = bool(rule.approvers or rule.people)
        return replace(
            finding,
            approvers=rule.approvers if named else finding.approvers,
            people=rule.people,
            needed=rule.needed,
            own=own if rule.self_approval is None else rule.self_approval,
        )
