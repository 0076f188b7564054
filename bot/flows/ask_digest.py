"""`/headroom digest …`: preview, subscribe, mute. The key is the delivery's identity; rights are checked here."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from bot.cards.answers import mistake
from bot.cards.digest import DigestView, digest_card, state_card, subscribed_card
from bot.core.command import parse_command
from bot.core.delivery import Delivery
from bot.core.digest.asked import Act, AskedDigest, understand_digest
from bot.core.digest.composing import compose
from bot.core.digest.schedule import Mute, Run, Subscription, all_of, last_due, span_of
from bot.core.digest.section import Audience, Cadence
from bot.core.house import House
from bot.core.message import Message, WantedPost
from bot.core.verdict import Role
from bot.errors import AskedWrong, GiveUp, TryAgain
from bot.facts import Roles, answer_to, look_up_roles
from bot.felt import gather_everything
from bot.flows.outside import turned_away
from bot.ports.jobs import Job, JobName
from bot.ports.kit import Kit
from bot.ports.store import AuditRow, Transaction

_WAIT_FOR_ROLES = timedelta(minutes=2)
_SETTERS = frozenset({Role.ENGINEER, Role.ADMIN})
_MONEY = frozenset({Role.FINANCE, Role.ADMIN})
_READERS = {
    Audience.ENGINEERS: frozenset({Role.ENGINEER, Role.APPROVER, Role.ADMIN}),
    Audience.FINANCE: frozenset({Role.FINANCE, Role.ADMIN, Role.ENGINEER}),
    Audience.BUSINESS: frozenset(Role),
    Audience.VENDORS: frozenset({Role.ENGINEER, Role.ADMIN}),
}


@dataclass(frozen=True, slots=True)
class _Request:
    """Who asks what, where; `standing` is what the channel gets already, by cadence."""

    delivery: Delivery
    asked: AskedDigest
    roles: frozenset[Role]
    standing: dict[Cadence, Subscription]
    now: datetime

    @property
    def channel(self) -> str:
        """Where it was asked."""
        return self.delivery.channel


async def ask_digest(key: str, kit: Kit) -> datetime | None:
    """Does it once and answers privately; everybody in the channel reads of a new subscription."""
    async with kit.store.begin() as tx:
        delivery = await tx.inbox.get(key)
    if delivery is None or await turned_away(delivery, kit):
        return None
    roles = await look_up_roles(kit, delivery.user)
    try:
        request = await _request(delivery, roles, kit)
        preview = await _preview(request, kit) if request.asked.act is Act.PREVIEW else None
        if request.asked.act is Act.SUBSCRIBE:
            await _refuse_where_others_read(request, kit)
        async with kit.store.begin() as tx:
            if await tx.inbox.handled(key, request.now):
                answer = preview or await _do(tx, request, kit)
                await tx.posts.want(answer_to(delivery, answer, kit.house), request.now)
    except AskedWrong as error:
        async with kit.store.begin() as tx:
            if await tx.inbox.handled(key, kit.clock.now()):
                wrong = answer_to(delivery, mistake(str(error)), kit.house)
                await tx.posts.want(wrong, kit.clock.now())
    return None


async def _request(delivery: Delivery, roles: Roles, kit: Kit) -> _Request:
    """AskedWrong where it is not understood, or not theirs to ask; TryAgain while roles are not certain."""
    now = kit.clock.now()
    asked = understand_digest(parse_command(delivery.command, delivery.text).rest)
    async with kit.store.begin() as tx:
        known = all_of(kit.house.digests, await tx.digests.subscriptions())
    mine = {one.cadence: one for one in known.values() if one.channel == delivery.channel}
    request = _Request(delivery, asked, roles.held, mine, now)
    refusal = _refusal(request, kit.house)
    if refusal:
        if not roles.certain and now - delivery.received_at < _WAIT_FOR_ROLES:
            raise TryAgain("Slack does not say who is in which user group", timedelta(seconds=5))
        raise AskedWrong(refusal)
    return request


async def _refuse_where_others_read(request: _Request, kit: Kit) -> None:
    """Only headroom.yaml can say what another company may see; AskedWrong."""
    if _audience(request, kit.house) is Audience.VENDORS:
        return
    try:
        shared = await kit.chat.shared(request.channel)
    except GiveUp as error:
        raise AskedWrong(
            f"I cannot tell whether people of another company read this channel ({error.reason}). "
            "An engineer can set its digests in headroom.yaml."
        ) from error
    if shared:
        raise AskedWrong(
            "People of another company read this channel. Give it vendors' digests in headroom.yaml, "
            "where the groups that they may see are named."
        )


def _refusal(request: _Request, house: House) -> str:
    """Why not; "" where they may."""
    act, roles = request.asked.act, request.roles
    audience = _audience(request, house)
    if act is Act.SHOW:
        return ""
    if not roles & _READERS[audience]:
        return f"The digest for {audience} is not yours to read. Nothing was changed."
    if act is Act.PREVIEW:
        return ""
    allowed = _SETTERS | _MONEY if audience is Audience.FINANCE else _SETTERS
    if not roles & allowed:
        return "Only an engineer or an administrator can change a channel's digests. Nothing was changed."
    if request.channel[:1] not in {"C", "G"}:
        return "Digests go to channels: say it in the channel that shall get them."
    return ""


def _audience(request: _Request, house: House) -> Audience:
    """What was named, else what the channel is for. A vendors' channel stays one, whatever is named."""
    here = {one.audience for one in request.standing.values()}
    configured = {one.audience for one in house.digests if one.channel == request.channel}
    if Audience.VENDORS in here | configured:
        if request.asked.audience not in {None, Audience.VENDORS}:
            raise AskedWrong(
                "This channel is shared with people of another company: it gets vendors' digests only."
            )
        return Audience.VENDORS
    if request.asked.audience is Audience.VENDORS and request.asked.act is Act.SUBSCRIBE:
        raise AskedWrong(
            "Vendors' digests are set in headroom.yaml, where the groups that they may see are named."
        )
    if request.asked.audience is not None:
        return request.asked.audience
    by_place = {house.finance: Audience.FINANCE, house.engineers: Audience.ENGINEERS}
    return next(iter(here), by_place.get(request.channel, Audience.BUSINESS))


