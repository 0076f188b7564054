"""Before a worker pool gives instances back: is it drained? Asks the engineers where it is not. Used by reconcile."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.cards.draining import ask_whether_drained, drained
from bot.cards.drift import drift_subject
from bot.core.draining import Drain, Draining, Terms, draining, emptied_by
from bot.core.fleet import WorkloadKey
from bot.core.message import WantedPost
from bot.core.pipelines import Pipeline, Signal
from bot.core.series import Series
from bot.core.windows import Window
from bot.errors import GiveUp, TryAgain
from bot.flows.ticking import Tick, episode_of
from bot.ports.data import DataMetrics
from bot.ports.kit import Kit

_MINUTE = timedelta(minutes=1)
_LOOK_BACK = 10  # minutes; the newest of them count


async def pool_at_rest(tick: Tick, cpu: Series | None, kit: Kit) -> Draining:
    """Whether instances may be stopped now; the engineers are asked where they may not."""
    seen, holding = tick.sight.seen, tick.sight.holding
    terms = Terms(
        survivors=kit.house.capacity.survivors,
        confirmed_by=holding.drained_by,
        now=tick.now,
        stale_after=kit.house.timing.stale_after,
    )
    found = draining(seen, cpu, terms)
    if found.drain in {Drain.NO_POOL, Drain.SURVIVES, Drain.CONFIRMED}:
        return found
    backlogs = await backlogs_of(seen.key, kit.house.pipelines, kit.data, tick.now)
    found = draining(seen, cpu, replace(terms, backlogs=backlogs))
    about = drift_subject(seen.key, episode_of(tick.known))
    subject = f"drain/{about}"
    surplus = seen.scaling.floor - tick.sight.wanted.floor
    async with kit.store.begin() as tx:
        before = await tx.posts.get(kit.house.engineers, subject)
        if not found.free:
            asked = ask_whether_drained(seen.key, surplus, found, (about, kit.seal))
            await tx.posts.want(WantedPost(kit.house.engineers, subject, asked, lane=0), tick.now)
        elif before is not None:
            told = drained(seen.key, "", found.because)
            await tx.posts.want(WantedPost(kit.house.engineers, subject, told), tick.now)
    return found


async def backlogs_of(
    key: WorkloadKey, pipelines: Sequence[Pipeline], data: DataMetrics, now: datetime
) -> Mapping[str, Mapping[Signal, Series]]:
    """What waits in the subscriptions that the pool empties, by their names; unmeasured is empty."""
    mine = emptied_by(key, pipelines)
    if not mine:
        return {}
    end = now.replace(second=0, microsecond=0)
    try:
        found = await data.signals(mine, Window(end - _LOOK_BACK * _MINUTE, end), _MINUTE)
    except (TryAgain, GiveUp):
        found = {}
    return {one.subscription: found.get(one.name, {}) for one in mine}
