"""The workspace's memory: rooms, messages, open views, and the log of what people got to see.

The methods, response URLs and the people API change it; nothing is durable.
"""

import asyncio
import itertools
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any, Protocol

from bot.sandbox.slack.errors import Json, SlackError
from bot.sandbox.slack.records import Kind, Room, Sighting, StoredFile, StoredMessage, StoredView
from bot.sandbox.slack.scenario import PeopleScenario

MAX_LOG = 50_000


class SandboxClock(Protocol):
    """The sandbox's time."""

    def now(self) -> datetime:
        """The present instant, aware UTC."""
        ...


class Workspace:
    """Everything inside one Slack team."""

    def __init__(self, scenario: PeopleScenario, clock: SandboxClock) -> None:
        self.scenario = scenario
        self.clock = clock
        self.rooms = {
            spec.id: Room(
                spec.id,
                spec.name,
                {*spec.members, *([scenario.bot.id] if spec.bot else [])},
                archived=spec.archived,
            )
            for spec in scenario.channels
        }
        for person in scenario.people:
            self._open_direct(person.id)
        self.messages: dict[tuple[str, str], StoredMessage] = {}
        self.stacks: dict[str, list[StoredView]] = {person.id: [] for person in scenario.people}
        self.homes: dict[str, StoredView] = {}
        self.files: dict[str, StoredFile] = {}
        self.log: list[Sighting] = []
        self.changed = asyncio.Event()
        self.closed = False
        self._seq = itertools.count(1)
        self._ids = itertools.count(1)
        self._last_ts = 0

    # -- names ---------------------------------------------------------------------------------

    def ts(self) -> str:
        """A new message timestamp in sandbox time, never the same or smaller twice."""
        micros = round(self.clock.now().timestamp() * 1_000_000)
        self._last_ts = max(micros, self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def new_id(self, prefix: str) -> str:
        """A new id such as V0000000001."""
        return f"{prefix}{next(self._ids):010d}"

    def is_person(self, user: str) -> bool:
        """Whether `user` is the id of a person."""
        return user in self.stacks

    def shared(self, room: Room) -> bool:
        """Whether people of other organisations are in it."""
        return any(one.team for one in self.scenario.people if one.id in room.members)

    # -- rooms ---------------------------------------------------------------------------------

    def room(self, name: str) -> Room:
        """The room with this id, `#name` or name; channel_not_found otherwise."""
        wanted = name.lstrip("#")
        if wanted in self.rooms:
            return self.rooms[wanted]
        for room in self.rooms.values():
            if room.name == wanted and not room.im:
                return room
        raise SlackError("channel_not_found")

    def conversation(self, room_id: str) -> Room:
        """The room with this very id: what is read or changed is not found by a name or a person's id."""
        if room_id not in self.rooms:
            raise SlackError("channel_not_found")
        return self.rooms[room_id]

    def direct(self, user: str) -> Room:
        """The direct conversation of the app with `user`."""
        if not self.is_person(user):
            raise SlackError("user_not_found")
        return self._open_direct(user)

    def _open_direct(self, user: str) -> Room:
        room_id = f"D{user[1:]}"
        bot = self.scenario.bot.id
        return self.rooms.setdefault(room_id, Room(room_id, user, {user, bot}, im=True))

    def destination(self, name: str) -> Room:
        """Where a message to `name` goes: a room, or the direct conversation of a user id."""
        return self.direct(name) if self.is_person(name) else self.room(name)

    # -- messages ------------------------------------------------------------------------------

    def post(self, message: StoredMessage) -> StoredMessage:
        """Stores a message and lets its readers see it."""
        name_blocks(message.blocks, self.new_id)
        self.messages[message.room, message.ts] = message
        if message.is_reply:
            parent = self.messages.get((message.room, message.thread_ts))
            if parent is not None:
                parent.thread_ts = parent.ts
        kind = Kind.MESSAGE
        if message.only_for:
            kind = Kind.EPHEMERAL
        elif message.files:
            kind = Kind.FILE
        self._show(message, kind)
        return message

    def edited(self, message: StoredMessage) -> None:
        """Lets the readers see a message that was changed in place."""
        name_blocks(message.blocks, self.new_id)
        self._show(message, Kind.EDIT)

    def delete(self, message: StoredMessage) -> None:
        """Removes a message."""
        del self.messages[message.room, message.ts]
        self._show(message, Kind.DELETED)

    def message(self, room: str, ts: str) -> StoredMessage:
        """The message that everybody in the room sees; message_not_found otherwise."""
        message = self.messages.get((room, ts))
        if message is None or message.only_for:
            raise SlackError("message_not_found")
        return message

    def in_room(self, room: str) -> list[StoredMessage]:
        """All messages of a room, oldest first, ephemeral ones left out."""
        found = [m for m in self.messages.values() if m.room == room and not m.only_for]
        return sorted(found, key=lambda message: message.ts)

    def visible_to(self, user: str) -> list[StoredMessage]:
        """All messages this person can see, oldest first."""
        found = [m for m in self.messages.values() if user in self.readers(m)]
        return sorted(found, key=lambda message: message.ts)

    def readers(self, message: StoredMessage) -> frozenset[str]:
        """The people who can see the message now."""
        if message.only_for:
            return frozenset({message.only_for})
        return frozenset(m for m in self.rooms[message.room].members if self.is_person(m))

    def as_json(self, message: StoredMessage, *, metadata: bool = True) -> Json:
        """The message as the API shows it; replies are counted on the parent."""
        bot = self.scenario.bot
        shown: Json = {
            "type": "message",
            "user": message.user,
            "text": message.text,
            "ts": message.ts,
            "team": self.scenario.team,
        }
        if message.blocks:
            shown["blocks"] = deepcopy(message.blocks)
        if message.by_app:
            profile = {"id": bot.bot_id, "app_id": bot.app_id, "name": bot.name, "deleted": False}
            shown |= {"bot_id": bot.bot_id, "app_id": bot.app_id, "bot_profile": profile}
        if message.edited_ts:
            shown["edited"] = {"user": message.user, "ts": message.edited_ts}
        if message.files:
            shown["files"] = deepcopy(message.files)
        if message.metadata and metadata:
            shown["metadata"] = deepcopy(message.metadata)
        if message.broadcast:
            shown["subtype"] = "thread_broadcast"
        return shown | self._thread_json(message)

    def replies(self, room: str, ts: str) -> list[StoredMessage]:
        """The replies below a message, oldest first."""
        return [m for m in self.in_room(room) if m.thread_ts == ts and m.ts != ts]

    def _thread_json(self, message: StoredMessage) -> Json:
        if not message.thread_ts:
            return {}
        if message.is_reply:
            return {"thread_ts": message.thread_ts}
        replies = self.replies(message.room, message.ts)
        return {
            "thread_ts": message.ts,
            "reply_count": len(replies),
            "reply_users": sorted({reply.user for reply in replies}),
            "latest_reply": replies[-1].ts if replies else message.ts,
        }

    # -- what people see -----------------------------------------------------------------------

    def note(self, kind: Kind, audience: Iterable[str], raw: Mapping[str, Any]) -> Sighting:
        """Adds to the log; `raw` may carry who, channel, ts and thread_ts for the entry itself."""
        sighting = Sighting(
            seq=next(self._seq),
            at=self.clock.now().astimezone(UTC),
            kind=kind,
            audience=frozenset(audience),
            who=str(raw.get("user", "")),
            raw=deepcopy(dict(raw)),
            channel=str(raw.get("channel", "")),
            ts=str(raw.get("ts", "")),
            thread_ts=str(raw.get("thread_ts", "")),
        )
        self.log.append(sighting)
        del self.log[:-MAX_LOG]
        self.changed.set()
        self.changed = asyncio.Event()
        return sighting

    def close(self) -> None:
        """Ends all waiting for news."""
        self.closed = True
        self.changed.set()

    @property
    def seq(self) -> int:
        """The number of the newest sighting."""
        return self.log[-1].seq if self.log else 0

    def _show(self, message: StoredMessage, kind: Kind) -> None:
        raw = {**self.as_json(message), "channel": message.room}
        if message.only_for:
            raw["is_ephemeral"] = True
        self.note(kind, self.readers(message), raw)

    # -- views ---------------------------------------------------------------------------------

    def show_view(self, view: StoredView) -> None:
        """Lets its owner see the top modal, or the Home tab."""
        kind = Kind.HOME if view.body.get("type") == "home" else Kind.VIEW
        raw = {"user": self.scenario.bot.id, "view": self.view_json(view), "errors": view.errors}
        self.note(kind, {view.user}, raw)

    def close_views(self, user: str, *, everything: bool) -> None:
        """Closes the top modal, or all of them; what is then on top is shown."""
        stack = self.stacks[user]
        del stack[0 if everything else -1 :]
        self.note(Kind.CLOSED, {user}, {"user": self.scenario.bot.id, "left": len(stack)})
        if stack:
            self.show_view(stack[-1])

    def view_json(self, view: StoredView) -> Json:
        """The view as the API and the payloads show it."""
        bot, team = self.scenario.bot, self.scenario.team
        defaults: Json = {
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            "state": {"values": {}},
            "clear_on_close": False,
            "notify_on_close": False,
            "close": None,
            "submit": None,
        }
        return {
            **defaults,
            **deepcopy(view.body),
            "id": view.id,
            "team_id": team,
            "hash": view.hash,
            "root_view_id": view.root,
            "previous_view_id": view.previous or None,
            "app_id": bot.app_id,
            "app_installed_team_id": team,
            "bot_id": bot.bot_id,
        }

    def new_hash(self) -> str:
        """A new hash for a view."""
        return f"{self.ts().split('.')[0]}.{secrets.token_hex(4)}"


def name_blocks(blocks: Sequence[Json], new_id: Callable[[str], str]) -> None:
    """Gives blocks and elements the ids that Slack makes up where the app gave none."""
    for block in blocks:
        block.setdefault("block_id", new_id("b"))
        elements = list(block.get("elements") or ()) if block.get("type") == "actions" else []
        elements += [block[key] for key in ("accessory", "element") if key in block]
        for element in elements:
            if element.get("type") != "image":
                element.setdefault("action_id", new_id("a"))
