"""Keeps a person's Home tab true. The key is their Slack user id, or "all": everybody who has opened it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.cards.home import HomeView, home_view, outsider_view
from bot.cards.view import CampaignView
from bot.core.campaign import CampaignState
from bot.core.consent import RAISED, Voter, is_own, may_approve_own, may_decide
from bot.core.incident import Incident, Phase
from bot.core.marketing import EventDraft
from bot.core.message import View
from bot.core.responders import may_respond
from bot.core.standing import Standing
from bot.core.verdict import Role
from bot.errors import GiveUp, TryAgain
from bot.facts import Roles, look_up_roles, view_of
from bot.flows.asking import changes_of, is_open
from bot.ports.jobs import EVERYBODY, Job, JobName
from bot.ports.kit import Kit
from bot.ports.store import Transaction

_ASK_AGAIN = timedelta(seconds=30)
# Slack lets an app publish some hundred views a minute; several changes in a row are one view.
_PACE = timedelta(seconds=3)
_APART = timedelta(milliseconds=700)
_FORGOTTEN = timedelta(days=30)
_LATE = timedelta(minutes=2)


async def home(key: str, kit: Kit) -> datetime | None:
    """Publishes it where it shows something else; later again while Slack does not say who is who."""
    now = kit.clock.now()
    if key == EVERYBODY:
        await _look_at_all(kit, now)
        return None
    if await _from_outside(key, kit):
        await _publish(key, outsider_view(), kit)
        return None
    async with kit.store.begin() as tx:
        await tx.oversight.home_opened(key, now)
        shown_at = await tx.oversight.home_shown_at(key)
        if shown_at is not None and shown_at <= now < shown_at + _PACE:
            return shown_at + _PACE
        asked = await _asked(tx, kit, now)
    users = {key, *(one.giver for view in asked for one in view.handed if one.taker == key)}
    people = {user: await look_up_roles(kit, user) for user in sorted(users)}
    calendar = await kit.calendars.freezes()
    async with kit.store.begin() as tx:
        campaigns = await tx.campaigns.open()
        alerts = await tx.alerts.open()
        shown = HomeView(
            roles=people[key].held,
            seal=kit.seal,
            waiting=[view for view in asked if _waits_for(view, key, people)],
            incidents=_to_take(alerts, key, people[key], kit, now),
            own=[await view_of(tx, one, kit) for one in campaigns if one.announcer == key],
            drafts=_to_plan(await tx.calendar.waiting(), key, people[key]),
            campaigns=campaigns,
            freezes=(*kit.house.fences.freezes, *calendar.freezes),
            fleet=await tx.snapshots.inventory(),
            alerts=[one for one in alerts if not one.hushed(now)],
            breaches=await tx.experience.breaches(),
            pauses=await tx.oversight.pauses(),
            behind=len(await _late(tx, now)),
        )
        before = await tx.oversight.home_shows(key)
    view = home_view(shown, house=kit.house, now=now)
    fingerprint = _fingerprint(view)
    if fingerprint != before:
        if not await _publish(key, view, kit):
            return None
        async with kit.store.begin() as tx:
            await tx.oversight.home_shown(key, fingerprint, now)
    return None if all(roles.certain for roles in people.values()) else now + _ASK_AGAIN


async def _look_at_all(kit: Kit, now: datetime) -> None:
    """One after the other, those first who opened theirs last; who has not for long gets it when they do."""
    async with kit.store.begin() as tx:
        for place, user in enumerate(await tx.oversight.homes(since=now - _FORGOTTEN)):
            await tx.jobs.wake(Job(JobName.HOME, user), now + place * _APART)


async def _from_outside(user: str, kit: Kit) -> bool:
    """Whether Slack says that they are of another organisation; who is listed is one of us."""
    if user in kit.house.roles:
        return False
    try:
        return await kit.chat.standing(user) is Standing.OUTSIDER
    except (TryAgain, GiveUp):
        return False  # without a role there is nothing to decide on the tab


async def _publish(user: str, view: View, kit: Kit) -> bool:
    try:
        await kit.chat.publish_home(user, view)
    except GiveUp:
        return False  # no such person any more, or no Home tab: nothing else depends on it
    return True


async def _asked(tx: Transaction, kit: Kit, now: datetime) -> list[CampaignView]:
    """Every request that can still be decided on."""
    found = []
    for campaign in await tx.campaigns.open():
        if campaign.state is CampaignState.AWAITING_APPROVAL:
            found.append((campaign, await view_of(tx, campaign, kit)))
        elif campaign.state in RAISED:
            found += [(campaign, view) for view in await changes_of(tx, campaign, kit)]
    return [view for campaign, view in found if is_open(view, campaign, now)]


def _waits_for(view: CampaignView, user: str, people: Mapping[str, Roles]) -> bool:
    """Whether this person could decide on it and has not, or could take their yes back."""
    givers = [one.giver for one in view.handed if one.taker == user]
    speaks_for = tuple(Voter(giver, people[giver].held) for giver in givers if giver in people)
    voter = Voter(user, people[user].held, speaks_for)
    if view.verdict is None or not may_decide(view.verdict, voter):
        return False
    return not is_own(view.campaign, user) or may_approve_own(view.verdict, voter)


def _to_take(
    alerts: Sequence[Incident], user: str, roles: Roles, kit: Kit, now: datetime
) -> list[Incident]:
    """What nobody has yet, for those whose word counts."""
    if not may_respond(user, roles.held, kit.house.alerts):
        return []
    return [one for one in alerts if one.phase is Phase.TRIGGERED and not one.hushed(now)]


def _to_plan(drafts: Sequence[EventDraft], user: str, roles: Roles) -> list[EventDraft]:
    """For whoever may announce; first those that name this person."""
    if not roles.held & {Role.ANNOUNCER, Role.ADMIN}:
        return []
    return sorted(drafts, key=lambda draft: draft.owner != user)


async def _late(tx: Transaction, now: datetime) -> Sequence[object]:
    """What Slack should show and has not for minutes; what was said a moment ago is not late."""
    return [post for post in await tx.posts.behind() if post.wanted_at < now - _LATE]


def _fingerprint(view: View) -> str:
    return hashlib.sha256(json.dumps(view.body, sort_keys=True).encode()).hexdigest()
