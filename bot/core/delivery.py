"""What came in from Slack, authenticated and typed; stored in the inbox before it is acknowledged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """One inbound request.

    `identity` is what the sender calls it (trigger id, event id): the same identity is the same
    delivery however often it comes. Fields that a kind of request lacks are empty. `values` holds a
    modal's inputs by `action_id`, `metadata` is its private metadata, `value` a button's signed value.
    `team` is the workspace that Headroom is installed in ("" where a whole Enterprise Grid organisation
    installed it), `user_team` the one that the person belongs to.
    """

    identity: str
    user: str
    team: str
    received_at: datetime
    channel: str = ""
    channel_name: str = ""
    command: str = ""
    text: str = ""
    action: str = ""
    value: str = ""
    trigger_id: str = ""
    response_url: str = ""
    message_ts: str = ""
    metadata: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    user_team: str = ""
    enterprise: str = ""
    user_enterprise: str = ""

    @property
    def via(self) -> str:
        """Where it was asked for, as the record says it."""
        if self.channel[:1] in {"U", "W", "D"}:
            return "slack/dm"
        return f"slack/{self.channel or 'form'}"

    @property
    def outside(self) -> bool:
        """Whether the person belongs to another organisation (a shared channel, Slack Connect).

        Workspaces of one Enterprise Grid organisation are one organisation.
        """
        if self.user_team and self.user_team == self.team:
            return False
        if self.enterprise and self.user_enterprise:
            return self.enterprise != self.user_enterprise
        return bool(self.user_team and (self.team or self.enterprise))
