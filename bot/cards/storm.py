"""A storm in a channel: one summary that is edited, and lists in its thread that name every incident of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.cards.blocks import actions, ask_again, button, context, header, message, section
from bot.cards.buttons import Action, ButtonValue, seal
from bot.cards.incident import sealed
from bot.cards.incident_wording import SIGNS, at_place, campaign_line, place_of, sign, title_of
from bot.cards.text import clip, rows
from bot.cards.wording import count, mention, moment
from bot.core.alert import Severity
from bot.core.house import House
from bot.core.incident import Incident, Phase
from bot.core.message import Block, Message, View
from bot.core.storm import CALM, Storm

PER_LIST = 100
_PER_SECTION = 25
_LINE = 64
# PER_LIST of these fit into one message, so no incident is ever left out of its list.
_LONGEST_LINE = 104
_MOST_AFFECTED = 8
_BUTTONS = 30
_MOST_CAMPAIGNS = 2


@dataclass(frozen=True, slots=True)
class StormView:
    """A storm as one channel sees it: its incidents there, in the order in which they came."""

    storm: Storm
    incidents: tuple[Incident, ...]
    seal: bytes


def storm_card(view: StormView, *, house: House, now: datetime) -> Message:
    """How many, how bad, who has what, what is hit most; the buttons act on all of it."""
    left = [one for one in view.incidents if one.open]
    title = f"🌩️ Alert storm: {count(len(view.incidents), 'incident')}, {len(left):,} open"
    if view.storm.ended_at is not None:
        title = f"Alert storm over: {count(len(view.incidents), 'incident')}, {len(left):,} open"
    parts = [_numbers(view, house), _campaigns(left), _affected(view.incidents), _owners(left)]
    small = (
        "Every incident is listed in this thread and kept current there. New ones are added until none "
        f"has come for {int(CALM.total_seconds() // 60)} minutes; then what nobody has gets a message "
        "of its own, if that is few."
    )
    if view.storm.ended_at is not None:
        small = f"Over since {moment(view.storm.ended_at, house.zone)}. /headroom alerts lists what is open."
    body = [part for part in parts if part]
    blocks = [header(title), *(section(part) for part in body), *_buttons(view, left)]
    text = "\n".join([title, *body, f"{small} If you see no buttons, type /headroom alerts."])
    return message(text, [*blocks, context(small)])


def lists_of(view: StormView) -> Sequence[Sequence[Incident]]:
    """The incidents by list message; one that is in a list stays in it."""
    found = view.incidents
    return [found[at : at + PER_LIST] for at in range(0, len(found), PER_LIST)]


def storm_list(incidents: Sequence[Incident], number: int, *, now: datetime) -> Message:
    """One line an incident, at most PER_LIST of them; `number` counts the lists from 1."""
    lines = [_line(one, now) for one in incidents]
    parts = [lines[at : at + _PER_SECTION] for at in range(0, len(lines), _PER_SECTION)]
    first = (number - 1) * PER_LIST + 1
    title = f"Incidents {first:,} to {first + len(incidents) - 1:,}"
    blocks = [section(f"*{title}*"), *(section("\n".join(part)) for part in parts)]
    return message("\n".join([title, *lines]), blocks)


def storm_view(view: StormView, *, now: datetime) -> View:
    """The modal with everything that is open, the worst first, each with a button to its own modal."""
    left = sorted((one for one in view.incidents if one.open), key=_worst)
    blocks: list[Block] = [section(f"*{count(len(left), 'incident')} open*, the worst first")]
    for one in left[:_BUTTONS]:
        blocks.append(_with_button(one, view.seal, now))
    lines = [_line(one, now) for one in left[_BUTTONS:]]
    parts = [lines[at : at + _PER_SECTION] for at in range(0, len(lines), _PER_SECTION)]
    room = 100 - len(blocks) - 1
    blocks += [section("\n".join(part)) for part in parts[:room]]
    hidden = len(lines) - room * _PER_SECTION
    if hidden > 0:
        blocks.append(context(f"{hidden:,} more are in the thread of the summary."))
    body: dict[str, Any] = {
        "type": "modal",
        "callback_id": "storm.view",
        "title": {"type": "plain_text", "text": "Alert storm"},
        "close": {"type": "plain_text", "text": "Close"},
        "private_metadata": "",
        "blocks": blocks,
    }
    return View("storm.view", body)


def _with_button(incident: Incident, key: bytes, now: datetime) -> Block:
    block = dict(section(_line(incident, now)))
    value = sealed(key, Action.MORE, incident)
    block["accessory"] = button("Open", action_id=Action.MORE, value=value)
    return block


def _numbers(view: StormView, house: House) -> str:
    found = view.incidents
    alerts = sum(one.seen for one in found)
    grades = Counter(one.severity for one in found)
    shown = ", ".join(
        f"{SIGNS[grade]} {_graded(grade, grades[grade])}" for grade in Severity if grades[grade]
    )
    held = sum(one.phase is Phase.ACKNOWLEDGED for one in found)
    over = sum(not one.open for one in found)
    began = moment(view.storm.began_at, house.zone)
    return (
        f"*{count(alerts, 'alert')}* since {began}: {shown}\n"
        f"{held:,} acknowledged, {over:,} resolved, *{len(found) - held - over:,} waiting*"
    )


def _graded(grade: Severity, number: int) -> str:
    match grade:
        case Severity.CRITICAL:
            return f"{number:,} critical"
        case Severity.NONE:
            return f"{number:,} without severity"
        case Severity.ERROR | Severity.WARNING:
            return count(number, grade.value)


def _affected(incidents: Sequence[Incident]) -> str:
    """By service or group, which says more than hundreds of names."""
    waiting = Counter(place_of(one) or title_of(one, 60) for one in incidents if one.open)
    lines = [f"• {name}: {number:,}" for name, number in waiting.most_common(_MOST_AFFECTED)]
    left = len(waiting) - len(lines)
    if not lines:
        return ""
    return "*Hit most*\n" + "\n".join([*lines, *([f"and {left:,} others"] if left else [])])


def _campaigns(left: Sequence[Incident]) -> str:
    """What may explain it, said once however many incidents say so."""
    found = dict.fromkeys(line for line in map(campaign_line, left) if line)
    return "\n".join(list(found)[:_MOST_CAMPAIGNS])


def _owners(left: Sequence[Incident]) -> str:
    givers = Counter(ack.by for one in left for ack in one.acknowledgements)
    lines = [f"{mention(who)} has {number:,}" for who, number in givers.most_common(5)]
    return rows(lines, most=5)


def _buttons(view: StormView, left: Sequence[Incident]) -> Sequence[Block]:
    if not left:
        return ()
    elements = []
    if any(one.phase is Phase.TRIGGERED for one in left):
        dialog = ask_again(
            "You take every incident of this storm that nobody has.", yes="Take all", no="Go back"
        )
        value = seal(ButtonValue(Action.TAKE_ALL, view.storm.id), view.seal)
        elements.append(
            button(
                "Acknowledge all",
                action_id=Action.TAKE_ALL,
                value=value,
                style="primary",
                confirm=dialog,
            )
        )
    value = seal(ButtonValue(Action.SHOW_ALL, view.storm.id), view.seal)
    elements.append(button("Show all", action_id=Action.SHOW_ALL, value=value))
    return [actions(*elements)]


def _line(incident: Incident, now: datetime) -> str:
    times = f" ×{incident.seen:,}" if incident.seen > 1 else ""
    return clip(
        f"{sign(incident, now)} {title_of(incident, _LINE)}{at_place(incident)}{times}",
        _LONGEST_LINE,
    )


def _worst(incident: Incident) -> tuple[bool, int, datetime]:
    return (incident.phase is Phase.ACKNOWLEDGED, -incident.severity.rank, incident.opened_at)
