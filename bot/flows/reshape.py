"""A campaign made longer or shorter, moved or ended: by a button, or in words (`/headroom extend …`).

While its capacity is up, the plan is reshaped and judged, and claims follow in one transaction; before
that it is simply planned anew. Called by steer, which has turned away who may not ask.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.cards import reshaping as cards
from bot.cards import rulings
from bot.cards.answers import mistake
from bot.cards.buttons import Action, ButtonValue, unseal
from bot.cards.change_request import change_of
from bot.cards.form import pressed_for, pressed_metadata
from bot.cards.window_form import window_form
from bot.core.campaign import Campaign, CampaignState
from bot.core.case import Case
from bot.core.claims import Claim
from bot.core.command import parse_command
from bot.core.consent import CHANGEABLE, may_steer, may_stop
from bot.core.delivery import Delivery
from bot.core.evidence import Neighbour
from bot.core.fleet import WorkloadKey
from bot.core.message import Message
from bot.core.plan import Plan, Step
from bot.core.reshaping import Shape, grows, only_new, reshaped, unjudged
from bot.core.verdict import Effect, Role, Verdict
from bot.core.windows import Window
from bot.core.wish import (
    DEED_VERBS,
    DONE,
    LENGTHS,
    Deed,
    Wish,
    chosen_wish,
    new_window,
    understand_wish,
)
from bot.errors import AskedWrong, GiveUp, TryAgain
from bot.facts import answer_to, look_up_roles, show
from bot.flows import consenting
from bot.flows.asking import request_of
from bot.flows.clicking import Click, clicked, closed, how_it_stands, record, turned_down
from bot.flows.consenting import apply, ask, decide, is_asked
from bot.flows.judging import judged
from bot.flows.recalling import what_was_held
from bot.ports.jobs import Job, JobName
from bot.ports.kit import Kit
from bot.ports.store import Transaction
from bot.surroundings import facts_of
from policies import judge

_ACTS = tuple(DONE.values())
# These open a form that asks for how long.
_FORMS: Mapping[Action, Deed] = {Action.EXTEND: Deed.EXTEND, Action.LATER: Deed.MOVE}
_OTHERS = "an engineer or an administrator"
_AT_ONCE = frozenset({Action.END, Action.ALLOW, Action.DENY})


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is wanted of which campaign; `wish` is None for an answer to a question that was asked.

    `opens` is what a button wants that asks for the length first.
    """

    value: ButtonValue
    wish: Wish | None
    typed: bool = False
    opens: Deed | None = None


def is_reshaping(delivery: Delivery) -> bool:
    """Whether this flow is meant: one of its words, one of its buttons, or its form."""
    if delivery.command:
        return parse_command(delivery.command, delivery.text).verb in DEED_VERBS
    return delivery.action in {*_FORMS, *_AT_ONCE, Action.NEW_WINDOW}


async def reshape(delivery: Delivery, kit: Kit) -> None:
    """Does what is wanted, once; or answers privately why not."""
    try:
        asked = await _understood(delivery, kit)
    except AskedWrong as error:
        await _answer(delivery, mistake(str(error)), kit)
        return
    if asked.opens is not None:
        await _answer(delivery, await _open(delivery, asked.value, asked.opens, kit), kit)
        return
    click = await clicked(delivery, asked.value, kit)
    async with kit.store.begin() as tx:
        if not await tx.inbox.handled(delivery.identity, click.now):
            return
        campaign = await tx.campaigns.get(asked.value.subject)
        click.must_fit(campaign)
        try:
            answer = await _do(tx, campaign, click, asked, kit)
        except AskedWrong as error:
            answer = mistake(str(error))
        if answer is not None:
            await tx.posts.want(answer_to(delivery, answer, kit.house), click.now)


async def _understood(delivery: Delivery, kit: Kit) -> _Asked:
    if delivery.action == Action.NEW_WINDOW:
        value = unseal(pressed_for(delivery.metadata), kit.seal)
        return _Asked(value, chosen_wish(_deed_of(value), delivery.values))
    if not delivery.command:
        value = unseal(delivery.value, kit.seal)
        wish = Wish(Deed.END) if value.action is Action.END else None
        return _Asked(value, wish, opens=_FORMS.get(value.action))
    command = parse_command(delivery.command, delivery.text)
    async with kit.store.begin() as tx:
        campaigns = await tx.campaigns.open()
    campaign, wish = understand_wish(command.verb, command.rest, campaigns)
    return _Asked(ButtonValue(Action.EXTEND, campaign.id), wish, typed=True)


