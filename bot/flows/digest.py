"""Sends one digest, once. The key is `<channel>/<cadence>`."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.cards.digest import DigestView, digest_card, withheld_card
from bot.core.digest.composing import compose
from bot.core.digest.schedule import (
    Due,
    Run,
    Subscription,
    all_of,
    last_due,
    late_by,
    missed_between,
    span_of,
)
from bot.core.digest.section import Audience, Section
from bot.core.message import WantedPost
from bot.errors import GiveUp, TryAgain
from bot.felt import gather_everything
from bot.ports.kit import Kit
from bot.ports.store import Transaction

# A source that is silent is asked again before the digest comes without it.
_WAIT = timedelta(minutes=20)
_AGAIN = timedelta(minutes=2)
_LANE = 7


async def digest(key: str, kit: Kit) -> datetime | None:
    """Posts the newest that is due unless it was dealt with; those before it are named as missed.

    TryAgain while a source is silent, for a while.
    """
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        found = await _waiting(tx, key, kit, now)
    if found is None:
        return None
    subscription, due = found
    if subscription.audience is not Audience.VENDORS and await _read_by_others(kit, subscription):
        await _withhold(subscription, due, kit)
        return None
    facts = await gather_everything(kit, subscription, span_of(subscription, due))
    if facts.fleet.silent and now < due.at + _WAIT:
        raise TryAgain(f"the digest waits for {', '.join(facts.fleet.silent)}", _AGAIN)
    # In a thread: a large fleet takes seconds, and other jobs want their turn.
    groups = subscription.groups
    sections = await asyncio.to_thread(compose, facts, now, subscription.audience, groups=groups)
    async with kit.store.begin() as tx:
        await _send(tx, subscription, due, sections, kit)
    return None


async def _waiting(
    tx: Transaction, key: str, kit: Kit, now: datetime
) -> tuple[Subscription, Due] | None:
    """The digest to send; None where there is none, or it is muted (then it counts as dealt with)."""
    one = all_of(kit.house.digests, await tx.digests.subscriptions()).get(key)
    if one is None:
        return None
    due = last_due(one, now)
    last = await tx.digests.last_run(one.channel, one.cadence)
    if last is None or last.covers >= due.covers:
        return None
    mute = await tx.digests.muted(one.channel)
    if mute is not None and mute.lasts(now):
        await tx.digests.ran(Run(one.channel, one.cadence, due.covers, now, "muted"))
        return None
    return one, due


async def _read_by_others(kit: Kit, one: Subscription) -> bool:
    """Where Slack does not say (a scope is missing, no such channel), headroom.yaml's word counts."""
    try:
        return await kit.chat.shared(one.channel)
    except GiveUp:
        return False


async def _withhold(one: Subscription, due: Due, kit: Kit) -> None:
    """Our own people's digest stays out of a shared channel; the engineers read why, once a channel."""
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        if await tx.digests.ran(Run(one.channel, one.cadence, due.covers, now, "withheld")):
            subject = f"digest/withheld/{one.channel}"
            await tx.posts.want(WantedPost(kit.house.engineers, subject, withheld_card(one)), now)


async def _send(
    tx: Transaction, one: Subscription, due: Due, sections: Sequence[Section], kit: Kit
) -> None:
    """The run and the post in one transaction: whoever comes second finds the run and posts nothing."""
    now = kit.clock.now()
    last = await tx.digests.last_run(one.channel, one.cadence)
    missed = missed_between(one, last.covers, due.covers) if last is not None else ()
    if not await tx.digests.ran(Run(one.channel, one.cadence, due.covers, now, "posted")):
        return
    view = DigestView(one, due, sections, late_by(due, now), missed)
    card = digest_card(view, house=kit.house, now=now)
    subject = f"digest/{one.cadence}/{due.covers.isoformat()}"
    await tx.posts.want(WantedPost(one.channel, subject, card, lane=_LANE), now)
