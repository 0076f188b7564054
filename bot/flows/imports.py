"""Reads marketing's calendars and shows what is new or changed as drafts; plans nothing. The key is "all".

A draft's message is a projection of the event: it is wanted again whenever the draft changes, and a
reply for each version is wanted once, so that a crash anywhere repeats nothing.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.cards.calendar import changed_reply, draft_card
from bot.cards.ics import DOMAIN
from bot.core.marketing import EventDraft, FeedEvent, Reading, follow
from bot.core.message import WantedPost
from bot.ports.jobs import EVERYBODY, Job, JobName
from bot.ports.kit import Kit
from bot.ports.store import Transaction

_EVERY = timedelta(minutes=15)
_SOON = timedelta(minutes=1)
_MOST_NEW = 20  # at once, so that a full calendar does not flood a channel


async def imports(key: str, kit: Kit) -> datetime | None:
    """Follows every feed that could be read; returns when to look again."""
    if not kit.house.calendar.imports:
        return None
    full = False
    for reading in await kit.marketing.read():
        if reading.events is not None:
            full |= await _follow(reading, kit)
    return kit.clock.now() + (_SOON if full else _EVERY)


async def _follow(reading: Reading, kit: Kit) -> bool:
    """Whether there is more that is new than may be shown at once."""
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        known = {draft.id: draft for draft in await tx.calendar.drafts(reading.feed.name)}
        seen = {event.draft_id: event for event in _wanted(reading, kit, now)}
        changed = 0
        for draft_id in [*known, *(one for one in seen if one not in known)]:
            before = known.get(draft_id)
            if before is None and changed >= _MOST_NEW:
                return True
            before = before and await tx.calendar.draft(draft_id)
            after = follow(before, seen.get(draft_id), reading.feed, now)
            if after is not None and after != before:
                await _show(tx, after, kit, now)
                changed += 1
        if changed:
            await tx.jobs.wake(Job(JobName.HOME, EVERYBODY), now)
    return False


def _wanted(reading: Reading, kit: Kit, now: datetime) -> Sequence[FeedEvent]:
    """Not what lies far ahead, and not our own campaigns, which a calendar may show too."""
    until = now + kit.house.calendar.ahead
    events = reading.events or ()
    return [one for one in events if one.window.start < until and DOMAIN not in one.key]


async def _show(tx: Transaction, draft: EventDraft, kit: Kit, now: datetime) -> None:
    await tx.calendar.keep(draft)
    root = f"event/{draft.id}"
    card = draft_card(draft, house=kit.house, key=kit.seal)
    await tx.posts.want(WantedPost(draft.channel, root, card), now)
    if draft.version > 1:
        reply = changed_reply(draft)
        subject = f"{root}/{draft.version}"
        await tx.posts.want(WantedPost(draft.channel, subject, reply, thread_of=root), now)
