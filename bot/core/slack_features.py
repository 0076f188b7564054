"""What of Slack the house wants to use; the key `slack` of headroom.yaml. Part of House."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SlackFeatures:
    """Each one that is off needs fewer scopes (see core.slack_app).

    `mentions`: `@headroom status`. `direct_messages`: people write to the app alone. `private_channels`:
    Headroom may be invited to them. `files`: the report's table, and charts as pictures where Slack
    refuses its own.
    """

    mentions: bool = True
    direct_messages: bool = True
    private_channels: bool = True
    files: bool = True
