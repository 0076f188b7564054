"""Shows an alert storm: one summary and its lists in each channel, edited in place. The key is the storm's id."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.cards.storm import StormView, lists_of, storm_card, storm_list
from bot.core.change import Changed
from bot.core.escalation import next_page, paged
from bot.core.incident import Incident
from bot.core.message import WantedPost
from bot.core.storm import CALM, Storm, next_round, unfolded
from bot.core.storm_calls import calls_of, standing, with_call
from bot.incidents import channels_of, page_for_storm, page_whoever_is_due, show
from bot.ports.jobs import Job, JobName
from bot.ports.kit import Kit
from bot.ports.store import Transaction

_SUMMARY, _LIST = 0, 3
_MOST_EXPLAINED = 3


async def storm(key: str, kit: Kit) -> datetime | None:
    """Works the messages out anew, not more often than Slack takes edits; ends the storm when it is calm."""
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        found = await tx.storms.get(key)
        if found is None:
            return None
        incidents, page_at = await _page(tx, found, kit, now)
        views = await _views(tx, found, incidents, kit)
        messages = sum(1 + len(lists_of(view)) for view in views.values())
        due = next_round(found, messages)
        if now < due:
            return min(due, page_at or due)
        ends = found.ended_at is None and found.over(now)
        if found.shown_at is None:
            await _explain(tx, incidents, now)
        found = await tx.storms.save(
            replace(found, shown_at=now, ended_at=now if ends else found.ended_at)
        )
        for channel, view in views.items():
            await _want(tx, channel, replace(view, storm=found), kit, now)
        if ends:
            await _unfold(tx, found, kit, now)
    calm_at = None if found.ended_at is not None else found.last_at + CALM
    return min((at for at in (calm_at, page_at) if at is not None), default=None)


async def _page(
    tx: Transaction, storm: Storm, kit: Kit, now: datetime
) -> tuple[Sequence[Incident], datetime | None]:
    """Pages for all its incidents in one go; returns them, and when the next page is due."""
    incidents = list(await tx.storms.incidents(storm.id))
    rules = kit.house.alerts
    changed: dict[str, Changed] = {}
    looks, calls = [], calls_of(incidents, rules)
    for one in incidents:
        if not one.paged_by_storm:
            continue
        turn = next_page(one, rules, now)
        if turn.page is not None and await tx.alerts.add_page(turn.page):
            call = standing(one, turn.page, calls, rules)
            after = changed[one.id] = with_call(paged(one, turn.page, rules), turn.page, call)
            if call is None:
                await page_for_storm(tx, one, turn.page, incidents, kit)
                calls = calls_of([after.incident], rules, calls)
            turn = next_page(after.incident, rules, now)
        looks.append(turn.look_again)
    saved = await tx.alerts.save_all([one.incident for one in changed.values()])
    await tx.alerts.tell([event for one in changed.values() for event in one.events])
    fresh = {one.id: one for one in saved}
    due = min((at for at in looks if at is not None), default=None)
    return [fresh.get(one.id, one) for one in incidents], due


async def _explain(tx: Transaction, incidents: Sequence[Incident], now: datetime) -> None:
    """Asks which campaign may explain it, once for each of the services that are hit most."""
    by_place: dict[tuple[str, ...], list[Incident]] = {}
    for one in incidents:
        place = tuple(one.subject.facets.get(name, "") for name in ("group", "workload"))
        by_place.setdefault(place, []).append(one)
    hit_most = sorted(by_place.values(), key=len, reverse=True)[:_MOST_EXPLAINED]
    for mine in hit_most:
        await tx.jobs.wake(Job(JobName.EXPLAIN, mine[0].id), now)


async def _views(
    tx: Transaction, storm: Storm, incidents: Sequence[Incident], kit: Kit
) -> dict[str, StormView]:
    """The storm by channel."""
    closed = await tx.reach.closed()
    by_channel: dict[str, list[Incident]] = {}
    for one in incidents:
        for channel in channels_of(one, kit.house, closed):
            by_channel.setdefault(channel, []).append(one)
    return {
        channel: StormView(storm, tuple(mine), kit.seal) for channel, mine in by_channel.items()
    }


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
        await tx.jobs.wake(Job(JobName.EXPLAIN, saved.id), now)
        _, again = await page_whoever_is_due(tx, saved, kit, now)
        if again is not None:
            await tx.jobs.wake(Job(JobName.ESCALATE, saved.id), again)
