"""Slack messages as projections: what is wanted, what is shown, and when the next may be sent.

Used through Transaction.posts. A post is behind while `shown_rev` and `given_up_rev` are smaller than
`wanted_rev`; it is given up when Slack refused its content for good, until the content changes.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    Integer,
    Row,
    Select,
    String,
    and_,
    bindparam,
    case,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.core.message import Post, PostKind, WantedPost
from bot.ports.jobs import Job, JobName
from bot.ports.store import Wakes
from bot.store.codec import fingerprint
from bot.store.sql import Upsert, added, insert_for
from bot.store.tables.posts import ChannelLaneRow, PostRow
from bot.store.types import UtcDateTime

# Slack: "chat.postMessage … 1 message per second per channel" (docs.slack.dev, rate limits).
_PACE = timedelta(seconds=1)
# Nothing is put off for longer: a later time was set by a clock that has been set back since.
_FARTHEST = timedelta(minutes=10)

_NOW = bindparam("now", type_=UtcDateTime())
_REV = bindparam("rev", type_=Integer())
_STAMP = bindparam("stamp", type_=String())
_BEHIND = and_(
    col(PostRow.shown_rev) < col(PostRow.wanted_rev),
    col(PostRow.given_up_rev) < col(PostRow.wanted_rev),
)

# Built once: to build a statement with an alias takes longer than to run it.
_PARENT = aliased(PostRow)
_THREAD_TS = func.coalesce(col(_PARENT.ts), "")
_FIRST_WANTED = (col(PostRow.wanted_at), col(PostRow.id))
_COLUMNS: Sequence[Any] = (
    col(PostRow.id),
    col(PostRow.body),
    col(PostRow.wanted_rev),
    col(PostRow.shown_rev),
    col(PostRow.ts),
    _THREAD_TS.label("thread_ts"),
    col(PostRow.due_at),
    col(PostRow.wanted_at),
    col(PostRow.claimed_at),
    col(PostRow.trouble),
    col(PostRow.plain),
)
_WITH_PARENT: Select[Any] = select(*_COLUMNS).outerjoin(
    # The parent is the post of subject `thread_of` in the channel.
    _PARENT,
    and_(
        col(_PARENT.channel) == col(PostRow.channel),
        col(_PARENT.subject) == col(PostRow.thread_of),
    ),
)
_THIS = and_(
    col(PostRow.channel) == bindparam("channel"), col(PostRow.subject) == bindparam("subject")
)
_ONE = _WITH_PARENT.where(_THIS)
_SENDABLE = _WITH_PARENT.where(
    col(PostRow.channel) == bindparam("channel"),
    _BEHIND,
    or_(col(PostRow.thread_of).is_(None), _THREAD_TS != ""),
)
_NEXT = (
    _SENDABLE.where(
        or_(col(PostRow.due_at) <= bindparam("now"), col(PostRow.due_at) > bindparam("farthest"))
    )
    .order_by(col(PostRow.lane), *_FIRST_WANTED)
    .limit(1)
)
_WANTED = (
    select(
        col(PostRow.kind),
        col(PostRow.content),
        col(PostRow.body),
        col(PostRow.wanted_at),
        col(PostRow.shown_rev),
        case((_BEHIND, True), else_=False).label("behind"),
    )
    .where(_THIS)
    .with_for_update()
)
# What these set are the columns that are given with them.
_SET = update(PostRow).where(
    col(PostRow.channel) == bindparam("in"), col(PostRow.subject) == bindparam("about")
)
_REWRITE = _SET.values(wanted_rev=col(PostRow.wanted_rev) + 1)
_CLAIM = (
    update(PostRow)
    .where(col(PostRow.id) == bindparam("post"))
    .values(
        claimed_at=case(
            (and_(col(PostRow.ts) == "", col(PostRow.claimed_at).is_(None)), _NOW),
            else_=col(PostRow.claimed_at),
        )
    )
    .returning(col(PostRow.channel))
)
_SHOW = (
    update(PostRow)
    .where(col(PostRow.id) == bindparam("post"))
    .values(
        shown_rev=case((col(PostRow.shown_rev) < _REV, _REV), else_=col(PostRow.shown_rev)),
        ts=case((_STAMP != "", _STAMP), else_=col(PostRow.ts)),
        due_at=_NOW,
        wanted_at=case((col(PostRow.wanted_rev) > _REV, col(PostRow.wanted_at)), else_=_NOW),
        claimed_at=None,
        trouble="",
    )
    .returning(col(PostRow.channel))
)
_FREE_AT = select(col(ChannelLaneRow.free_at)).where(
    col(ChannelLaneRow.channel) == bindparam("channel")
)
_NEXT_DUE = _SENDABLE.with_only_columns(func.min(col(PostRow.due_at)))


class PostRows:
    """See bot.ports.store.Posts for every method."""

    def __init__(self, connection: AsyncConnection, wakes: Wakes) -> None:
        self._connection = connection
        self._wakes = wakes

    async def want(self, post: WantedPost, now: datetime) -> bool:
        """Says what should be seen, and wakes the channel's publisher if that is new.

        An ephemeral message or a file that was shown stays as it was shown.
        """
        content = fingerprint(post.kind, post.user, post.message, post.attachment)
        changed = await self._change(post, content, now)
        while changed is None:
            # Another transaction may add it meanwhile, or take it away again.
            changed = await self._add(post, content, now) or await self._change(post, content, now)
        if changed:
            await self._wakes.wake(Job(JobName.PUBLISH, post.channel), now)
        return changed

    async def next(self, channel: str, now: datetime) -> Post | datetime | None:
        """The post to send now; or when to look again; or None when nothing can be sent."""
        free_at = await self._free_at(channel) or now
        if free_at > now + _FARTHEST:
            free_at = now
            mine = col(ChannelLaneRow.channel) == channel
            await self._connection.execute(update(ChannelLaneRow).where(mine).values(free_at=now))
        asked = {"channel": channel, "now": now, "farthest": now + _FARTHEST}
        row = (await self._connection.execute(_NEXT, asked)).first()
        if row is not None:
            return _post(row) if free_at <= now else free_at
        due_at = await self._connection.scalar(_NEXT_DUE, {"channel": channel})
        return None if due_at is None else max(free_at, due_at)

    async def claim(self, post_id: int, now: datetime) -> None:
        """Notes that a first send begins, and occupies the channel's next second.

        A claim that stands is kept: a message sent under it is looked for since the first attempt.
        """
        channel = await self._connection.scalar(_CLAIM, {"post": post_id, "now": now})
        await self._occupy(channel, now + _PACE)

    async def shown(self, post_id: int, rev: int, ts: str, now: datetime) -> None:
        """Records what is in Slack now; an edit, which is never claimed, is paced from here."""
        seen = {"post": post_id, "rev": rev, "stamp": ts, "now": now}
        channel = await self._connection.scalar(_SHOW, seen)
        free_at = await self._free_at(channel)
        if free_at is None or free_at <= now:
            await self._occupy(channel, now + _PACE)

    async def failed(
        self, post_id: int, trouble: str, again_at: datetime | None, *, plain: bool = False
    ) -> None:
        """Records a refusal; without `again_at` this content is given up.

        The claim stands: an earlier attempt under it, whose answer was lost, may have reached Slack.
        """
        values: dict[str, Any] = {"trouble": trouble}
        if plain:
            values["plain"] = True
        if again_at is None:
            values["given_up_rev"] = col(PostRow.wanted_rev)
        else:
            values["due_at"] = again_at
        await self._connection.execute(
            update(PostRow).where(col(PostRow.id) == post_id).values(values)
        )

    async def pause(self, channel: str, until: datetime) -> None:
        """Nothing may be sent to the channel before `until`."""
        await self._occupy(channel, until)

    async def get(self, channel: str, subject: str) -> Post | None:
        """The post of that subject, or None."""
        asked = {"channel": channel, "subject": subject}
        row = (await self._connection.execute(_ONE, asked)).first()
        return None if row is None else _post(row)

    async def places(self, subject: str, channels: Sequence[str]) -> Sequence[str]:
        """Those of the channels that have a post of that subject."""
        rows = await self._connection.scalars(
            select(col(PostRow.channel)).where(
                col(PostRow.channel).in_(channels), col(PostRow.subject) == subject
            )
        )
        return rows.all()

    async def again(self, channel: str, subject: str, now: datetime) -> None:
        """A message that was given up is due once more."""
        values = {"in": channel, "about": subject, "given_up_rev": 0, "due_at": now}
        await self._connection.execute(_SET, values)
        await self._wakes.wake(Job(JobName.PUBLISH, channel), now)

    async def withdraw(self, channel: str, thread_of: str, *, begins: str = "") -> Sequence[Post]:
        """Takes back the replies under that post which nobody has seen; returns them, oldest first."""
        unseen = and_(
            col(PostRow.channel) == channel,
            col(PostRow.thread_of) == thread_of,
            col(PostRow.subject).startswith(begins, autoescape=True),
            col(PostRow.ts) == "",
            col(PostRow.shown_rev) == 0,
        )
        rows = await self._connection.execute(_WITH_PARENT.where(unseen).order_by(col(PostRow.id)))
        found = [_post(row) for row in rows]
        never_begun = and_(unseen, col(PostRow.claimed_at).is_(None))
        await self._connection.execute(delete(PostRow).where(never_begun))
        return found

    async def behind(self) -> Sequence[Post]:
        """All posts whose wanted content is not shown, oldest first; not the given-up ones."""
        rows = await self._connection.execute(_WITH_PARENT.where(_BEHIND).order_by(*_FIRST_WANTED))
        return [_post(row) for row in rows]

    async def _add(self, post: WantedPost, content: str, now: datetime) -> bool:
        values = {
            "channel": post.channel,
            "subject": post.subject,
            "wanted_rev": 1,
            "shown_rev": 0,
            "given_up_rev": 0,
            "ts": "",
            "due_at": now,
            "wanted_at": now,
            "trouble": "",
            "plain": False,
            **_columns(post, content),
        }
        return await added(self._connection, PostRow, values)

    async def _change(self, post: WantedPost, content: str, now: datetime) -> bool | None:
        """None where there is no such post."""
        asked = {"channel": post.channel, "subject": post.subject}
        row = (await self._connection.execute(_WANTED, asked)).one_or_none()
        if row is None:
            return None
        over = row.kind != PostKind.MESSAGE.value and row.shown_rev > 0
        if over or row.body == post:
            return False
        values = _columns(post, content) | {"in": post.channel, "about": post.subject}
        if row.content == content:
            await self._connection.execute(_SET, values)
            return False
        since = row.wanted_at if row.behind else now
        values |= {"wanted_at": since, "due_at": now, "trouble": "", "plain": False}
        await self._connection.execute(_REWRITE, values)
        return True

    async def _free_at(self, channel: str | None) -> datetime | None:
        return await self._connection.scalar(_FREE_AT, {"channel": channel})

    async def _occupy(self, channel: str | None, until: datetime) -> None:
        if channel is None:
            return
        row = {"channel": channel, "free_at": until}
        await self._connection.execute(_occupying(self._connection.dialect.name), row)


@cache
def _occupying(dialect: str) -> Upsert:
    """Whoever speaks later frees it later."""
    statement = insert_for(dialect, ChannelLaneRow)
    later, free_at = statement.excluded.free_at, col(ChannelLaneRow.free_at)
    return statement.on_conflict_do_update(
        index_elements=["channel"],
        set_={"free_at": case((later > free_at, later), else_=free_at)},
    )


def _columns(post: WantedPost, content: str) -> dict[str, Any]:
    return {
        "kind": post.kind.value,
        "lane": post.lane,
        "thread_of": post.thread_of,
        "content": content,
        "body": post,
    }


def _post(row: Row[Any]) -> Post:
    return Post(
        id=row.id,
        wanted=row.body,
        wanted_rev=row.wanted_rev,
        shown_rev=row.shown_rev,
        ts=row.ts,
        thread_ts=row.thread_ts,
        due_at=row.due_at,
        wanted_at=row.wanted_at,
        claimed_at=row.claimed_at,
        trouble=row.trouble,
        plain=row.plain,
    )
