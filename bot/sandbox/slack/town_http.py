"""The people's side over HTTP JSON, under /town: for `headroom say`, stories, and the page.

Mistakes come back as HTTP 400 with `{"ok": false, "error": <sentence>}`.
"""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.sandbox.slack.errors import Json, SlackError
from bot.sandbox.slack.people import Outcome
from bot.sandbox.slack.scenario import Person
from bot.sandbox.slack.targets import Where
from bot.sandbox.slack.town import SlackTown

Handler = Callable[[Json], Awaitable[Json]]


def town_routes(town: SlackTown) -> list[Route]:
    """All routes under /town."""
    http = TownHttp(town)
    return [
        Route("/town/say", posted(http.say), methods=["POST"]),
        Route("/town/shortcut", posted(http.shortcut), methods=["POST"]),
        Route("/town/click", posted(http.click), methods=["POST"]),
        Route("/town/submit", posted(http.submit), methods=["POST"]),
        Route("/town/close", posted(http.close), methods=["POST"]),
        Route("/town/home", posted(http.home), methods=["POST"]),
        Route("/town/channel", posted(http.channel), methods=["POST"]),
        Route("/town/faults", posted(http.faults), methods=["POST", "GET"]),
        Route("/town/sees", posted(http.sees), methods=["GET"]),
        Route("/town/messages", posted(http.messages), methods=["GET"]),
        Route("/town/state", posted(http.state), methods=["GET"]),
        Route("/town/deliveries", posted(http.deliveries), methods=["GET"]),
    ]


