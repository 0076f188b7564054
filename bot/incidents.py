"""Shows incidents as they stand, in every channel they belong to, and pages whoever is due; called by the flows.

A channel that is closed to Headroom is replaced by the fallback. A reply that nobody has seen yet gives
way to a newer one, so that after an outage people see the truth, and no page after an acknowledgement.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.cards.incident import IncidentView, incident_card
from bot.cards.incident_replies import (
    assigned_in_storm,
    event_reply,
    page_reply,
    storm_page,
)
from bot.core.change import Changed
from bot.core.escalation import next_page, paged
from bot.core.house import House
from bot.core.incident import Event, EventKind, Incident, Phase
from bot.core.message import Message, WantedPost
from bot.core.page import Page, PageReason
from bot.core.storm_calls import calls_of, page_name, standing, with_call
from bot.ports.jobs import EVERYBODY, Job, JobName
from bot.ports.kit import Kit
from bot.ports.store import Transaction

_ROOT, _REPLY, _PAGE = 1, 2, 0
_MOST_PAGES_AT_ONCE = 5
_COALESCE = timedelta(seconds=2)  # many changes in a row are one for Home tabs


def channels_of(incident: Incident, house: House, closed: Mapping[str, str]) -> tuple[str, ...]:
    """Where it is shown: its own channels, and for those that are closed the best that is open."""
    own = own_channels(incident, house)
    return tuple(dict.fromkeys(open_channel(one, house, closed) for one in own))


def own_channels(incident: Incident, house: House) -> tuple[str, ...]:
    """Where it belongs: its route's channels, the engineers' if that names none."""
    return incident.channels or (house.engineers,)


def open_channel(channel: str, house: House, closed: Mapping[str, str]) -> str:
    """The channel itself, else the fallback, the engineers', the default one, the owner directly."""
    return next((one for one in (channel, *_homes(house)) if one not in closed), channel)


def _homes(house: House) -> list[str]:
    """Where alerts go when their channels are closed, the best first."""
    rules = house.alerts
    homes = (rules.fallback_channel, house.engineers, house.default_channel, rules.owner)
    return [one for one in homes if one]


async def places_of(
    tx: Transaction, subject: str, channels: Sequence[str], house: House
) -> tuple[str, ...]:
    """The channels, and those where it was shown while one of them was closed: none tells an old truth."""
    closed = await tx.reach.closed()
    others = [one for one in _homes(house) if one not in channels and one not in closed]
    return (*channels, *await tx.posts.places(subject, others)) if others else tuple(channels)


def root_of(incident: Incident) -> str:
    """The subject of its one message."""
    return f"incident/{incident.id}"


async def view_of(tx: Transaction, incident: Incident, kit: Kit) -> IncidentView:
    """The incident with all that its message tells."""
    pages = await tx.alerts.pages(incident.id)
    cause = await tx.alerts.get(incident.inhibited_by) if incident.inhibited_by else None
    signals = await tx.alerts.signals(incident.id, 10)
    mine = tuple(page for page in pages if page.lap == incident.lap)
    return IncidentView(incident, tuple(signals), mine, kit.seal, cause)


async def show(
    tx: Transaction, incident: Incident, kit: Kit, now: datetime, events: Sequence[Event] = ()
) -> None:
    """Says how it must look now, and tells its threads what people must see of `events`.

    What never spoke stays silent; what is folded is shown by its storm.
    """
    if incident.storm:
        await tx.jobs.wake(Job(JobName.STORM, incident.storm), now)
    if incident.folded:
        await _tell_assignee(tx, incident, kit, now, events)
    if incident.folded or incident.spoken_at is None:
        return
    if incident.spoken_at == now:
        await tx.jobs.wake(Job(JobName.EXPLAIN, incident.id), now)
    card = incident_card(await view_of(tx, incident, kit), house=kit.house, now=now)
    root = root_of(incident)
    own = channels_of(incident, kit.house, await tx.reach.closed())
    for channel in own:
        for event in events:
            await _reply(tx, channel, incident, event, now)
    for channel in await places_of(tx, root, own, kit.house):
        await tx.posts.want(WantedPost(channel, root, card, lane=_ROOT), now)


async def keep(
    tx: Transaction, changed: Changed, kit: Kit, now: datetime, *, silent: bool = False
) -> Incident:
    """Saves a change with its events and its snooze, and shows it; Stale if somebody was faster."""
    saved = await tx.alerts.save(changed.incident)
    await tx.alerts.tell(changed.events)
    await tx.jobs.wake(Job(JobName.HOME, EVERYBODY), now + _COALESCE)
    if changed.snooze is not None:
        await tx.alerts.put_snooze(changed.snooze)
    await show(tx, saved, kit, now, () if silent else changed.events)
    return saved


