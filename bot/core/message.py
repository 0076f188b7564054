"""What is said in Slack, as values: messages, views and the posts that project them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

Block = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """Block Kit blocks with the plain text that is shown where blocks cannot be."""

    text: str
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class View:
    """A modal: `body` is Slack's view object; `callback_id` names the form."""

    callback_id: str
    body: Block


class PostKind(StrEnum):
    """How a post reaches people."""

    MESSAGE = "message"  # a message in a channel, edited in place
    EPHEMERAL = "ephemeral"  # seen by one person only, sent once
    FILE = "file"  # an uploaded file, sent once


@dataclass(frozen=True, slots=True)
class WantedPost:
    """What should be seen: one post for each (channel, subject); saying it again changes it in place.

    `subject` names the object projected (`campaign/<id>`). `thread_of` is the subject of the post, in
    the same channel, under which it is a reply. `user` is the only reader of an ephemeral post;
    `attachment` the content of a file post, `message.text` then its title and file name. A lower
    `lane` goes first (0: answers to a waiting person and alarms, 5: ordinary, 9: can wait).
    """

    channel: str
    subject: str
    message: Message
    kind: PostKind = PostKind.MESSAGE
    thread_of: str | None = None
    user: str = ""
    response_url: str = ""
    attachment: str = ""
    lane: int = 5


@dataclass(frozen=True, slots=True)
class Post:
    """A wanted post with what is known of its showing.

    `wanted_rev` grows when the content changes; the post is behind while `shown_rev` is smaller.
    `claimed_at` is set before a first send and cleared by its record: a post with a claim and no `ts`
    may or may not be in Slack, and is looked for before it is sent again. `thread_ts` is the parent's.
    """

    id: int
    wanted: WantedPost
    wanted_rev: int
    shown_rev: int
    ts: str
    thread_ts: str
    due_at: datetime
    wanted_at: datetime
    claimed_at: datetime | None = None
    trouble: str = ""
    plain: bool = False  # blocks were refused; show the text only
