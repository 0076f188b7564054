"""Sorts the alerts that have come in into incidents, and shows what changed. The key is "all".

One batch is one transaction: rulings, incidents, their messages and pages are stored together, so that
after a crash the same alerts are sorted again into the same incidents. Where a batch cannot be sorted,
each of its alerts is one.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from bot.cards.alerts import unreadable_card, way_works_card
from bot.core.alert import Alert, AlertKind, Notification, Unreadable
from bot.core.alert_parsing import parse, unreadable
from bot.core.budget_notices import newest, spending_of
from bot.core.grouping import key_of, sort_in
from bot.core.incident import Event, EventKind, Incident
from bot.core.message import WantedPost
from bot.core.ruling import Reason, Sorted
from bot.core.storm import RATE_WINDOW, Storm, too_many
from bot.incidents import page_whoever_is_due, show
from bot.ports.jobs import EVERYBODY, Job, JobName
from bot.ports.kit import Kit
from bot.ports.store import Transaction

_Reader = Callable[[Notification], Alert | Unreadable]

_BATCH = 250
# What content that nobody foresaw does to code; what the database or the network does is none of it.
_UNFORESEEN = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
_OF_BUDGETS = frozenset({AlertKind.COST, AlertKind.BUDGET_STATUS})
_COALESCE = timedelta(seconds=2)  # many batches of a storm are one change for Home tabs
# An attribute of the Pub/Sub message: a daily test that nobody needs to read.
_HEARTBEAT = ("headroom", "heartbeat")

log = logging.getLogger("headroom.alerts")


async def alerts(key: str, kit: Kit) -> datetime | None:
    """One batch of what waits; returns at once if there may be more."""
    try:
        return await _batch(kit, _BATCH)
    except _UNFORESEEN:
        log.exception("a batch of alerts cannot be sorted; each is sorted alone")
    return await _singly(kit)


async def _singly(kit: Kit) -> datetime | None:
    """One that cannot be sorted holds up no other: it is kept, and told as one that is not understood."""
    for _ in range(_BATCH):
        try:
            again = await _batch(kit, 1)
        except _UNFORESEEN as error:
            why = f"Headroom stumbles over it ({type(error).__name__})"
            again = await _batch(kit, 1, partial(unreadable, why=why))
        if again is None:
            return None
    return kit.clock.now()


async def _batch(kit: Kit, most: int, read_one: _Reader = parse) -> datetime | None:
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        waiting = await tx.alerts.waiting(most)
        if not waiting:
            return None
        read = [read_one(one) for one in waiting]
        known = [one for one in read if isinstance(one, Alert)]
        situation = await tx.alerts.situation(
            [key_of(one, kit.house) for one in known], [one.source_id for one in known]
        )
        result = sort_in(read, situation, kit.house, now)
        await _hear_budgets(tx, waiting, known)
        await tx.alerts.rule(result.rulings, now)
        await tx.alerts.put_signals(result.signals)
        await tx.alerts.tell(result.events)
        await _keep(tx, result, kit, now)
        if result.incidents:
            await tx.jobs.wake(Job(JobName.HOME, EVERYBODY), now + _COALESCE)
        await _tell_engineers(tx, result, waiting, kit)
    return now if len(waiting) == most else None


async def _hear_budgets(
    tx: Transaction, waiting: Sequence[Notification], known: Sequence[Alert]
) -> None:
    """What billing budgets say of spending is kept for the guardrails, whether or not it is an alert."""
    budgets = {one.identity for one in known if one.kind in _OF_BUDGETS}
    if not budgets:
        return
    found = [spending_of(one) for one in waiting if one.identity in budgets]
    heard = [one for one in found if one is not None]
    await tx.snapshots.keep_spending(newest(await tx.snapshots.spending(), heard))


async def _keep(tx: Transaction, result: Sorted, kit: Kit, now: datetime) -> None:
    """Saves what changed; shows it singly, or as part of a storm."""
    storm = await _storm(tx, result.incidents, kit, now)
    told = _told(result) if storm is None else {}
    placed = [_placed(one, storm, now) for one in result.incidents]
    for saved in await tx.alerts.save_all(placed):
        await show(tx, saved, kit, now, told.get(saved.id, ()))
        if saved.id in result.look:
            await _look(tx, saved, kit, now)
        if (saved.lapped_at or saved.opened_at) == now and not saved.folded:
            await tx.jobs.wake(Job(JobName.EXPLAIN, saved.id), now)
    if storm is not None:
        await tx.storms.fold(storm.id, [one.id for one in placed if one.storm == storm.id])
        await tx.jobs.wake(Job(JobName.STORM, storm.id), now)


def _told(result: Sorted) -> dict[str, list[Event]]:
    """The events by incident that its thread may tell: a silent ruling (a snooze, say) is silent there too."""
    speaks = {one.incident_id for one in result.rulings if one.reason.speaks}
    told: dict[str, list[Event]] = {}
    for event in result.events:
        # That it is explained by another takes back what was going to be said, and says nothing.
        if event.incident_id in speaks or event.kind is EventKind.INHIBITED:
            told.setdefault(event.incident_id, []).append(event)
    return told


def _placed(incident: Incident, storm: Storm | None, now: datetime) -> Incident:
    """What begins in a storm is folded into it; what fires again after it is on its own."""
    if storm is not None and incident.version == 0 and incident.spoken_at is not None:
        return replace(incident, storm=storm.id, folded=True)
    if storm is None and incident.folded and incident.lapped_at == now:
        return replace(incident, folded=False)
    return incident


async def _look(tx: Transaction, incident: Incident, kit: Kit, now: datetime) -> None:
    """Pages at once, so that the first message mentions who is wanted; a storm pages for all of its own."""
    escalate = Job(JobName.ESCALATE, incident.id)
    if incident.paged_by_storm:
        return
    if incident.folded or incident.inhibited_by or not incident.open:
        await tx.jobs.wake(escalate, now)
        return
    _, again = await page_whoever_is_due(tx, incident, kit, now)
    if again is not None:
        await tx.jobs.wake(escalate, again)


async def _storm(
    tx: Transaction, incidents: Sequence[Incident], kit: Kit, now: datetime
) -> Storm | None:
    """The storm that these came in; None while they can be told one by one."""
    new = [
        one
        for one in incidents
        if one.spoken_at is not None and (one.lapped_at or one.opened_at) == now
    ]
    recent = await tx.alerts.opened_since(now - RATE_WINDOW)
    storm = await tx.storms.lasting()
    heavy = too_many(recent, len(new), kit.house.alerts.storm_per_minute)
    if storm is None or (storm.over(now) and not heavy):
        if not heavy:
            return None
        storm = storm or Storm(id=new[0].id, began_at=now, last_at=now)
    return await tx.storms.save(replace(storm, last_at=now)) if new else storm


async def _tell_engineers(
    tx: Transaction, result: Sorted, waiting: Sequence[Notification], kit: Kit
) -> None:
    """What cannot be understood, and tests: both are about the way, not about the shop."""
    now = kit.clock.now()
    reasons = {ruling.reason for ruling in result.rulings}
    if Reason.UNREADABLE in reasons:
        # By the day, as its message is: yesterday's were told yesterday.
        today = now.replace(hour=0, minute=0, second=0, microsecond=0)
        found, total = await tx.alerts.unreadable(today)
        card = unreadable_card(found, total=total)
        subject = f"alerts/unreadable/{now:%Y-%m-%d}"
        await tx.posts.want(WantedPost(kit.house.engineers, subject, card), now)
    by_identity = {one.identity: one for one in waiting}
    for ruling in result.rulings:
        came = by_identity[ruling.identity]
        if ruling.reason is Reason.TEST and came.attributes.get(_HEARTBEAT[0]) != _HEARTBEAT[1]:
            card = way_works_card(came.received_at, came.via, house=kit.house)
            subject = f"alerts/test/{now:%Y-%m-%d}"
            await tx.posts.want(WantedPost(kit.house.engineers, subject, card), now)
