"""Gives capacity back going by the marks on the workloads; needs no database. Called by `headroom restore`."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from bot.core.claiming import ux_floor_of
from bot.core.draining import Terms as PoolTerms
from bot.core.draining import draining
from bot.core.fleet import Workload, WorkloadKey
from bot.core.giving_back import lowering_metrics, use_of
from bot.core.house import House
from bot.core.restoring import Restoration, Terms, restoration
from bot.core.series import Metric, Series
from bot.core.windows import Window
from bot.errors import AskedWrong, GiveUp, SlowDown, TryAgain
from bot.flows.pooling import backlogs_of
from bot.ports.clock import Clock
from bot.ports.cloud import Cloud, Metrics
from bot.ports.data import DataMetrics, NoDataMetrics

_MINUTE = timedelta(minutes=1)
_ATTEMPTS = 5
_BUSY = (Metric.ACTIVE, Metric.RECOMMENDED, Metric.PENDING, Metric.INSTANCES, Metric.CPU)


@dataclass(frozen=True, slots=True)
class Doors:
    """The ports that restoring needs."""

    cloud: Cloud
    metrics: Metrics
    clock: Clock
    house: House
    data: DataMetrics = field(default_factory=NoDataMetrics)


@dataclass(frozen=True, slots=True)
class Wish:
    """Which workloads (names or keys; none: all that are marked), and how.

    `held` are those that the database says are held now: they are left to the running Headroom.
    `drained` says that worker pools have nothing left to do.
    """

    only: Sequence[str] = ()
    dry_run: bool = False
    force: bool = False
    held: frozenset[WorkloadKey] = frozenset()
    drained: bool = False


@dataclass(frozen=True, slots=True)
class Deed:
    """What came of one workload; `done` when nothing is left to do there, `written` when Google took it."""

    workload: Workload
    words: str
    done: bool
    written: bool = False


async def restore(doors: Doors, wish: Wish) -> AsyncIterator[Deed]:
    """One deed for each marked workload, as it is done; raises what discovering raises."""
    marked = _chosen([one for one in await doors.cloud.discover() if one.marks], wish.only)
    if not marked:
        return
    measured = await _measured(doors, [one.key for one in marked])
    for seen in marked:
        if seen.key in wish.held and not wish.force:
            yield Deed(seen, "held by a campaign of this database: cancel that instead", True)
            continue
        planned = await _planned(doors, seen, measured.get(seen.key, {}), wish)
        yield await _carried_out(doors, planned, dry_run=wish.dry_run)


def _chosen(marked: Sequence[Workload], only: Sequence[str]) -> list[Workload]:
    if not only:
        return list(marked)
    known = {name for one in marked for name in (str(one.key), one.key.name)}
    unknown = [name for name in only if name not in known]
    if unknown:
        raise AskedWrong(f"No workload with Headroom's marks is called {', '.join(unknown)}.")
    return [one for one in marked if {str(one.key), one.key.name} & set(only)]


async def _planned(
    doors: Doors, seen: Workload, measured: Mapping[Metric, Series], wish: Wish
) -> Restoration:
    now, house = doors.clock.now(), doors.house
    known = {metric: measured[metric] for metric in lowering_metrics(seen) if metric in measured}
    use = use_of(seen, known, now=now, stale_after=house.timing.stale_after)
    confirmed_by = "the command line" if wish.drained else ""
    known_of_pools = PoolTerms(
        survivors=house.capacity.survivors,
        confirmed_by=confirmed_by,
        now=now,
        stale_after=house.timing.stale_after,
        backlogs=await backlogs_of(seen.key, house.pipelines, doors.data, now),
    )
    working = draining(seen, measured.get(Metric.CPU), known_of_pools).why
    terms = Terms(ux_floor_of(seen, house), now, house.zone, wish.force, working)
    if seen.marks is None:
        return Restoration(seen, None, "nothing is marked any more", True)
    return restoration(seen, seen.marks, use, terms)


async def _carried_out(doors: Doors, planned: Restoration, *, dry_run: bool) -> Deed:
    """One write, tried again while Google is only busy."""
    seen, change = planned.workload, planned.change
    if change is None:
        return Deed(seen, planned.words, planned.finished)
    for _ in range(_ATTEMPTS):
        try:
            await doors.cloud.set_scaling(seen.key, change, seen.token, dry_run=dry_run)
        except SlowDown as error:
            await doors.clock.sleep_until(doors.clock.now() + (error.after or _MINUTE))
        except (TryAgain, GiveUp) as error:
            return Deed(seen, error.reason, done=False)
        else:
            return Deed(seen, planned.words, planned.finished, written=not dry_run)
    return Deed(seen, "Google's write quota stays used up", done=False)


async def _measured(
    doors: Doors, keys: Sequence[WorkloadKey]
) -> dict[WorkloadKey, dict[Metric, Series]]:
    """What says how many instances are busy; nothing where Cloud Monitoring does not answer."""
    now = doors.clock.now()
    window = Window(now - 2 * doors.house.timing.stale_after - 2 * _MINUTE, now)
    try:
        answers = await asyncio.gather(
            *(doors.metrics.series(metric, keys, window, _MINUTE) for metric in _BUSY)
        )
    except (TryAgain, GiveUp):
        return {}
    found: dict[WorkloadKey, dict[Metric, Series]] = {}
    for metric, answer in zip(_BUSY, answers, strict=True):
        for key, series in answer.items():
            found.setdefault(key, {})[metric] = series
    return found
