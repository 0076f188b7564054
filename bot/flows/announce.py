"""A campaign announced: by a command line or by the form, new or changed. The key is the delivery's identity."""

import hashlib
from dataclasses import replace
from datetime import datetime

from bot.cards.answers import form_offer
from bot.cards.calendar import draft_card, taken_already
from bot.cards.form import campaign_form, event_of, form_metadata, read_form_metadata
from bot.cards.rulings import gone, not_yours, too_late_to_change
from bot.core.campaign import Announcement, Campaign, CampaignState
from bot.core.consent import CHANGEABLE, may_steer
from bot.core.delivery import Delivery
from bot.core.draft import Draft
from bot.core.marketing import DraftState, EventDraft
from bot.core.message import Message, WantedPost
from bot.core.verdict import Role
from bot.errors import GiveUp, TryAgain
from bot.facts import answer_to, campaign_post, roles_of, show, understood, view_of
from bot.flows.outside import turned_away
from bot.ports.jobs import Job, JobName
from bot.ports.kit import Kit
from bot.ports.store import AuditRow, Transaction


async def announce(key: str, kit: Kit) -> datetime | None:
    """Makes a campaign of it, changes the one it came from, or asks for what is missing."""
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        delivery = await tx.inbox.get(key)
    if delivery is None or await turned_away(delivery, kit):
        return None
    said = understood(delivery, kit.house, now)
    if isinstance(said, Draft):
        await _ask(delivery, said, kit)
        return None
    changed, _ = read_form_metadata(delivery.metadata)
    roles = await roles_of(kit, delivery.user) if changed else frozenset()
    async with kit.store.begin() as tx:
        if not await tx.inbox.handled(key, now):
            return None
        if changed:
            refusal = await _change(tx, delivery, said, kit, roles)
        else:
            refusal = await _begin(tx, delivery, said, kit)
        if refusal is not None:
            await tx.posts.want(answer_to(delivery, refusal, kit.house), now)
    return None


async def _begin(
    tx: Transaction, delivery: Delivery, said: Announcement, kit: Kit
) -> Message | None:
    """The new campaign, its message, and its first tick; the same delivery is the same campaign.

    Only one campaign is made of an event of a calendar: who comes second hears it.
    """
    now = kit.clock.now()
    event = event_of(delivery.metadata)
    draft = await tx.calendar.draft(event) if event else None
    if draft is not None and draft.state is DraftState.TAKEN:
        return taken_already(draft)
    _, channel = read_form_metadata(delivery.metadata)
    campaign = Campaign(
        id=_campaign_id(delivery.identity),
        announcement=said,
        channel=delivery.channel or channel or kit.house.default_channel,
        announcer=delivery.user,
        announced_at=now,
    )
    await tx.campaigns.add(campaign)
    await tx.audit.add(
        AuditRow(
            now, delivery.user, "announced", _subject(campaign), delivery.text, via=delivery.via
        )
    )
    said_now = campaign_post(await view_of(tx, campaign, kit), kit, now)
    # The response_url still reaches the asker where Headroom cannot post.
    await tx.posts.want(replace(said_now, response_url=delivery.response_url), now)
    await tx.jobs.wake(Job(JobName.DRIVE, campaign.id), now)
    if draft is not None:
        await _take(tx, draft, campaign, kit)
    return None


async def _take(tx: Transaction, draft: EventDraft, campaign: Campaign, kit: Kit) -> None:
    """The calendar's event has its campaign from now on."""
    taken = replace(draft, state=DraftState.TAKEN, by=campaign.announcer, campaign_id=campaign.id)
    await tx.calendar.keep(taken)
    card = draft_card(taken, house=kit.house, key=kit.seal)
    post = WantedPost(draft.channel, f"event/{draft.id}", card)
    await tx.posts.want(post, campaign.announced_at)


async def _change(
    tx: Transaction, delivery: Delivery, said: Announcement, kit: Kit, roles: frozenset[Role]
) -> Message | None:
    """The campaign as it is wanted now, to be planned anew; or why that cannot be."""
    now = kit.clock.now()
    campaign_id, _ = read_form_metadata(delivery.metadata)
    campaign = await tx.campaigns.get(campaign_id)
    if campaign is None:
        return gone()
    version, via = campaign.plan_version, delivery.via
    if not may_steer(campaign, delivery.user, roles):
        subject = _subject(campaign)
        wanted = "wanted to change it"
        await tx.audit.add(
            AuditRow(now, delivery.user, "turned down", subject, wanted, version, via)
        )
        return not_yours(campaign, "change")
    if campaign.state not in CHANGEABLE:
        return too_late_to_change(campaign)
    changed = replace(
        campaign,
        announcement=said,
        state=CampaignState.PLANNING,
        confirmed_by="",
        trouble="",
    )
    campaign = await tx.campaigns.save(changed)
    await tx.capacity.put_claims(campaign.id, ())
    version, via = campaign.plan_version, delivery.via
    row = AuditRow(now, delivery.user, "changed", _subject(campaign), "", version, via)
    await tx.audit.add(row)
    await show(tx, campaign, kit, now)
    await tx.jobs.wake(Job(JobName.DRIVE, campaign.id), now)
    return None


async def _ask(delivery: Delivery, draft: Draft, kit: Kit) -> None:
    """Opens the form with what was understood; where Slack does not, offers a button to it."""
    campaign, channel = read_form_metadata(delivery.metadata)
    event = event_of(delivery.metadata)
    metadata = form_metadata(campaign=campaign, channel=delivery.channel or channel, event=event)
    opened = True
    try:
        form = campaign_form(draft, house=kit.house, metadata=metadata)
        await kit.chat.open_view(delivery.trigger_id, form)
    except (TryAgain, GiveUp):
        opened = False
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        if await tx.inbox.handled(delivery.identity, now) and not opened:
            asked = "\n".join(question.text for question in draft.questions)
            offer = form_offer(asked, delivery.identity, seal=kit.seal)
            await tx.posts.want(answer_to(delivery, offer, kit.house), now)


def _subject(campaign: Campaign) -> str:
    return f"campaign/{campaign.id}"


def _campaign_id(identity: str) -> str:
    return f"c-{hashlib.sha256(identity.encode('utf-8', 'surrogatepass')).hexdigest()[:10]}"
