"""The modal behind More: the incident's timeline, and what is rarely done to it. Opened and read by respond."""

import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.cards.blocks import context, section
from bot.cards.buttons import Action
from bot.cards.form import field_of
from bot.cards.incident import IncidentView, sealed
from bot.cards.incident_wording import headline, links, state_line
from bot.cards.inputs import option, optional_input, plain
from bot.cards.text import clip, paragraph, said
from bot.cards.wording import listing, mention, moment
from bot.core.alert import Severity
from bot.core.house import House
from bot.core.incident import Event, EventKind, Incident, Phase
from bot.core.message import Block, View
from bot.core.naps import Nap

CALLBACK_ID = "incident.form"
_EVENTS = 40
_PER_SECTION = 10
_ID = re.compile(r"\b[USW][A-Z0-9]{5,}\b")


def incident_form(
    view: IncidentView, timeline: Sequence[Event], *, channel: str, house: House, now: datetime
) -> View:
    """How it stands, everything that happened, and one form for acts, assignee, severity and note."""
    incident = view.incident
    blocks: list[Block] = [section(f"*{headline(incident, now)}*")]
    blocks.append(section(state_line(incident, house.zone, now)))
    if links(incident):
        blocks.append(section(links(incident)))
    if incident.subject.runbook:
        blocks.append(section(clip(paragraph(incident.subject.runbook[:2400]), 2800)))
    blocks += _timeline(timeline, house.zone)
    blocks += _inputs(incident, now)
    metadata = {"incident": sealed(view.seal, Action.MORE, incident), "channel": channel}
    body: dict[str, Any] = {
        "type": "modal",
        "callback_id": CALLBACK_ID,
        "title": plain("Incident"),
        "submit": plain("Do it"),
        "close": plain("Close"),
        "private_metadata": json.dumps(metadata, separators=(",", ":")),
        "blocks": blocks,
    }
    return View(CALLBACK_ID, body)


def read_incident_metadata(text: str) -> str:
    """The sealed value of the incident that the form was opened for; "" if it is not ours."""
    return field_of(text, "incident")


def _timeline(timeline: Sequence[Event], zone: str) -> list[Block]:
    lines = [_line(event, zone) for event in timeline[-_EVENTS:]]
    if not lines:
        return []
    shown = [lines[at : at + _PER_SECTION] for at in range(0, len(lines), _PER_SECTION)]
    blocks: list[Block] = [section("*What happened*")]
    blocks += [section("\n".join(part)) for part in shown]
    if len(timeline) > _EVENTS:
        blocks.append(context(f"{len(timeline) - _EVENTS:,} earlier events are not shown."))
    return blocks


def _line(event: Event, zone: str) -> str:
    who = f" by {mention(event.by)}" if event.by else ""
    detail = _detail(event, zone)
    return f"{moment(event.at, zone)} {event.kind.value}{who}{f': {detail}' if detail else ''}"


def _detail(event: Event, zone: str) -> str:
    """What the event says beside its kind, with people and times as people read them."""
    match event.kind:
        case EventKind.ASSIGNED | EventKind.UNACKNOWLEDGED:
            return listing([mention(one) for one in event.detail.split(", ") if one])
        case EventKind.PAGED:
            return _ID.sub(lambda found: _person(found[0]), said(event.detail, 400))
        case EventKind.SNOOZED:
            until, _, reason = event.detail.partition(" ")
            return f"until {_instant(until, zone)} {said(reason, 160)}".strip()
        case EventKind.INHIBITED:
            return ""  # an incident's id; the message above names the incident
        case _:
            return said(event.detail, 160)


def _person(found: str) -> str:
    return f"<!subteam^{found}>" if found.startswith("S") else mention(found)


def _instant(text: str, zone: str) -> str:
    try:
        return moment(datetime.fromisoformat(text), zone)
    except ValueError:
        return said(text, 40)


def _inputs(incident: Incident, now: datetime) -> list[Block]:
    found: list[Block] = [
        optional_input("deed", "What shall happen", _select("Nothing", _deeds(incident, now))),
    ]
    mirror = {"type": "checkboxes", "options": [option("mirror", "Also in Cloud Monitoring")]}
    found.append(optional_input("mirror", "If you snooze it", mirror))
    if incident.open:
        found.append(optional_input("assign", "Assign it to", {"type": "users_select"}))
        grades = [option(one.value, one.capitalize()) for one in Severity]
        found.append(optional_input("severity", "Set its severity", _select("As it is", grades)))
    note = {"type": "plain_text_input", "multiline": True, "max_length": 2000}
    found.append(optional_input("note", "Add a note", note))
    return found


def _deeds(incident: Incident, now: datetime) -> list[Block]:
    found = []
    if not incident.open:
        found.append(option("reopen", "Open it again"))
    # Where a storm shows the incident it has no message with buttons: this form is all there is.
    if incident.phase is Phase.TRIGGERED:
        found.append(option("ack", "Acknowledge"))
    if incident.open:
        found.append(option("resolve", "Resolve"))
    if incident.open and incident.schedule and not incident.snoozed(now):
        found.append(option("escalate", "Escalate to the next level"))
    if incident.acknowledgements and incident.phase is not Phase.RESOLVED:
        found.append(option("unack", "Take the acknowledgement back"))
    if incident.snoozed(now):
        found.append(option("unsnooze", "End the snooze"))
    return found + [option(f"snooze:{nap.value}", f"Snooze {nap.words}") for nap in Nap]


def _select(placeholder: str, options: Sequence[Block]) -> dict[str, Any]:
    return {"type": "static_select", "placeholder": plain(placeholder), "options": list(options)}
