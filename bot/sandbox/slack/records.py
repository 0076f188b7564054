"""The things a workspace holds: rooms, messages, views, files, and what people got to see.

Filled by workspace.py; read by the methods, the people API and the renderer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.sandbox.slack.errors import Json


@dataclass(slots=True)
class Room:
    """A channel or a direct conversation (`im`); members by id, the app among them when invited."""

    id: str
    name: str
    members: set[str]
    archived: bool = False
    im: bool = False


@dataclass(slots=True)
class StoredMessage:
    """A message in a room; `only_for` names the one reader of an ephemeral message."""

    room: str
    ts: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str = ""
    broadcast: bool = False
    metadata: Json | None = None
    edited_ts: str = ""
    only_for: str = ""
    by_app: bool = False
    files: list[Json] = field(default_factory=list)

    @property
    def is_reply(self) -> bool:
        """Whether it hangs below another message."""
        return self.thread_ts not in {"", self.ts}


@dataclass(slots=True)
class StoredView:
    """A modal or a Home tab of one person."""

    id: str
    user: str
    body: Json
    hash: str
    root: str
    previous: str = ""
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class StoredFile:
    """An upload: reserved first, filled by a POST, then shared."""

    id: str
    name: str
    length: int
    key: str
    content: bytes | None = None
    title: str = ""


class Kind(StrEnum):
    """What a person notices."""

    MESSAGE = "message"
    EDIT = "edit"
    DELETED = "deleted"
    EPHEMERAL = "ephemeral"
    VIEW = "view"
    CLOSED = "closed"
    HOME = "home"
    FILE = "file"
    ACK = "ack"  # the app accepted what the person did
    ERROR = "error"  # Slack itself tells the person that something failed


@dataclass(frozen=True, slots=True)
class Sighting:
    """One thing that happened, who may see it, and how it looked then."""

    seq: int
    at: datetime
    kind: Kind
    audience: frozenset[str]
    who: str
    raw: Mapping[str, Any]
    channel: str = ""
    ts: str = ""
    thread_ts: str = ""