def _deed_of(value: ButtonValue) -> Deed:
    deed = _FORMS.get(value.action)
    if deed is None:
        raise AskedWrong("I don't recognise that form, so nothing was done.")
    return deed


async def _open(delivery: Delivery, value: ButtonValue, deed: Deed, kit: Kit) -> Message | None:
    """Asks for how long; None once the form is open. What is sent with it is judged then."""
    roles = await look_up_roles(kit, delivery.user)
    async with kit.store.begin() as tx:
        campaign = await tx.campaigns.get(value.subject)
        if campaign is None:
            return rulings.gone()
        if roles.certain and not may_stop(campaign, delivery.user, roles.held):
            return rulings.not_yours(campaign, deed, _OTHERS)
        if value.version != campaign.plan_version or _is_over(campaign):
            return await how_it_stands(tx, campaign, *_ACTS)
    try:
        new_window(campaign, Wish(deed, LENGTHS[0]), kit.clock.now())
        form = window_form(campaign, deed, pressed_metadata(delivery.value, delivery.channel))
        await kit.chat.open_view(delivery.trigger_id, form)
    except AskedWrong as error:
        return mistake(str(error))
    except (TryAgain, GiveUp):
        return rulings.form_did_not_open()
    return None


async def _do(
    tx: Transaction, campaign: Campaign | None, click: Click, asked: _Asked, kit: Kit
) -> Message | None:
    if campaign is None:
        return rulings.gone()
    if asked.wish is None:
        return await _decide(tx, campaign, click, kit)
    if not may_stop(campaign, click.user, click.roles(click.user)):
        answer = rulings.not_yours(campaign, asked.wish.deed, _OTHERS)
        return await turned_down(tx, campaign, click, answer)
    if not asked.typed and asked.value.version != campaign.plan_version:
        return await how_it_stands(tx, campaign, *_ACTS)
    if _is_over(campaign):
        return await how_it_stands(tx, campaign, *_ACTS)
    window = new_window(campaign, asked.wish, click.now)
    if campaign.state in CHANGEABLE:
        return await _before(tx, campaign, window, click, kit)
    return await _under_way(tx, campaign, asked.wish, window, (click, kit))


def _is_over(campaign: Campaign) -> bool:
    return campaign.state is CampaignState.RESTORING or campaign.state.final


async def _before(
    tx: Transaction, campaign: Campaign, window: Window, click: Click, kit: Kit
) -> Message:
    """Nothing is raised yet: it is planned anew, as by the form."""
    if not may_steer(campaign, click.user, click.roles(click.user)):
        return await turned_down(tx, campaign, click, rulings.not_yours(campaign, "change"))
    changed = replace(
        campaign,
        announcement=replace(campaign.announcement, window=window),
        state=CampaignState.PLANNING,
        confirmed_by="",
        trouble="",
    )
    campaign = await tx.campaigns.save(changed)
    await tx.capacity.put_claims(campaign.id, ())
    await record(tx, campaign, click, "changed", f"{window.start:%F %R}Z to {window.end:%F %R}Z")
    await show(tx, campaign, kit, click.now)
    await tx.jobs.wake(Job(JobName.DRIVE, campaign.id), click.now)
    return cards.planned_anew(campaign)


async def _under_way(
    tx: Transaction, campaign: Campaign, wish: Wish, window: Window, at: tuple[Click, Kit]
) -> Message | None:
    """Capacity is up: what only gives back earlier is done at once, what takes more is judged."""
    click, kit = at
    stored = await tx.campaigns.plan(campaign.id, campaign.plan_version)
    if stored is None:
        return rulings.gone()
    before, verdict = stored
    ends = wish.deed is Deed.END and wish.until is None
    cooldown = timedelta(0) if ends else kit.house.timing.cooldown
    claims = await tx.capacity.claims_of(campaign.id)
    only_earlier = window.end < before.window.end and window.start == before.window.start
    shape = Shape(
        window,
        window.end + cooldown,
        await _next(tx, campaign),
        click.now,
        () if only_earlier else claims,
        await _held(tx, claims, click.now),
    )
    after = reshaped(before, campaign, shape, await _others(tx, campaign))
    after = unjudged(before, after) if only_earlier else after
    change = cards.Change(campaign, before, after, verdict, click.user)
    if only_earlier:
        await apply(tx, change, (), ended=ends, at=(click, kit))
        return None
    judged_anew = await _judged(tx, campaign, after, click, kit)
    fresh = only_new(verdict, judged_anew, grown=grows(before, after))
    change = replace(change, verdict=fresh)
    match fresh.effect:
        case Effect.REFUSE:
            await record(tx, campaign, click, "refused", f"to {wish.deed} it")
            return closed(click, cards.refused(change))
        case Effect.NEEDS_APPROVAL:
            if await is_asked(tx, change, click, kit):
                return cards.asked_already(change)
            await ask(tx, change, click, kit)
        case Effect.ALLOW:
            await apply(tx, change, (), ended=False, at=(click, kit))
    return None


