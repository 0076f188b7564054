"""How a person belongs to the organisation that Headroom works for. Told by the Chat port, asked about roles."""

from enum import StrEnum


class Standing(StrEnum):
    """What Slack says of them; only full members get a role from a user group."""

    MEMBER = "member"
    GUEST = "guest"  # invited into single channels
    OUTSIDER = "outsider"  # of another organisation, in a channel shared with it
    GONE = "gone"  # deactivated
