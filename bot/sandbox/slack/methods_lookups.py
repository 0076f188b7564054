"""auth.test, conversations.*, users.info, usergroups.*: looking things up. Served by webapi.py."""

from collections.abc import Sequence

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.desk import Desk, Method, Methods
from bot.sandbox.slack.errors import Json, SlackError
from bot.sandbox.slack.records import Room, StoredMessage
from bot.sandbox.slack.scenario import Person, UserGroup

MAX_PAGE = 999


def lookup_methods(desk: Desk) -> Methods:
    """The families, bound to this desk."""
    rooms, people = Conversations(desk), Directory(desk)
    return {
        "auth.test": Method(people.auth_test, 5),
        "users.info": Method(people.user, 4, "users:read"),
        "users.list": Method(people.users, 2, "users:read"),
        "usergroups.list": Method(people.groups, 2, "usergroups:read"),
        "usergroups.users.list": Method(people.group_members, 2, "usergroups:read"),
        "conversations.info": Method(rooms.info, 3),
        "conversations.list": Method(rooms.list, 2, "channels:read"),
        "conversations.members": Method(rooms.members, 4),
        "conversations.open": Method(rooms.open, 3, "im:write"),
        "conversations.history": Method(rooms.history, 3),
        "conversations.replies": Method(rooms.replies, 3),
    }


class Conversations:
    """Sources: docs.slack.dev/reference/methods/conversations.*"""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._workspace = desk.workspace
        self._bot = desk.workspace.scenario.bot.id

    def info(self, args: Arguments) -> Json:
        """One conversation."""
        return {"ok": True, "channel": self._json(self._room(args, "read"))}

    def list(self, args: Arguments) -> Json:
        """All channels, archived ones unless excluded."""
        rooms = [room for room in self._workspace.rooms.values() if not room.im]
        if args.flag("exclude_archived"):
            rooms = [room for room in rooms if not room.archived]
        channels = [self._json(room) for room in rooms]
        return {"ok": True, "channels": channels, "response_metadata": {"next_cursor": ""}}

    def members(self, args: Arguments) -> Json:
        """Member ids."""
        members = sorted(self._room(args, "read").members)
        return {"ok": True, "members": members, "response_metadata": {"next_cursor": ""}}

    def open(self, args: Arguments) -> Json:
        """Opens the direct conversation with one person."""
        if "channel" in args:
            return {"ok": True, "channel": {"id": self._room(args, "write").id}}
        users = [user for user in args.text("users").split(",") if user]
        if len(users) != 1:
            raise SlackError("users_list_not_supplied" if not users else "not_enough_users")
        return {"ok": True, "channel": {"id": self._workspace.direct(users[0]).id}}

    def history(self, args: Arguments) -> Json:
        """Messages of a channel, newest first, replies left out."""
        room = self._readable(args)
        found = [m for m in self._workspace.in_room(room.id) if not m.is_reply or m.broadcast]
        return self._page(args, list(reversed(found)))

    def replies(self, args: Arguments) -> Json:
        """A message and its replies, oldest first."""
        room = self._readable(args)
        ts = args.need("ts")
        parent = self._workspace.messages.get((room.id, ts))
        if parent is None or parent.only_for:
            raise SlackError("thread_not_found")
        found = [parent, *self._workspace.replies(room.id, ts)]
        page = self._page(args, found[1:])
        return page | {"messages": [self._message(parent, args), *page["messages"]]}

    def _page(self, args: Arguments, messages: Sequence[StoredMessage]) -> Json:
        oldest, latest = args.text("oldest", "0"), args.text("latest") or "9999999999"
        edge = args.flag("inclusive")
        inside = [m for m in messages if _within(m.ts, oldest, latest, edge=edge)]
        limit = min(max(args.number("limit", 100), 1), MAX_PAGE)
        start = args.number("cursor", 0)
        more = start + limit < len(inside)
        return {
            "ok": True,
            "messages": [self._message(m, args) for m in inside[start : start + limit]],
            "has_more": more,
            "response_metadata": {"next_cursor": str(start + limit) if more else ""},
        }

    def _message(self, message: StoredMessage, args: Arguments) -> Json:
        return self._workspace.as_json(message, metadata=args.flag("include_all_metadata"))

    def _room(self, args: Arguments, right: str) -> Room:
        """The room, for which the app must have the right: `im:read`, `channels:history`, …"""
        room = self._workspace.conversation(args.need("channel"))
        self._desk.demand(f"{'im' if room.im else 'channels'}:{right}")
        return room

    def _readable(self, args: Arguments) -> Room:
        room = self._room(args, "history")
        if self._bot not in room.members:
            raise SlackError("not_in_channel")
        return room

    def _json(self, room: Room) -> Json:
        if room.im:
            return {"id": room.id, "is_im": True, "user": room.name, "is_archived": False}
        return {
            "id": room.id,
            "name": room.name,
            "name_normalized": room.name,
            "is_channel": True,
            "is_group": False,
            "is_im": False,
            "is_private": False,
            "is_archived": room.archived,
            "is_member": self._bot in room.members,
            "is_ext_shared": self._workspace.shared(room),
            "num_members": sum(map(self._workspace.is_person, room.members)),
        }