async def page_whoever_is_due(
    tx: Transaction, incident: Incident, kit: Kit, now: datetime
) -> tuple[Incident, datetime | None]:
    """Stores and sends what is due; returns the incident, and when to look again."""
    rules = kit.house.alerts
    for _ in range(_MOST_PAGES_AT_ONCE):
        turn = next_page(incident, rules, now)
        if turn.page is None:
            return incident, turn.look_again
        changed = paged(incident, turn.page, rules)
        if await tx.alerts.add_page(turn.page):
            changed = await _page(tx, incident, turn.page, changed, kit)
        incident = await keep(tx, changed, kit, now)
    return incident, now


async def _tell_assignee(
    tx: Transaction, incident: Incident, kit: Kit, now: datetime, events: Sequence[Event]
) -> None:
    """What a storm's summary and lists do not tell: whoever is given one of its incidents hears of it."""
    given = [one for one in events if one.kind is EventKind.ASSIGNED]
    parent = f"storm/{incident.storm}"
    for event in given:
        message = assigned_in_storm(incident, event)
        subject = f"{parent}/assigned/{incident.id}.{incident.version}"
        for channel in channels_of(incident, kit.house, await tx.reach.closed()):
            post = WantedPost(channel, subject, message, thread_of=parent, lane=_REPLY)
            await tx.posts.want(post, now)


async def _page(
    tx: Transaction, incident: Incident, page: Page, after: Changed, kit: Kit
) -> Changed:
    """Mentions all who are wanted, once; in a root message that nobody has seen it is said there."""
    if incident.folded:
        storm = await tx.storms.incidents(incident.storm)
        call = standing(incident, page, calls_of(storm, kit.house.alerts), kit.house.alerts)
        if call is None:
            await page_for_storm(tx, incident, page, storm, kit)
        return with_call(after, page, call)
    if page.people or page.user_groups:
        await _page_alone(tx, incident, page, kit)
    return after


async def _page_alone(tx: Transaction, incident: Incident, page: Page, kit: Kit) -> None:
    closed = await tx.reach.closed()
    for channel in channels_of(incident, kit.house, closed):
        root = await tx.posts.get(channel, root_of(incident))
        if root is None or (not root.ts and root.claimed_at is None):
            continue
        unseen = await _unseen_pages(tx, channel, incident)
        reply = page_reply(incident, [*unseen, page])
        name = f"page/{page.lap}.{page.number}"
        await tx.posts.want(_under(incident, channel, name, reply, _PAGE), page.at)


async def page_for_storm(
    tx: Transaction, incident: Incident, page: Page, storm: Sequence[Incident], kit: Kit
) -> None:
    """One page for all incidents of its storm, which are given.

    Where somebody asks for the next level of one of them, that one is told by its name.
    """
    if not (page.people or page.user_groups):
        return
    parent = f"storm/{incident.storm}"
    name = page_name(page, kit.house.alerts, incident.schedule)
    waiting = sum(one.folded and one.phase is Phase.TRIGGERED for one in storm)
    single = page.reason is PageReason.URGED
    message = page_reply(incident, [page]) if single else storm_page([page], waiting)
    for channel in channels_of(incident, kit.house, await tx.reach.closed()):
        post = WantedPost(channel, f"{parent}/page/{name}", message, thread_of=parent, lane=_PAGE)
        await tx.posts.want(post, page.at)


async def _unseen_pages(tx: Transaction, channel: str, incident: Incident) -> list[Page]:
    """Pages whose message nobody has seen: it is taken back, and the next one is for them too."""
    taken = await tx.posts.withdraw(channel, root_of(incident))
    never_begun = {post.wanted.subject for post in taken if post.claimed_at is None}
    prefix = f"{root_of(incident)}/page/"
    pages = await tx.alerts.pages(incident.id)
    return [one for one in pages if f"{prefix}{one.lap}.{one.number}" in never_begun]


async def _reply(
    tx: Transaction, channel: str, incident: Incident, event: Event, now: datetime
) -> None:
    """A reply for what people must see, unless nobody has seen the root: then that tells it.

    Replies that nobody has seen are taken back; one that may be in Slack says this instead. Pages among
    them are not, while somebody is still wanted: a rise of severity must not swallow a call.
    """
    message = event_reply(incident, event)
    if message is None:
        if event.kind is EventKind.INHIBITED:
            await tx.posts.withdraw(channel, root_of(incident))
        return
    root = await tx.posts.get(channel, root_of(incident))
    wanted = incident.phase is Phase.TRIGGERED and not incident.hushed(now)
    begins = f"{root_of(incident)}/said/" if wanted else ""
    taken = await tx.posts.withdraw(channel, root_of(incident), begins=begins)
    begun = [post for post in taken if post.claimed_at is not None]
    for post in begun:
        await tx.posts.want(replace(post.wanted, message=message), now)
    if begun or root is None or not root.ts:
        return
    name = f"said/{incident.version}"
    await tx.posts.want(_under(incident, channel, name, message, _REPLY), now)


def _under(incident: Incident, channel: str, name: str, message: Message, lane: int) -> WantedPost:
    """A reply in the incident's thread."""
    root = root_of(incident)
    return WantedPost(channel, f"{root}/{name}", message, thread_of=root, lane=lane)
