"""The parts of headroom.yaml about approvals and the record; read by house_file."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from bot.core.oversight import ApprovalRule, Oversight
from bot.core.verdict import Role
from bot.settings.yaml_file import Part

_UserId = Annotated[str, StringConstraints(pattern=r"^[UW][A-Z0-9]+$")]
_Minutes = Annotated[float, Field(gt=0, le=7 * 24 * 60)]


class _Rule(Part):
    needed: Annotated[int, Field(ge=1, le=10)] = 1
    approvers: list[Role] = []
    people: list[_UserId] = []
    self_approval: bool | None = None

    @model_validator(mode="after")
    def _enough_people(self) -> "_Rule":
        """A question that can never get its yeses is a fault, not a guardrail."""
        if self.people and not self.approvers and len(set(self.people)) < self.needed:
            raise ValueError(
                f"{self.needed} yeses are needed, but only {len(self.people)} are named"
            )
        return self


class ApprovalsPart(Part):
    """`approvals:`"""

    remind_after_minutes: _Minutes = 30
    escalate_after_minutes: _Minutes = 60
    rules: dict[str, _Rule] = {}


class AuditPart(Part):
    """`audit:`"""

    keep_days: Annotated[int, Field(ge=1, le=36500)] | None = None


def oversight_of(approvals: ApprovalsPart, audit: AuditPart) -> Oversight:
    """Both as the house rules have them."""
    return Oversight(
        rules={
            policy: ApprovalRule(
                needed=rule.needed,
                approvers=tuple(rule.approvers),
                people=tuple(rule.people),
                self_approval=rule.self_approval,
            )
            for policy, rule in approvals.rules.items()
        },
        remind_after=timedelta(minutes=approvals.remind_after_minutes),
        escalate_after=timedelta(minutes=approvals.escalate_after_minutes),
        keep_audit=timedelta(days=audit.keep_days) if audit.keep_days else None,
    )
