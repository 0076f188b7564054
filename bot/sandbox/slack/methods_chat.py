"""chat.*: posting, editing, deleting, permalinks. Served by webapi.py."""

from typing import Any

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.budgets import MAX_TEXT, MAX_UPDATE_TEXT, check_message
from bot.sandbox.slack.desk import Desk, Method, Methods
from bot.sandbox.slack.errors import Json, SlackError
from bot.sandbox.slack.records import Room, StoredMessage

_WRITE = "chat:write"


def chat_methods(desk: Desk) -> Methods:
    """The family, bound to this desk."""
    chat = Chat(desk)
    return {
        "chat.postMessage": Method(chat.post_message, 5, _WRITE),
        "chat.update": Method(chat.update, 3, _WRITE),
        "chat.postEphemeral": Method(chat.post_ephemeral, 4, _WRITE),
        "chat.delete": Method(chat.delete, 3, _WRITE),
        "chat.getPermalink": Method(chat.permalink, 5),
    }


class Chat:
    """Sources: docs.slack.dev/reference/methods/chat.*"""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._workspace = desk.workspace
        self._bot = desk.workspace.scenario.bot.id

    def post_message(self, args: Arguments) -> Json:
        """Posts as the app; a user id as channel opens the direct conversation."""
        room = self._writable(args)
        text = args.text("text")
        blocks = args.blocks()
        check_message(text, blocks, self._desk.faults.refused_blocks)
        thread_ts = args.text("thread_ts")
        if thread_ts:
            self._check_thread(room, thread_ts)
        self._desk.limiter.post(room.id, self._workspace.clock.now())
        message = self._workspace.post(
            StoredMessage(
                room=room.id,
                ts=self._workspace.ts(),
                user=self._bot,
                text=text[:MAX_TEXT],
                blocks=blocks or [],
                thread_ts=thread_ts,
                broadcast=bool(thread_ts) and args.flag("reply_broadcast"),
                metadata=_metadata(args),
                by_app=True,
            )
        )
        shown = self._workspace.as_json(message)
        return {"ok": True, "channel": room.id, "ts": message.ts, "message": shown}

    def update(self, args: Arguments) -> Json:
        """Replaces an own message; text without blocks removes the blocks."""
        room = self._workspace.conversation(args.need("channel"))
        message = self._workspace.message(room.id, args.need("ts"))
        if room.archived:
            raise SlackError("is_archived")
        if message.user != self._bot:
            raise SlackError("cant_update_message")
        text = args.text("text")
        if len(text) > MAX_UPDATE_TEXT:
            raise SlackError("msg_too_long")
        blocks = args.blocks()
        check_message(text, blocks, self._desk.faults.refused_blocks)
        message.text = text
        message.blocks = blocks or []
        if "metadata" in args:
            message.metadata = _metadata(args) or None
        message.edited_ts = "" if message.blocks else self._workspace.ts()
        self._workspace.edited(message)
        shown = self._workspace.as_json(message)
        return {"ok": True, "channel": room.id, "ts": message.ts, "text": text, "message": shown}

    def post_ephemeral(self, args: Arguments) -> Json:
        """Shows a message to one member of the channel; it is in no history."""
        room = self._writable(args)
        user = args.need("user")
        if user not in room.members:
            raise SlackError("user_not_in_channel")
        text = args.text("text")
        if len(text) > MAX_TEXT:
            raise SlackError("msg_too_long")
        blocks = args.blocks()
        check_message(text, blocks, self._desk.faults.refused_blocks)
        message = self._workspace.post(
            StoredMessage(
                room=room.id,
                ts=self._workspace.ts(),
                user=self._bot,
                text=text,
                blocks=blocks or [],
                thread_ts=args.text("thread_ts"),
                only_for=user,
                by_app=True,
            )
        )
        return {"ok": True, "message_ts": message.ts}

    def delete(self, args: Arguments) -> Json:
        """Deletes an own message."""
        room = self._workspace.conversation(args.need("channel"))
        message = self._workspace.message(room.id, args.need("ts"))
        if message.user != self._bot:
            raise SlackError("cant_delete_message")
        self._workspace.delete(message)
        return {"ok": True, "channel": room.id, "ts": message.ts}

    def permalink(self, args: Arguments) -> Json:
        """A link to a message, which opens the town's page."""
        room = self._workspace.conversation(args.need("channel"))
        message = self._workspace.message(room.id, args.need("message_ts"))
        link = f"{self._desk.own_url}/archives/{room.id}/p{message.ts.replace('.', '')}"
        if message.is_reply:
            link += f"?thread_ts={message.thread_ts}&cid={room.id}"
        return {"ok": True, "channel": room.id, "permalink": link}

    def _writable(self, args: Arguments) -> Room:
        room = self._workspace.destination(args.text("channel") or "?")
        if room.archived:
            raise SlackError("is_archived")
        if self._bot not in room.members:
            raise SlackError("not_in_channel")
        return room

    def _check_thread(self, room: Room, thread_ts: str) -> None:
        parent = self._workspace.messages.get((room.id, thread_ts))
        if parent is None or parent.only_for or parent.is_reply:
            raise SlackError("thread_not_found")


def _metadata(args: Arguments) -> Json | None:
    metadata: Any = args.thing("metadata")
    if metadata in (None, {}):
        return None
    if (
        not isinstance(metadata, dict)
        or not isinstance(metadata.get("event_type"), str)
        or not isinstance(metadata.get("event_payload"), dict)
    ):
        raise SlackError("invalid_metadata_format")
    return metadata
