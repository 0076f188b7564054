"""A workload that cannot be looked at: gone, moved, forbidden, or Google is silent. Used by reconcile."""

from dataclasses import replace
from datetime import datetime

from bot.core.reconciling import ENGINEER_NEEDED, Known, unanswered
from bot.errors import GiveUp, NotFound, TryAgain
from bot.flows.ticking import alarm, wake_campaigns
from bot.ports.kit import Kit
from bot.ports.store import AuditRow


async def cannot_look(known: Known, error: TryAgain | GiveUp, kit: Kit) -> datetime | None:
    """Nothing is changed unseen; the engineers hear what only they can help, or what lasts."""
    timing, now = kit.house.timing, known.now
    lasting = isinstance(error, GiveUp)
    words = unanswered(error, "read") if isinstance(error, TryAgain) else error.reason
    if isinstance(error, NotFound) and known.active:
        words += await _elsewhere(known, kit)
    begun = min((claim.hold.start for claim in known.active), default=now)
    if isinstance(error, NotFound) and not known.active:
        return await _is_gone(known, kit)
    async with kit.store.begin() as tx:
        if known.holding is not None and known.holding.trouble != words:
            await tx.capacity.save_holding(replace(known.holding, trouble=words))
            await wake_campaigns(tx, known)
        if lasting or now - begun >= timing.time_to_fix / 3:
            await tx.posts.want(alarm(known, words, kit), now)
    if isinstance(error, GiveUp):
        return now + ENGINEER_NEEDED
    return now + (error.after or (timing.look_again_warming if known.active else timing.look_again))


async def _is_gone(known: Known, kit: Kit) -> datetime | None:
    """Deleted, or moved to another region: there is nothing left to give back."""
    async with kit.store.begin() as tx:
        if known.holding is not None:
            words = "it does not exist any more, so there was nothing left to give back"
            gone = replace(known.holding, restored_at=known.now, operation="", trouble=words)
            await tx.capacity.save_holding(replace(gone, observed=0, observed_at=known.now))
            row = AuditRow(known.now, "headroom", "gone", f"workload/{known.key}", words)
            await tx.audit.add(row)
        await wake_campaigns(tx, known)
    return known.next_start


async def _elsewhere(known: Known, kit: Kit) -> str:
    """Where else there is one of that name, in words ("" nowhere, or nobody can say)."""
    key = known.key
    try:
        fleet = await kit.cloud.discover()
    except (TryAgain, GiveUp):
        return ""
    places = [
        one.key.region for one in fleet if (one.key.kind, one.key.name) == (key.kind, key.name)
    ]
    if not places:
        return ""
    return (
        f"; there is a {key.name} in {' and '.join(sorted(set(places)))}: if it was moved, stop the"
        " campaign and announce it again, so that it is planned there"
    )
