"""A button of a draft that a calendar brought: open the form with it, or ignore it. The key is the delivery's identity."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.cards.answers import mistake
from bot.cards.buttons import Action, ButtonValue, unseal
from bot.cards.calendar import draft_card, not_for_you, outdated, taken_already
from bot.cards.form import campaign_form, form_metadata
from bot.cards.rulings import gone
from bot.core.delivery import Delivery
from bot.core.event_draft import form_of
from bot.core.marketing import DraftState, EventDraft
from bot.core.message import Message, WantedPost
from bot.core.trail import AuditRow
from bot.core.verdict import Role
from bot.errors import AskedWrong, GiveUp, TryAgain
from bot.facts import answer_to, look_up_roles
from bot.flows.outside import turned_away
from bot.ports.jobs import EVERYBODY, Job, JobName
from bot.ports.kit import Kit

_MAY = frozenset({Role.ANNOUNCER, Role.ENGINEER, Role.ADMIN})
_WAIT_FOR_ROLES = timedelta(minutes=1)
_NOT_OPENED = "Slack did not let me open the form in time. Please press the button again."


async def drafts(key: str, kit: Kit) -> datetime | None:
    """Does it once; or answers why not. Opening the form changes nothing: sending it does."""
    async with kit.store.begin() as tx:
        delivery = await tx.inbox.get(key)
    if delivery is None or await turned_away(delivery, kit):
        return None
    try:
        value = unseal(delivery.value, kit.seal)
    except AskedWrong as error:
        answer: Message | None = mistake(str(error))
    else:
        answer = await _do(delivery, value, kit)
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        if await tx.inbox.handled(key, now) and answer is not None:
            await tx.posts.want(answer_to(delivery, answer, kit.house), now)
    return None


async def _do(delivery: Delivery, value: ButtonValue, kit: Kit) -> Message | None:
    roles = await look_up_roles(kit, delivery.user)
    if not roles.held & _MAY:
        late = kit.clock.now() - delivery.received_at >= _WAIT_FOR_ROLES
        if not (roles.certain or late):
            raise TryAgain("Slack does not say who is in which user group", timedelta(seconds=5))
        return not_for_you()
    if value.action is Action.IGNORE_EVENT:
        return await _ignore(delivery, value, kit)
    async with kit.store.begin() as tx:
        draft = await tx.calendar.draft(value.subject)
    refusal = _objection(draft, value)
    if refusal is not None or draft is None:
        return refusal
    metadata = form_metadata(campaign="", channel=draft.channel, event=draft.id)
    filled = form_of(draft, house=kit.house, now=kit.clock.now())
    form = campaign_form(filled, house=kit.house, metadata=metadata)
    try:
        await kit.chat.open_view(delivery.trigger_id, form)
    except (TryAgain, GiveUp):
        return mistake(_NOT_OPENED)
    return None


async def _ignore(delivery: Delivery, value: ButtonValue, kit: Kit) -> Message | None:
    now, user = kit.clock.now(), delivery.user
    async with kit.store.begin() as tx:
        draft = await tx.calendar.draft(value.subject)
        refusal = _objection(draft, value)
        if refusal is not None or draft is None:
            return refusal
        ignored = replace(draft, state=DraftState.IGNORED, by=user)
        await tx.calendar.keep(ignored)
        card = draft_card(ignored, house=kit.house, key=kit.seal)
        await tx.posts.want(WantedPost(draft.channel, f"event/{draft.id}", card), now)
        await tx.audit.add(
            AuditRow(now, user, "ignored", f"event/{draft.id}", draft.event.title, via=delivery.via)
        )
        await tx.jobs.wake(Job(JobName.HOME, EVERYBODY), now)
    return None


def _objection(draft: EventDraft | None, value: ButtonValue) -> Message | None:
    """None where the button is still about what is so."""
    if draft is None:
        return gone()
    if draft.state is DraftState.TAKEN:
        return taken_already(draft)
    if not draft.waits or draft.version != value.version:
        return outdated(draft)
    return None