async def _preview(request: _Request, kit: Kit) -> Message:
    """What would come if it were due now."""
    one = _wanted(request, kit.house, request.asked.cadence or _cadence(request))
    due = last_due(one, request.now)
    facts = await gather_everything(kit, one, span_of(one, due))
    sections = await asyncio.to_thread(compose, facts, request.now, one.audience, groups=one.groups)
    view = DigestView(one, due, sections, preview=True)
    return digest_card(view, house=kit.house, now=request.now)


def _cadence(request: _Request) -> Cadence:
    return next(iter(request.standing), Cadence.DAILY)


def _wanted(request: _Request, house: House, cadence: Cadence) -> Subscription:
    """The subscription as asked: what was not said stays as it is, or as is usual."""
    before = request.standing.get(cadence) or next(iter(request.standing.values()), None)
    asked = request.asked
    base = before or Subscription(request.channel, cadence, Audience.BUSINESS, house.zone, time(8))
    return replace(
        base,
        cadence=cadence,
        audience=_audience(request, house),
        clock=asked.clock or base.clock,
        weekday=base.weekday if asked.weekday is None else asked.weekday,
        by=request.delivery.user,
    )


async def _do(tx: Transaction, request: _Request, kit: Kit) -> Message:
    match request.asked.act:
        case Act.SUBSCRIBE:
            return await _subscribe(tx, request, kit)
        case Act.UNSUBSCRIBE:
            return await _unsubscribe(tx, request, kit)
        case Act.MUTE:
            return await _mute(tx, request, kit)
        case Act.UNMUTE:
            return await _unmute(tx, request, kit)
        case Act.SHOW | Act.PREVIEW:
            return await _state(tx, request, kit)


async def _state(tx: Transaction, request: _Request, kit: Kit) -> Message:
    known = all_of(kit.house.digests, await tx.digests.subscriptions())
    mine = [one for one in known.values() if one.channel == request.channel]
    mute = await tx.digests.muted(request.channel)
    return state_card(mine, mute, zone=kit.house.zone, now=request.now)


async def _subscribe(tx: Transaction, request: _Request, kit: Kit) -> Message:
    """The first comes at the next time, never one for the days before."""
    one = _wanted(request, kit.house, request.asked.cadence or Cadence.DAILY)
    await tx.digests.subscribe(one)
    due = last_due(one, request.now)
    await tx.digests.ran(Run(one.channel, one.cadence, due.covers, request.now, "begun"))
    await tx.jobs.wake(Job(JobName.DIGESTS, "all"), request.now)
    await _keep(tx, request, "subscribed", f"{one.cadence} for {one.audience}, {one.clock:%H:%M}")
    subject = f"digest/subscribed/{request.delivery.identity}"
    card = subscribed_card(one, now=request.now)
    await tx.posts.want(WantedPost(one.channel, subject, card), request.now)
    return await _state(tx, request, kit)


async def _unsubscribe(tx: Transaction, request: _Request, kit: Kit) -> Message:
    gone = await tx.digests.unsubscribe(request.channel)
    if gone:
        await _keep(tx, request, "unsubscribed", "")
    configured = any(one.channel == request.channel for one in kit.house.digests)
    if not gone and configured:
        return mistake(
            "This channel's digests are set in headroom.yaml. `/headroom digest mute` silences them."
        )
    return await _state(tx, request, kit)


async def _mute(tx: Transaction, request: _Request, kit: Kit) -> Message:
    length = request.asked.length
    until = None if length is None else request.now + length
    await tx.digests.mute(Mute(request.channel, request.delivery.user, request.now, until))
    await _keep(tx, request, "muted", f"until {until:%Y-%m-%d %H:%M}Z" if until else "")
    return await _state(tx, request, kit)


async def _unmute(tx: Transaction, request: _Request, kit: Kit) -> Message:
    if await tx.digests.unmute(request.channel) is None:
        return mistake("Digests are not muted here.")
    await _keep(tx, request, "unmuted", "")
    return await _state(tx, request, kit)


async def _keep(tx: Transaction, request: _Request, act: str, detail: str) -> None:
    """On the record."""
    delivery = request.delivery
    subject = f"digest/{request.channel}"
    await tx.audit.add(AuditRow(request.now, delivery.user, act, subject, detail, via=delivery.via))
