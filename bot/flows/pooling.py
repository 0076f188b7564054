"""Before a worker pool gives instances back: is it drained? Asks the engineers where it is not. Used by reconcile."""

from bot.cards.draining import ask_whether_drained, drained
from bot.cards.drift import drift_subject
from bot.core.draining import Drain, Terms, draining
from bot.core.message import WantedPost
from bot.core.series import Series
from bot.flows.ticking import Tick, episode_of
from bot.ports.kit import Kit


async def busy_pool(tick: Tick, cpu: Series | None, kit: Kit) -> str:
    """Why no instance may be stopped now, which the engineers are asked about; "" where one may."""
    seen, holding = tick.sight.seen, tick.sight.holding
    terms = Terms(
        survivors=kit.house.capacity.survivors,
        confirmed_by=holding.drained_by,
        now=tick.now,
        stale_after=kit.house.timing.stale_after,
    )
    found = draining(seen, cpu, terms)
    if found.drain in {Drain.NO_POOL, Drain.SURVIVES, Drain.CONFIRMED}:
        return ""
    about = drift_subject(seen.key, episode_of(tick.known))
    subject = f"drain/{about}"
    surplus = seen.scaling.floor - tick.sight.wanted.floor
    asked = ask_whether_drained(seen.key, surplus, found.why, (about, kit.seal))
    async with kit.store.begin() as tx:
        before = await tx.posts.get(kit.house.engineers, subject)
        if not found.free:
            await tx.posts.want(WantedPost(kit.house.engineers, subject, asked, lane=0), tick.now)
        elif found.free and before is not None:
            told = WantedPost(kit.house.engineers, subject, drained(seen.key, ""))
            await tx.posts.want(told, tick.now)
    return found.why
