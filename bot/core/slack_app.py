"""What the Slack app must be allowed to do and told of, for what is configured. For `headroom manifest` and `check`.

Scopes of methods and events: https://docs.slack.dev/reference/scopes
"""

from collections.abc import Collection
from dataclasses import dataclass

from bot.core.house import House
from bot.core.responders import paged_groups


@dataclass(frozen=True, slots=True)
class Scope:
    """A permission, why it is needed, and the events that it lets Slack tell.

    `optional`: whoever installs the app may leave it out, and only what the reason names is missing.
    """

    name: str
    reason: str
    events: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Granted:
    """What was granted beside what is needed: `missing` must be empty; `declined` were optional."""

    missing: tuple[Scope, ...]
    declined: tuple[Scope, ...]
    unneeded: tuple[str, ...]


EVENTS_WITHOUT_SCOPE = ("app_home_opened",)

_ALWAYS = (
    Scope("chat:write", "post its messages and edit them"),
    Scope("commands", "slash commands and shortcuts"),
    Scope("channels:history", "find its own messages again when Slack's answer was lost"),
    Scope(
        "channels:read",
        "hear when a channel is archived, renamed, left or back, and whether another company reads it",
        events=(
            "channel_archive",
            "channel_deleted",
            "channel_left",
            "channel_rename",
            "channel_unarchive",
            "member_joined_channel",
            "member_left_channel",
        ),
    ),
    Scope("im:write", "write to one person: reminders, and alerts when no channel takes them"),
)
_FIND = "find its own direct messages again when Slack's answer was lost"
_PRIVATE = (
    Scope("groups:history", "the same as channels:history, in private channels"),
    Scope(
        "groups:read",
        "the same as channels:read, of private channels",
        events=("group_archive", "group_deleted", "group_left", "group_rename", "group_unarchive"),
    ),
)


def scopes_of(house: House) -> tuple[Scope, ...]:
    """The least that does what the house wants, by name."""
    slack = house.slack
    found = [*_ALWAYS, _direct_messages(house)]
    if slack.mentions:
        found.append(
            Scope("app_mentions:read", "answer when it is mentioned", events=("app_mention",))
        )
    if slack.private_channels:
        found += _PRIVATE
    if slack.files:
        reason = "attach the report's table, and charts as pictures where Slack refuses its own"
        found.append(Scope("files:write", reason, optional=True))
    return tuple(sorted([*found, *_of_groups(house)], key=lambda scope: scope.name))


def events_of(house: House) -> tuple[str, ...]:
    """What Slack must tell of, by name."""
    told = [event for scope in scopes_of(house) for event in scope.events]
    return tuple(sorted({*told, *EVENTS_WITHOUT_SCOPE}))


def compare(house: House, granted: Collection[str]) -> Granted:
    """What was granted to the app against what the house needs."""
    needed = scopes_of(house)
    lacking = [scope for scope in needed if scope.name not in granted]
    return Granted(
        missing=tuple(scope for scope in lacking if not scope.optional),
        declined=tuple(scope for scope in lacking if scope.optional),
        unneeded=tuple(sorted(set(granted) - {scope.name for scope in needed})),
    )


def _direct_messages(house: House) -> Scope:
    if not house.slack.direct_messages:
        return Scope("im:history", _FIND)
    reason = f"read what people write to the app alone; {_FIND}"
    return Scope("im:history", reason, events=("message.im",))


def _of_groups(house: House) -> list[Scope]:
    """Roles from user groups need to know who is a guest; on-call groups only who is in them."""
    paged = paged_groups(house.alerts)
    if not (house.role_groups or paged):
        return []
    what = [word for word, used in (("roles", house.role_groups), ("on call", paged)) if used]
    reason = f"who is in the user groups that headroom.yaml names ({' and '.join(what)})"
    found = [Scope("usergroups:read", reason, events=("subteam_members_changed",))]
    if house.role_groups:
        found.append(
            Scope("users:read", "give a group's roles to members only, not to guests and outsiders")
        )
    return found