def _within(ts: str, oldest: str, latest: str, *, edge: bool) -> bool:
    moment, low, high = float(ts), float(oldest), float(latest)
    return low < moment < high or (edge and moment in {low, high})


class Directory:
    """Sources: docs.slack.dev/reference/methods/users.*, usergroups.*, auth.test."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._scenario = desk.workspace.scenario

    def auth_test(self, _: Arguments) -> Json:
        """Who the token belongs to."""
        return {
            "ok": True,
            "url": f"{self._desk.own_url}/",
            "team": self._scenario.company,
            "user": self._scenario.bot.name,
            "team_id": self._scenario.team,
            "user_id": self._scenario.bot.id,
            "bot_id": self._scenario.bot.bot_id,
            "is_enterprise_install": False,
        }

    def user(self, args: Arguments) -> Json:
        """One person (or the app's user)."""
        wanted = args.need("user")
        if wanted == self._scenario.bot.id:
            bot = self._scenario.bot
            shown = {"id": bot.id, "name": bot.name, "is_bot": True, "deleted": False}
            return {"ok": True, "user": {**shown, "team_id": self._scenario.team}}
        for person in self._scenario.people:
            if person.id == wanted:
                return {"ok": True, "user": self._json(person)}
        raise SlackError("user_not_found")

    def users(self, _: Arguments) -> Json:
        """Everybody of this workspace."""
        members = [self._json(person) for person in self._scenario.people if not person.team]
        return {"ok": True, "members": members, "response_metadata": {"next_cursor": ""}}

    def groups(self, args: Arguments) -> Json:
        """All user groups, with members when asked."""
        groups = [
            self._group(group, with_users=args.flag("include_users"))
            for group in self._scenario.usergroups
        ]
        return {"ok": True, "usergroups": groups}

    def group_members(self, args: Arguments) -> Json:
        """The members of one user group."""
        wanted = args.need("usergroup")
        for group in self._scenario.usergroups:
            if group.id == wanted:
                return {"ok": True, "users": list(group.members)}
        raise SlackError("no_such_subteam")

    def _group(self, group: UserGroup, *, with_users: bool) -> Json:
        shown: Json = {
            "id": group.id,
            "team_id": self._scenario.team,
            "is_usergroup": True,
            "handle": group.handle,
            "name": group.handle.title(),
            "user_count": len(group.members),
        }
        return shown | ({"users": list(group.members)} if with_users else {})

    def _json(self, person: Person) -> Json:
        return {
            "id": person.id,
            "team_id": person.team or self._scenario.team,
            "is_stranger": False,
            "is_restricted": person.guest,
            "is_ultra_restricted": False,
            "name": person.name,
            "real_name": person.real_name,
            "tz": person.zone,
            "is_bot": False,
            "deleted": False,
            "profile": {
                "real_name": person.real_name,
                "display_name": person.name,
                "title": person.title,
            },
        }
