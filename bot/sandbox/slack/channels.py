"""What becomes of channels: archived, renamed, deleted, left by the app, invited again; each with its events.

Event shapes: docs.slack.dev/reference/events (channel_archive, channel_rename, member_left_channel, …).
"""

from collections.abc import Callable

from bot.sandbox.slack.errors import Json
from bot.sandbox.slack.records import Room
from bot.sandbox.slack.workspace import Workspace

Emit = Callable[[Json], None]


class Channels:
    """`emit` delivers an event to the app if it has subscribed to its kind."""

    def __init__(self, workspace: Workspace, emit: Emit) -> None:
        self._workspace = workspace
        self._emit = emit

    def change(self, room: Room, act: str, by: str, name: str = "") -> None:
        """`act` is archive, unarchive, rename (to `name`), delete, kick or invite (the app); ValueError else."""
        bot = self._workspace.scenario.bot.id
        seat = {"user": bot, "channel": room.id, "channel_type": "C"}
        match act:
            case "archive" | "unarchive":
                room.archived = act == "archive"
                self._emit({"type": f"channel_{act}", "channel": room.id, "user": by})
            case "rename":
                room.name = name.lstrip("#")
                told = {"id": room.id, "name": room.name, "created": 1764288000}
                self._emit({"type": "channel_rename", "channel": told})
            case "delete":
                del self._workspace.rooms[room.id]
                self._emit({"type": "channel_deleted", "channel": room.id, "actor_id": by})
            case "kick":
                room.members.discard(bot)
                self._emit({"type": "member_left_channel", **seat})
            case "invite":
                room.members.add(bot)
                self._emit({"type": "member_joined_channel", "inviter": by, **seat})
            case _:
                raise ValueError(
                    f"a channel cannot {act!r}: archive, unarchive, rename, delete, kick or invite"
                )
