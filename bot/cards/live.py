"""What is said while a campaign is live and its demand is not as planned, and about its end."""

from collections.abc import Sequence

from bot.cards.blocks import actions, button, message, section
from bot.cards.buttons import Action, ButtonValue, seal
from bot.cards.text import rows, said
from bot.cards.view import name_of
from bot.cards.wording import labels, mention
from bot.core.campaign import Campaign
from bot.core.closed_loop import Adjustment, Turn
from bot.core.fleet import WorkloadKey
from bot.core.message import Message


def live_note(found: Sequence[Adjustment]) -> str:
    """What the campaign's message says of it: the changes, else what is held and why; "" if all is as planned."""
    named = labels(one.key for one in found)
    return rows([f"• *{named[one.key]}*: {_line(one)}" for one in found if one.reason])


def ask_for_more(campaign: Campaign, one: Adjustment, floor: int, sealing: bytes) -> Message:
    """To the engineers: more comes than may be warmed for without asking; `floor` is what is held now."""
    name = labels([one.key])[one.key]
    bring = "and the campaigns beside it bring" if one.together else "brings"
    text = (
        f":chart_with_upwards_trend: *{name_of(campaign)}* {bring} more to *{name}* "
        f"({said(one.key.region, 30)}) than planned: {one.reason}. {one.instances:,} instances would "
        f"carry it, {floor:,} are held; more than that is beyond what I may do by myself."
    )
    value = ButtonValue(Action.RAISE, f"{one.key}/{campaign.id}", one.instances)
    label = f"Raise to {one.instances:,}"
    yes = button(label, action_id=Action.RAISE, value=seal(value, sealing), style="primary")
    return message(text, [section(text), actions(yes)])


def raised_by(key: WorkloadKey, floor: int, user: str) -> Message:
    """The record in place of the question."""
    name = labels([key])[key]
    text = f"*{name}* ({said(key.region, 30)}) is raised to {floor:,}, as {mention(user)} decided."
    return message(text, [section(text)])


def _line(one: Adjustment) -> str:
    reason = one.reason[0].upper() + one.reason[1:]
    match one.turn:
        case Turn.RAISE:
            return f"raised to {one.instances:,}. {reason}."
        case Turn.BRING_BACK:
            return f"back up to {one.floor:,}. {reason}."
        case Turn.GIVE_BACK:
            return f"down to {one.floor:,} early. {reason}."
        case Turn.ASK:
            return f"{one.instances:,} would be needed, the engineers are asked. {reason}."
        case Turn.HOLD:
            return f"{reason}."
