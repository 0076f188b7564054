"""What came in from Slack, authenticated and typed; stored in the inbox before it is acknowledged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """One inbound request.

    `identity` is what the sender calls it (trigger id, event id): the same identity is the same
    delivery however often it comes. Fields that a kind of request lacks are empty. `values` holds a
    modal's inputs by `action_id`; `metadata` its private metadata; `value` a button's signed value.
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
