"""What a person sees, and since when: the log of the workspace, filtered and rendered; used by the town."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.sandbox.slack.errors import Json
from bot.sandbox.slack.mrkdwn import Reader
from bot.sandbox.slack.records import Kind, Sighting
from bot.sandbox.slack.rendering import render_message, render_view
from bot.sandbox.slack.scenario import Person
from bot.sandbox.slack.workspace import Workspace

MAX_WAIT = 60.0


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing a person saw; `text` is what it said to them, `raw` the message, view or file itself."""

    seq: int
    at: datetime
    kind: Kind
    channel: str
    ts: str
    thread_ts: str
    who: str
    text: str
    raw: Json

    def as_json(self) -> Json:
        """For the HTTP API."""
        return {
            "seq": self.seq,
            "at": self.at.isoformat(),
            "kind": self.kind.value,
            "channel": self.channel,
            "ts": self.ts,
            "thread_ts": self.thread_ts,
            "who": self.who,
            "text": self.text,
            "raw": self.raw,
        }


class Eyes:
    """Reads the log for one person at a time."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def sees(self, person: Person, *, after: int = 0, wait: float = 0.0) -> list[Seen]:
        """What the person saw after `after`; waits up to `wait` real seconds for the first of it."""
        loop = asyncio.get_running_loop()
        until = loop.time() + min(wait, MAX_WAIT)
        while True:
            changed = self._workspace.changed
            found = self.look(person, after)
            left = until - loop.time()
            if found or left <= 0 or self._workspace.closed:
                return found
            try:
                await asyncio.wait_for(changed.wait(), left)
            except TimeoutError:
                continue

    def look(self, person: Person, after: int) -> list[Seen]:
        """What the person saw after `after`, now."""
        log = self._workspace.log
        start = max(0, after - log[0].seq + 1) if log else 0
        return [self._seen(s, person) for s in log[start:] if person.id in s.audience]

    def reader(self, person: Person) -> Reader:
        """The person as a reader at this moment."""
        return Reader(person, self._workspace.clock.now(), self._workspace.scenario)

    def _seen(self, sighting: Sighting, person: Person) -> Seen:
        return Seen(
            seq=sighting.seq,
            at=sighting.at,
            kind=sighting.kind,
            channel=self._room_name(sighting.channel),
            ts=sighting.ts,
            thread_ts=sighting.thread_ts,
            who=self._name(sighting.who),
            text=self._text(sighting, person),
            raw=dict(sighting.raw),
        )

    def _text(self, sighting: Sighting, person: Person) -> str:
        raw: Any = sighting.raw
        match sighting.kind:
            case Kind.VIEW | Kind.HOME:
                return render_view(raw["view"], raw["errors"], self.reader(person))
            case Kind.ACK:
                return f"{raw['act']} accepted after {raw['seconds'] * 1000:.0f} ms"
            case Kind.ERROR:
                return str(raw["text"])
            case Kind.CLOSED:
                return "(closed)"
            case Kind.DELETED:
                return "(deleted)"
            case _:
                return render_message(raw, self.reader(person))

    def _room_name(self, room_id: str) -> str:
        room = self._workspace.rooms.get(room_id)
        if room is None:
            return ""
        return f"@{self._name(room.name)}" if room.im else f"#{room.name}"

    def _name(self, user: str) -> str:
        bot = self._workspace.scenario.bot
        names = {person.id: person.name for person in self._workspace.scenario.people}
        return {**names, bot.id: bot.name, "USLACKBOT": "slackbot"}.get(user, user)
