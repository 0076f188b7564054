"""What customers felt, whether data were on time, and the newest advice: gathered for digests, level with bot.gathering.

A source that is silent is named; the numbers of the others are used.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.digest.facts import DigestFacts
from bot.core.digest.schedule import Subscription
from bot.core.digest.section import Audience
from bot.core.experience import Objective
from bot.core.fleet import Workload
from bot.core.house import House
from bot.core.objectives import Kept, kept
from bot.core.pipelines import Health, Timeliness, health_of
from bot.core.series import Metric
from bot.core.sources import Fleet
from bot.core.windows import Window
from bot.errors import GiveUp, TryAgain
from bot.gathering import Question, Seen, gather_digest, look
from bot.ports.kit import Kit
from bot.surroundings import summaries

_PATIENCE = timedelta(seconds=60)
_HOUR = timedelta(hours=1)
_STEP = timedelta(minutes=5)
_OBJECTIVE_METRICS = (Metric.REQUESTS, Metric.ERRORS, Metric.LATENCY_P95)


async def gather_everything(kit: Kit, subscription: Subscription, span: Window) -> DigestFacts:
    """What bot.gathering has for a digest, with pages, objectives, pipelines and advice (none of it for vendors)."""
    facts = await gather_digest(kit, subscription, span)
    if subscription.audience is Audience.VENDORS:
        return facts
    workloads, now = facts.fleet.workloads, kit.clock.now()
    promised, quiet = await _objectives(kit, workloads, now)
    health, silent = await _pipelines(kit, facts.span, now)
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


async def _pipelines(
    kit: Kit, span: Window, now: datetime
) -> tuple[tuple[Health, ...], tuple[str, ...]]:
    pipelines = kit.house.pipelines
    if not pipelines:
        return (), ()
    try:
        signals = await kit.data.signals(pipelines, span, _STEP)
    except (TryAgain, GiveUp) as error:
        words = "Cloud Monitoring did not answer"
        blank = tuple(Health(one, Timeliness.UNKNOWN, words) for one in pipelines)
        return blank, (f"the pipelines ({error.reason})",)
    return tuple(
        health_of(one, signals.get(one.name, {}), now=min(now, span.end)) for one in pipelines
    ), ()
