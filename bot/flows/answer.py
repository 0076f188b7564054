"""Answers a question privately: alerts, the guardrails, help, or what was not understood. The key is the delivery's identity."""

from datetime import datetime, timedelta

from bot.cards.alerts import AlertsView, alerts_card
from bot.cards.answers import help_card, mistake
from bot.cards.buttons import unseal
from bot.cards.policy import PolicyView, policy_card
from bot.core.budgeting import month_of
from bot.core.command import Command, Verb, parse_command
from bot.core.delivery import Delivery
from bot.core.message import Message
from bot.core.noise import Night, noise_of
from bot.core.windows import Window
from bot.errors import AskedWrong
from bot.facts import answer_to, roles_of
from bot.flows.outside import turned_away
from bot.ports.jobs import Job, JobName
from bot.ports.kit import Kit
from bot.ports.store import Transaction
from bot.surroundings import look_outside, team_spend, with_configured

_NOISE = timedelta(days=7)


async def answer(key: str, kit: Kit) -> datetime | None:
    """One private message; the same delivery is answered once."""
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        delivery = await tx.inbox.get(key)
    if delivery is None or await turned_away(delivery, kit):
        return None
    command = parse_command(delivery.command, delivery.text)
    personal = await _personal(command.verb, delivery.user, kit, now)
    async with kit.store.begin() as tx:
        if command.verb is Verb.STATUS:  # accepted by a process of an earlier version
            await tx.jobs.wake(Job(JobName.STATUS, key), now)
            return None
        if not await tx.inbox.handled(key, now):
            return None
        message = _other_button(delivery, kit) or personal or await _message(tx, command, kit, now)
        await tx.posts.want(answer_to(delivery, message, kit.house), now)
    return None


async def _personal(verb: Verb, user: str, kit: Kit, now: datetime) -> Message | None:
    """What depends on the asker's roles, which are looked up outside a transaction; None for the rest."""
    match verb:
        case Verb.POLICY:
            return await _guardrails(user, kit, now)
        case Verb.ALERTS | Verb.UNKNOWN | Verb.STATUS:
            return None
        case _:  # the others are answered elsewhere; what comes here all the same gets help
            return help_card(kit.house, await roles_of(kit, user))


async def _message(tx: Transaction, command: Command, kit: Kit, now: datetime) -> Message:
    if command.verb is Verb.ALERTS:
        return await _alerts(tx, kit, now)
    hint = f" Did you mean /headroom {command.suggestion}?" if command.suggestion else ""
    return mistake(f"I don't know “{command.rest[:80]}”.{hint} /headroom help says more.")


def _other_button(delivery: Delivery, kit: Kit) -> Message | None:
    """What to say of a button that no other flow knows; None for what is no button."""
    if not (delivery.action and delivery.value):
        return None
    try:
        unseal(delivery.value, kit.seal)
    except AskedWrong as error:
        return mistake(str(error))
    return None


async def _guardrails(user: str, kit: Kit, now: datetime) -> Message:
    """What the asker may do, as the house rules, the calendars and the books stand."""
    roles, outside = await roles_of(kit, user), await look_outside(kit)
    month = month_of(now, kit.house.zone)
    async with kit.store.begin() as tx:
        spent = [await team_spend(tx, team, month) for team in kit.house.fences.teams]
    view = PolicyView(roles, with_configured(outside.calendar, kit.house), tuple(spent))
    return policy_card(view, house=kit.house, now=now)


async def _alerts(tx: Transaction, kit: Kit, now: datetime) -> Message:
    """What is open and snoozed, and whether the alerts of the last days were worth it."""
    window = Window(now - _NOISE, now)
    noise = noise_of(await tx.alerts.past(window), window, Night(kit.house.zone))
    incidents, snoozes = await tx.alerts.open(), await tx.alerts.snoozes(now)
    view = AlertsView(incidents, snoozes, noise, kit.seal)
    return alerts_card(view, house=kit.house, now=now)
