"""Shows an alert storm: one summary and its lists in each channel, edited in place. The key is the storm's id."""

from dataclasses import replace
from datetime import datetime

from bot.cards.storm import StormView, lists_of, storm_card, storm_list
from bot.core.message import WantedPost
from bot.core.storm import CALM, Storm, next_round, unfolded
from bot.incidents import channels_of, page_whoever_is_due, show
from bot.ports.jobs import Job, JobName
from bot.ports.kit import Kit
from bot.ports.store import Transaction

_SUMMARY, _LIST = 0, 3


async def storm(key: str, kit: Kit) -> datetime | None:
    """Works the messages out anew, not more often than Slack takes edits; ends the storm when it is calm."""
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        found = await tx.storms.get(key)
        if found is None:
            return None
        views = await _views(tx, found, kit, now)
        messages = sum(1 + len(lists_of(view)) for view in views.values())
        due = next_round(found, messages)
        if now < due:
            return due
        ends = found.ended_at is None and found.over(now)
        found = await tx.storms.save(
            replace(found, shown_at=now, ended_at=now if ends else found.ended_at)
        )
        for channel, view in views.items():
            await _want(tx, channel, replace(view, storm=found), kit, now)
        if ends:
            await _unfold(tx, found, kit, now)
    return None if found.ended_at is not None else found.last_at + CALM


async def _views(tx: Transaction, storm: Storm, kit: Kit, now: datetime) -> dict[str, StormView]:
    """The storm by channel."""
    closed = await tx.reach.closed()
    incidents = await tx.storms.incidents(storm.id)
    views: dict[str, StormView] = {}
    by_channel: dict[str, list[int]] = {}
    for place, one in enumerate(incidents):
        for channel in channels_of(one, kit.house, closed):
            by_channel.setdefault(channel, []).append(place)
    for channel, places in by_channel.items():
        mine = tuple(incidents[place] for place in places)
        views[channel] = StormView(storm, mine, kit.seal)
    return views


async def _want(tx: Transaction, channel: str, view: StormView, kit: Kit, now: datetime) -> None:
    root = f"storm/{view.storm.id}"
    card = storm_card(view, house=kit.house, now=now)
    await tx.posts.want(WantedPost(channel, root, card, lane=_SUMMARY), now)
    for number, part in enumerate(lists_of(view), 1):
        message = storm_list(part, number, now=now)
        subject = f"{root}/list/{number}"
        await tx.posts.want(WantedPost(channel, subject, message, thread_of=root, lane=_LIST), now)


async def _unfold(tx: Transaction, storm: Storm, kit: Kit, now: datetime) -> None:
    """What nobody has yet gets a message of its own, if that is not a flood again."""
    incidents = await tx.storms.incidents(storm.id)
    for one in unfolded(incidents, kit.house.alerts.storm_per_minute):
        saved = await tx.alerts.save(replace(one, folded=False))
        await show(tx, saved, kit, now)
        _, again = await page_whoever_is_due(tx, saved, kit, now)
        if again is not None:
            await tx.jobs.wake(Job(JobName.ESCALATE, saved.id), again)
