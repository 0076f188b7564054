"""Slack's Web API as the flows see it."""

from datetime import datetime
from typing import Protocol

from bot.core.message import Message, View
from bot.core.standing import Standing


class Chat(Protocol):
    """May raise SlowDown (429, with `after`), TryAgain (5xx, timeouts: the call may have had its effect),
    Refused (`code` = Slack's error, e.g. invalid_blocks, msg_blocks_too_long, expired_trigger_id),
    NotFound (channel, message, user), NotAllowed (not_in_channel, missing_scope, is_archived).
    """

    async def post(
        self, channel: str, message: Message, *, thread_ts: str = "", mark: str = ""
    ) -> str:
        """Posts and returns the ts; `mark` is kept in the message's metadata so that `find` finds it."""
        ...

    async def update(self, channel: str, ts: str, message: Message, *, mark: str = "") -> None:
        """Replaces a message of ours in place."""
        ...

    async def ephemeral(self, channel: str, user: str, message: Message) -> None:
        """Shows a message to one person in a channel."""
        ...

    async def respond(self, response_url: str, message: Message) -> None:
        """Answers a command or a click privately (5 uses, 30 minutes; Refused afterwards)."""
        ...

    async def find(
        self, channel: str, mark: str, since: datetime, *, thread_ts: str = ""
    ) -> str | None:
        """The ts of our message posted with `mark` at or after `since`, or None."""
        ...

    async def open_view(self, trigger_id: str, view: View, *, on_top: bool = False) -> None:
        """Opens a modal; Refused with code `expired_trigger_id` after 3 s or a second use.

        `on_top`: on the modal that the trigger came from.
        """
        ...

    async def upload(self, channel: str, thread_ts: str, title: str, content: str | bytes) -> None:
        """Uploads a text file or a picture into a thread (three-step upload)."""
        ...

    async def members(self, user_group: str, since: datetime | None = None) -> frozenset[str]:
        """User ids in a Slack user group; GiveUp on workspaces without user groups.

        They may be remembered, but not from before `since`.
        """
        ...

    async def standing(self, user: str) -> Standing:
        """How that person belongs to this organisation; it may be remembered for some minutes."""
        ...

    async def shared(self, channel: str) -> bool:
        """Whether people of other organisations can read the channel (Slack Connect)."""
        ...

    async def permalink(self, channel: str, ts: str) -> str:
        """The address of a message, for people to follow."""
        ...

    async def publish_home(self, user: str, view: View) -> None:
        """Shows that person's Home tab."""
        ...