async def _decide(tx: Transaction, campaign: Campaign, click: Click, kit: Kit) -> Message | None:
    """A yes or no to such a question; the guardrails are asked once more before it takes effect."""
    view = await request_of(tx, campaign, click.value.version, kit)
    present = await tx.campaigns.plan(campaign.id, campaign.plan_version)
    if view is None or present is None or view.before is None:
        return rulings.replaced()
    asked = change_of(view)
    judged_anew = await _judged(tx, campaign, asked.after, click, kit)
    again = only_new(present[1], judged_anew, grown=grows(present[0], asked.after))
    return await decide(tx, campaign, view, again, (click, kit))


async def count_again(tx: Transaction, campaign: Campaign, click: Click, kit: Kit) -> None:
    """The yeses that were said to such a question, once Slack tells who said them."""
    view = await request_of(tx, campaign, click.value.version, kit)
    present = await tx.campaigns.plan(campaign.id, campaign.plan_version)
    if view is None or present is None or view.before is None:
        return
    asked = change_of(view)
    verdict = await _verdict(tx, campaign, asked.after, click, kit)
    again = only_new(present[1], verdict, grown=grows(present[0], asked.after))
    await consenting.count_again(tx, campaign, view, again, (click, kit))


async def _judged(
    tx: Transaction, campaign: Campaign, plan: Plan, click: Click, kit: Kit
) -> Verdict:
    """The same, on the record."""
    verdict = await _verdict(tx, campaign, plan, click, kit)
    await tx.audit.add(judged(plan, verdict, click.now))
    return verdict


async def _verdict(
    tx: Transaction, campaign: Campaign, plan: Plan, click: Click, kit: Kit
) -> Verdict:
    """The guardrails on the campaign as it would be.

    A doubt about the announcer's role, or an engineer's wish, must not end what was promised before.
    """
    asked = replace(campaign, announcement=replace(campaign.announcement, window=plan.window))
    announcer = click.people.get(campaign.announcer)
    roles = frozenset[Role]() if announcer is None else announcer.held
    doubtful = announcer is None or not announcer.certain
    if doubtful or click.user != campaign.announcer:
        roles |= {Role.ANNOUNCER}
    facts = await facts_of(tx, asked, click.outside, kit.house)
    return judge(Case(asked, plan, roles, kit.house, click.now, facts))


async def _held(
    tx: Transaction, claims: Sequence[Claim], now: datetime
) -> Mapping[WorkloadKey, tuple[Step, ...]]:
    holdings = {one.key: one for one in await tx.capacity.holdings() if one.restored_at is None}
    return await what_was_held(tx, claims, holdings, now)


async def _next(tx: Transaction, campaign: Campaign) -> int:
    """The version of the next plan; those of questions that are open are taken."""
    version = campaign.plan_version + 1
    while await tx.campaigns.plan(campaign.id, version) is not None:
        version += 1
    return version


async def _others(tx: Transaction, campaign: Campaign) -> list[Neighbour]:
    others = [one for one in await tx.campaigns.open() if one.id != campaign.id]
    held = [
        Neighbour(one.announcement.name, tuple(await tx.capacity.claims_of(one.id)))
        for one in others
    ]
    return [one for one in held if one.claims]


async def _answer(delivery: Delivery, message: Message | None, kit: Kit) -> None:
    now: datetime = kit.clock.now()
    async with kit.store.begin() as tx:
        if await tx.inbox.handled(delivery.identity, now) and message is not None:
            await tx.posts.want(answer_to(delivery, message, kit.house), now)