def posted(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """A route from a handler of the JSON body (or the query)."""

    async def endpoint(request: Request) -> Response:
        values: Json = dict(request.query_params)
        try:
            values |= await _json_body(request)
            return JSONResponse({"ok": True, **await handler(values)})
        except KeyError as missing:
            return JSONResponse({"ok": False, "error": f"{missing.args[0]} is missing"}, 400)
        except (LookupError, ValueError, TypeError) as mistake:
            return JSONResponse({"ok": False, "error": str(mistake)}, 400)
        except SlackError as refusal:
            return JSONResponse(refusal.body(), 400)

    return endpoint


async def _json_body(request: Request) -> Json:
    body = await request.body()
    if not body.strip():
        return {}
    # Only this type makes a browser ask before another site may post here.
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise ValueError("the body must be application/json")
    parsed = json.loads(body)
    if not isinstance(parsed, dict):
        raise TypeError("the body must be an object")
    return parsed


class TownHttp:
    """The handlers; `as` names the person in every one."""

    def __init__(self, town: SlackTown) -> None:
        self._town = town

    async def say(self, order: Json) -> Json:
        """`{as, text, channel?, thread_ts?}`"""
        outcome = await self._town.say(
            self._person(order).name,
            str(order["text"]),
            str(order.get("channel") or ""),
            thread_ts=str(order.get("thread_ts") or ""),
        )
        return _outcome(outcome)

    async def shortcut(self, order: Json) -> Json:
        """`{as, name, channel?, ts?}`"""
        outcome = await self._town.shortcut(
            self._person(order).name,
            str(order["name"]),
            channel=str(order.get("channel") or ""),
            ts=str(order.get("ts") or ""),
        )
        return _outcome(outcome)

    async def click(self, order: Json) -> Json:
        """`{as, label | action_id, channel?, ts?, view_id?, block_id?, value?}`"""
        channel = str(order.get("channel") or "")
        where = Where(
            label=str(order.get("action_id") or order["label"]),
            channel=self._town.workspace.room(channel).id if channel else "",
            ts=str(order.get("ts") or ""),
            view_id=str(order.get("view_id") or ""),
            block_id=str(order.get("block_id") or ""),
        )
        person = self._person(order)
        return _outcome(await self._town.people.click(person, where, order.get("value")))

    async def submit(self, order: Json) -> Json:
        """`{as, values: {action_id: value}, view_id?}`"""
        values = order.get("values") or {}
        if not isinstance(values, dict):
            raise TypeError("values must be an object")
        view_id, person = str(order.get("view_id") or ""), self._person(order)
        return _outcome(await self._town.people.submit(person, values, view_id=view_id))

    async def close(self, order: Json) -> Json:
        """`{as, everything?, view_id?}`"""
        everything, view_id = bool(order.get("everything")), str(order.get("view_id") or "")
        person = self._person(order)
        return _outcome(
            await self._town.people.close(person, everything=everything, view_id=view_id)
        )

    async def home(self, order: Json) -> Json:
        """`{as}`"""
        return _outcome(await self._town.open_home(self._person(order).name))

    async def channel(self, order: Json) -> Json:
        """`{as, channel, act: archive | unarchive | rename | delete | kick | invite, name?}`"""
        room = self._town.workspace.room(str(order["channel"]))
        by, name = self._person(order).id, str(order.get("name") or "")
        self._town.channels.change(room, str(order["act"]), by, name)
        return {}

    async def faults(self, order: Json) -> Json:
        """An order for SlackFaults.apply, or nothing to be told what is wrong."""
        now = self._town.workspace.clock.now()
        if order:
            self._town.faults.apply(order, now)
        return {"faults": self._town.faults.describe(now)}

    async def sees(self, order: Json) -> Json:
        """`?as&after&wait` → items, and the seq to ask with next."""
        after = int(order.get("after") or 0)
        items = await self._town.sees(
            self._person(order).name, after=after, wait=float(order.get("wait") or 0)
        )
        return {
            "items": [item.as_json() for item in items],
            "seq": items[-1].seq if items else max(after, 0),
            "now": self._town.workspace.clock.now().isoformat(),
        }

    async def messages(self, order: Json) -> Json:
        """All messages of all rooms as the API shows them; `?channel` narrows."""
        workspace = self._town.workspace
        wanted = str(order.get("channel") or "")
        rooms = [workspace.room(wanted)] if wanted else list(workspace.rooms.values())
        shown = [
            {**workspace.as_json(message), "channel": room.id}
            for room in rooms
            for message in workspace.in_room(room.id)
        ]
        return {"messages": shown}

    async def deliveries(self, _: Json) -> Json:
        """How the bot answered what was delivered to it."""
        return {
            "deliveries": [
                {
                    "identity": answer.identity,
                    "status": answer.status,
                    "problem": answer.problem,
                    "seconds": round(answer.seconds, 4),
                    "retry": answer.retry,
                }
                for answer in self._town.deliveries()
            ]
        }

    async def state(self, order: Json) -> Json:
        """Everything the page needs to begin: the cast, and what this person can see."""
        workspace = self._town.workspace
        person = self._person(order) if order.get("as") else self._town.scenario.people[0]
        stack = workspace.stacks[person.id]
        home = workspace.homes.get(person.id)
        return {
            **cast(self._town),
            "me": person.id,
            "rooms": [
                {"id": room.id, "name": room.name, "im": room.im, "bot": self._has_bot(room.id)}
                for room in workspace.rooms.values()
                if person.id in room.members
            ],
            "messages": [
                {
                    **workspace.as_json(message),
                    "channel": message.room,
                    "is_ephemeral": bool(message.only_for),
                }
                for message in workspace.visible_to(person.id)
            ],
            "view": workspace.view_json(stack[-1]) if stack else None,
            "errors": stack[-1].errors if stack else {},
            "home": workspace.view_json(home) if home else None,
            "seq": workspace.seq,
            "now": workspace.clock.now().isoformat(),
        }

    def _has_bot(self, room_id: str) -> bool:
        return self._town.scenario.bot.id in self._town.workspace.rooms[room_id].members

    def _person(self, order: Json) -> Person:
        who = str(order.get("as") or "")
        try:
            return self._town.scenario.person(who)
        except KeyError:
            names = ", ".join(person.name for person in self._town.scenario.people)
            raise LookupError(f"nobody is called {who!r} here; there are {names}") from None


def cast(town: SlackTown) -> dict[str, Any]:
    """Who is who."""
    scenario = town.scenario
    return {
        "company": scenario.company,
        "people": [
            {
                "id": person.id,
                "name": person.name,
                "real_name": person.real_name,
                "title": person.title,
                "zone": person.zone,
                "clock24": person.clock24,
            }
            for person in scenario.people
        ],
        "bot": {"id": scenario.bot.id, "name": scenario.bot.name},
        "channels": {channel.id: channel.name for channel in scenario.channels},
        "usergroups": {group.id: group.handle for group in scenario.usergroups},
        "commands": list(scenario.bot.commands),
        "shortcuts": list(scenario.bot.shortcuts),
        "message_shortcuts": list(scenario.bot.message_shortcuts),
    }


def _outcome(outcome: Outcome) -> Json:
    return {"ok": outcome.ok, "seq": outcome.seq, "text": outcome.text}
