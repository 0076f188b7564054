"""What customers feel, whether data are on time, and the newest advice: gathered for digests and status, level with bot.gathering.

A source that is silent is named; the numbers of the others are used.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.digest.facts import DigestFacts
from bot.core.digest.schedule import Subscription
from bot.core.digest.section import Audience
from bot.core.experience import Objective, Page
from bot.core.fleet import Workload
from bot.core.house import House
from bot.core.objectives import Kept, kept
from bot.core.page_status import Watched, span_of
from bot.core.pipelines import Health, Pipeline, Signal, Timeliness, health_of
from bot.core.series import Metric, Series
from bot.core.sources import Fleet
from bot.core.windows import Window
from bot.errors import GiveUp, TryAgain
from bot.gathering import Question, Seen, gather_digest, look
from bot.ports.kit import Kit
from bot.surroundings import summaries

_PATIENCE = timedelta(seconds=60)
_HOUR = timedelta(hours=1)
_STEP = timedelta(minutes=5)
_DAY = timedelta(days=1)
_DELAY = timedelta(minutes=3)  # Monitoring shows a sample up to this long after its minute
_KEPT = timedelta(days=41)  # Monitoring forgets what is older than six weeks
_OBJECTIVE_METRICS = (Metric.REQUESTS, Metric.ERRORS, Metric.LATENCY_P95)


@dataclass(frozen=True, slots=True)
class Measuring:
    """Pipelines are measured over `span` in steps; a source that needs longer than `patience` is silent."""

    span: Window
    step: timedelta
    now: datetime
    patience: timedelta


async def gather_everything(kit: Kit, subscription: Subscription, span: Window) -> DigestFacts:
    """What bot.gathering has for a digest, with pages, objectives, pipelines and advice (none of it for vendors)."""
    facts = await gather_digest(kit, subscription, span)
    if subscription.audience is Audience.VENDORS:
        return facts
    workloads, now = facts.fleet.workloads, kit.clock.now()
    promised, quiet = await _objectives(kit, workloads, now)
    asked = Measuring(facts.span, _STEP, now, _PATIENCE)
    health, silent = await pipelines_over(kit, kit.house.pipelines, asked)
    async with kit.store.begin() as tx:
        groups = [name for page in kit.house.experience.pages for name in page.groups]
        pages = await summaries(tx, groups, facts.span, kit)
        advice = await tx.snapshots.advice()
    return replace(
        facts,
        pages=pages,
        objectives=promised,
        experience_silent=quiet,
        pipelines=health,
        pipelines_silent=silent,
        advice=advice,
    )


async def watched_pages(kit: Kit, pages: Sequence[Page], now: datetime) -> tuple[Watched, ...]:
    """The pages with their looks of late and what customers feel; nobody outside is asked."""
    if not pages:
        return ()
    span = Window(now - span_of(kit.house.experience), now + timedelta(seconds=1))
    async with kit.store.begin() as tx:
        looks = await tx.experience.looks({page.name for page in pages}, span)
        breaches = {one.page: one for one in await tx.experience.breaches()}
    return tuple(
        Watched(page, tuple(one for one in looks if one.page == page.name), breaches.get(page.name))
        for page in pages
    )


async def _objectives(
    kit: Kit, workloads: Collection[Workload], now: datetime
) -> tuple[tuple[Kept, ...], tuple[str, ...]]:
    """One request a metric for each length that is promised, whatever the number of groups."""
    objectives, silent = kit.house.experience.objectives, set[str]()
    found: list[Kept] = []
    end = now - timedelta(seconds=now.timestamp() % _HOUR.total_seconds())
    for days in sorted({one.days for one in objectives}):
        span = Window(end - timedelta(days=days), end)
        mine = tuple(one for one in objectives if one.days == days)
        wanted = {one.group for one in mine}
        seen = Seen(tuple(one for one in workloads if wanted & set(one.groups)), now)
        fleet = await look(kit, seen, Question(_OBJECTIVE_METRICS, span, _HOUR, _PATIENCE))
        silent |= {f"{what} ({why})" for what, why in fleet.silent.items()}
        found += await asyncio.to_thread(_kept, mine, fleet, kit.house)
    return tuple(found), tuple(sorted(silent))


def _kept(objectives: Sequence[Objective], fleet: Fleet, house: House) -> list[Kept]:
    """A month of a thousand workloads takes seconds; in a thread other jobs have their turn."""
    found = []
    for one in objectives:
        keys = [workload.key for workload in fleet.workloads if one.group in workload.groups]
        series = {
            metric: [s for key in keys if (s := fleet.series(metric, key)) is not None]
            for metric in _OBJECTIVE_METRICS
        }
        group = house.group(one.group)
        found.append(
            kept(
                one,
                group.title if group else one.group,
                series[Metric.REQUESTS],
                series[Metric.ERRORS],
                series[Metric.LATENCY_P95],
            )
        )
    return found


async def pipelines_over(
    kit: Kit, pipelines: Sequence[Pipeline], asked: Measuring
) -> tuple[tuple[Health, ...], tuple[str, ...]]:
    """How each pipeline did, and which source was silent; a number of requests that does not grow with them.

    A job is looked at over twice the time in which it must finish, so that one that runs once a week is
    not called late by a digest of a day.
    """
    if not pipelines:
        return (), ()
    parts = _parts_of(pipelines, asked)
    try:
        async with asyncio.timeout(asked.patience.total_seconds()):
            answers = await asyncio.gather(*(kit.data.signals(*one) for one in parts))
    except (TryAgain, GiveUp, TimeoutError) as error:
        reason = "it did not answer in time" if isinstance(error, TimeoutError) else error.reason
        words = "Cloud Monitoring did not answer"
        blank = tuple(Health(one, Timeliness.UNKNOWN, words) for one in pipelines)
        return blank, (f"the pipelines ({reason})",)
    found: dict[str, dict[Signal, Series]] = {}
    for answer in answers:
        for name, signals in answer.items():
            found.setdefault(name, {}).update(signals)
    measured = ((one, found.get(one.name, {})) for one in pipelines)
    return tuple(health_of(one, signals, now=asked.now) for one, signals in measured), ()


def _parts_of(
    pipelines: Sequence[Pipeline], asked: Measuring
) -> list[tuple[list[Pipeline], Window, timedelta]]:
    """Backlogs over the span; jobs over longer and until now, those that run seldom apart from the others."""
    backlogs = [replace(one, job="") for one in pipelines if one.subscription]
    jobs = [replace(one, subscription="") for one in pipelines if one.job]
    often = [one for one in jobs if (one.every or _DAY) <= 2 * _DAY]
    seldom = [one for one in jobs if one not in often]
    parts = [(backlogs, asked.span, asked.step)]
    end = max(asked.span.end, (asked.now - _DELAY).replace(second=0, microsecond=0))
    for few, shortest in ((often, _STEP), (seldom, _HOUR)):
        longest = max((2 * (one.every or _DAY) for one in few), default=_DAY)
        back = min(max(longest, asked.span.duration), _KEPT)
        start = end - shortest * -(-back // shortest)
        parts.append((few, Window(start, end), shortest))
    return [part for part in parts if part[0]]
