"""`/headroom status [group|campaign|workload]`: how things stand, answered in seconds. The key is the delivery's identity.

What does not come in time is left out and named; the question is answered once.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.cards.answers import mistake
from bot.cards.status import Lag, StatusRow, StatusView, status_card
from bot.core.asked_status import Everything, Subject, understand_subject
from bot.core.campaign import Campaign, CampaignState
from bot.core.command import Verb, parse_command
from bot.core.delivery import Delivery
from bot.core.digest.data import pipelines_section
from bot.core.digest.section import Section
from bot.core.draining import emptied_by
from bot.core.fleet_status import Standing, fleet_section
from bot.core.house import Group
from bot.core.local_days import day_so_far, days_span, earlier_span, local_day
from bot.core.message import Message
from bot.core.money import ZERO, Money
from bot.core.page_status import pages_section
from bot.core.sources import Fleet
from bot.core.windows import Window
from bot.errors import AskedWrong
from bot.facts import answer_to
from bot.felt import Measuring, pipelines_over, watched_pages
from bot.flows.outside import turned_away
from bot.gathering import SPENDING_METRICS, STATUS_METRICS, Question, Seen, look, see
from bot.ports.kit import Kit
from bot.ports.store import Transaction

_MINUTE = timedelta(minutes=1)
_HALF_HOUR = timedelta(minutes=30)
_DELAY = timedelta(minutes=3)  # Monitoring shows a sample up to this long after its minute
_SPAN = timedelta(minutes=10)
_PATIENCE = timedelta(seconds=8)
_RECENT = 200
_LISTED = 5  # pipelines that are listed singly without being asked for
_SPENDING = frozenset(
    {
        CampaignState.SCHEDULED,
        CampaignState.WARMING,
        CampaignState.LIVE,
        CampaignState.RESTORING,
        CampaignState.DONE,
    }
)


@dataclass(frozen=True, slots=True)
class _Part:
    """What is asked about: campaigns, and workloads (`single`: listed one by one) of all that there are.

    `groups` are those behind it (None: everything is asked about).
    """

    rows: tuple[StatusRow, ...]
    whole: Seen
    part: Seen
    groups: tuple[str, ...] | None = None
    title: str = ""
    single: bool = False


async def status(key: str, kit: Kit) -> datetime | None:
    """One private message; the same delivery is answered once."""
    async with kit.store.begin() as tx:
        delivery = await tx.inbox.get(key)
        rows = [await _row(tx, one) for one in await tx.campaigns.open()]
        recent = [await _row(tx, one) for one in await tx.campaigns.recent(_RECENT)]
    if delivery is None or await turned_away(delivery, kit):
        return None
    now = kit.clock.now()
    seen = await see(kit, _PATIENCE)
    try:
        asked = _understood(delivery, (rows, recent), seen, kit)
    except AskedWrong as error:
        await _answer(delivery, mistake(str(error)), kit)
        return None
    standing, felt = await asyncio.gather(_standing(kit, asked, now), _felt(kit, asked, now))
    # In a thread: a large fleet takes a second, and other jobs want their turn.
    capacity = await asyncio.to_thread(fleet_section, standing, now)
    async with kit.store.begin() as tx:
        late = [post for post in await tx.posts.behind() if post.wanted_at < now]
        pauses = tuple(await tx.oversight.pauses())
    lag = Lag(len(late), now - late[0].wanted_at if late else None)
    view = StatusView(asked.rows, lag, (capacity, *felt), pauses, asked.title)
    await _answer(delivery, status_card(view, house=kit.house, now=now), kit)
    return None


async def _answer(delivery: Delivery, message: Message, kit: Kit) -> None:
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        if await tx.inbox.handled(delivery.identity, now):
            await tx.posts.want(answer_to(delivery, message, kit.house), now)


async def _row(tx: Transaction, campaign: Campaign) -> StatusRow:
    stored = await tx.campaigns.plan(campaign.id, campaign.plan_version)
    return StatusRow(campaign, stored[0] if stored else None)


def _understood(
    delivery: Delivery, known: tuple[list[StatusRow], list[StatusRow]], seen: Seen, kit: Kit
) -> _Part:
    rows, recent = known
    command = parse_command(delivery.command, delivery.text)
    rest = command.rest if command.verb is Verb.STATUS else ""
    campaigns = [row.campaign for row in (*rows, *recent)]
    subject = understand_subject(rest, kit.house, campaigns, [one.key for one in seen.workloads])
    return _part(subject, rows, recent, seen)


def _part(subject: Subject, rows: list[StatusRow], recent: list[StatusRow], seen: Seen) -> _Part:
    match subject:
        case Everything():
            return _Part(tuple(rows), seen, seen)
        case Group():
            own = [row for row in rows if subject.name in row.campaign.announcement.groups]
            part = seen.of_groups([subject.name])
            return _Part(tuple(own), seen, part, (subject.name,), subject.title, True)
        case Campaign():
            found = next(row for row in (*rows, *recent) if row.campaign.id == subject.id)
            groups = subject.announcement.groups
            part = seen.of_groups(groups)
            return _Part((found,), seen, part, groups, subject.announcement.name, True)
        case tuple():
            named = set(subject)
            kept = tuple(one for one in seen.workloads if one.key in named)
            theirs = {name for one in kept for name in one.groups}
            own = [row for row in rows if theirs & set(row.campaign.announcement.groups)]
            part = Seen(kept, seen.at, seen.trouble)
            return _Part(tuple(own), seen, part, tuple(sorted(theirs)), subject[0].name, True)


async def _standing(kit: Kit, asked: _Part, now: datetime) -> Standing:
    """Measures of all workloads, as limits are shared; what it cost only of those asked about."""
    span = _recent(now)
    recent = Question(STATUS_METRICS, span, _MINUTE, _PATIENCE)
    today = day_so_far(now, kit.house.zone, span.end, _HALF_HOUR)
    before = earlier_span(today, 1, kit.house.zone) if today is not None else None
    whole, spent, spent_before = await asyncio.gather(
        look(kit, asked.whole, recent),
        _spent(kit, asked.part, today),
        _spent(kit, asked.part, before),
    )
    return Standing(
        house=kit.house,
        whole=whole,
        fleet=whole.of(one.key for one in asked.part.workloads),
        today=spent,
        week_ago=spent_before,
        planned=_planned(asked, now, kit.house.zone),
        by_workload=asked.single,
    )


async def _felt(kit: Kit, asked: _Part, now: datetime) -> list[Section]:
    """What customers feel and whether data are on time, of what is asked about."""
    rules, pipelines, single = kit.house.experience, kit.house.pipelines, asked.single
    pages = rules.pages if asked.groups is None else rules.of(asked.groups)
    if asked.groups is not None:
        workloads = [one.key for one in asked.part.workloads]
        emptied = {one.name for key in workloads for one in emptied_by(key, pipelines)}
        theirs = set(asked.groups)
        pipelines = tuple(
            one for one in pipelines if one.name in emptied or theirs & set(one.groups)
        )
    recent = Measuring(_recent(now), _MINUTE, now, _PATIENCE)
    watched, (health, silent) = await asyncio.gather(
        watched_pages(kit, pages, now), pipelines_over(kit, pipelines, recent)
    )
    few = single or len(health) <= _LISTED
    found = (
        pages_section(watched, rules, now, singly=single),
        pipelines_section(health, silent, singly=few),
    )
    return [one for one in found if one is not None]


def _recent(now: datetime) -> Window:
    """The last minutes that Monitoring can tell of."""
    until = (now - _DELAY).replace(second=0, microsecond=0)
    return Window(until - _SPAN, until)


async def _spent(kit: Kit, seen: Seen, span: Window | None) -> Fleet | None:
    if span is None:
        return None
    return await look(kit, seen, Question(SPENDING_METRICS, span, _HALF_HOUR, _PATIENCE))


def _planned(asked: _Part, now: datetime, zone: str) -> Money:
    """What the campaigns of today are planned to cost, as far as they are settled."""
    today = days_span(local_day(now, zone), 1, zone)
    plans = [
        row.plan
        for row in asked.rows
        if row.plan is not None
        and row.campaign.state in _SPENDING
        and row.campaign.announcement.window.overlaps(today)
    ]
    return sum((plan.cost for plan in plans), start=ZERO)
