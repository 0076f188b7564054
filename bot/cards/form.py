"""The modal in which a campaign is announced or changed, filled in with what was understood. Called by announce and approve."""

import json
import re
from typing import Any

from bot.cards.blocks import context, section
from bot.cards.text import clip, rows, said
from bot.core.campaign import CampaignKind
from bot.core.draft import Draft, Field
from bot.core.house import House
from bot.core.message import Block, View

CALLBACK_ID = "campaign.form"
OPTIONS = 100
_OPTION_TEXT = 75
_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def form_metadata(*, campaign: str, channel: str, event: str = "") -> str:
    """What the form must remember: the campaign being changed ("" none) and the channel to answer in.

    `event` is the draft of a calendar's event that it was opened from.
    """
    known = {"campaign": campaign, "channel": channel} | ({"event": event} if event else {})
    return json.dumps(known, separators=(",", ":"))


def field_of(metadata: str, name: str) -> str:
    """What a form remembers under that name; "" for nothing, and for whatever is not ours."""
    try:
        found = json.loads(metadata)
    except ValueError:
        return ""
    value = found.get(name) if isinstance(found, dict) else None
    return value if isinstance(value, str) else ""


def pressed_metadata(pressed: str, channel: str) -> str:
    """What a form remembers that a button opened: its sealed value, and the channel to answer in."""
    return json.dumps({"pressed": pressed, "channel": channel}, separators=(",", ":"))


def pressed_for(metadata: str) -> str:
    """The sealed value of the button that the form was opened by; "" if it is not ours."""
    return field_of(metadata, "pressed")


def read_form_metadata(text: str) -> tuple[str, str]:
    """(campaign id or "", channel or "")."""
    return field_of(text, "campaign"), field_of(text, "channel")


def event_of(metadata: str) -> str:
    """The draft that the form was opened from; "" for none."""
    return field_of(metadata, "event")


def campaign_form(draft: Draft, *, house: House, metadata: str) -> View:
    """The form; what is still open stands on top and beside its field."""
    blocks: list[Block] = []
    if draft.questions:
        asked = rows([f"• {said(q.text, 300)}" for q in draft.questions], most=8)
        blocks.append(section(f"*Still open*\n{asked}"))
    for field, element in _elements(draft, house):
        blocks.append(_input(field, element))
        blocks += [context(f":point_up: {said(text, 300)}") for text in _asked(draft, field)]
    body: dict[str, Any] = {
        "type": "modal",
        "callback_id": CALLBACK_ID,
        "title": _plain("Announce a campaign"),
        "submit": _plain("Make the plan"),
        "close": _plain("Close"),
        "private_metadata": metadata,
        "blocks": blocks,
    }
    return View(CALLBACK_ID, body)


_LABELS = {
    Field.NAME: ("Name", "What people will call it, for example Black Friday push."),
    Field.KIND: ("Kind", "How the audience arrives."),
    Field.DATE: ("Day", ""),
    Field.START: ("Start", ""),
    Field.END: ("End", "An end before the start is on the next day."),
    Field.UNTIL: (
        "Last day",
        "Only if it ends on a later day. An end at 00:00 is the midnight that closes this day.",
    ),
    Field.ZONE: ("Time zone", "For example Europe/Berlin."),
    Field.MULTIPLIER: (
        "Times the usual demand",
        "3 means three times what is usual then. Or: 4000 rps, or 1.2M people, 4% click, 3 pages.",
    ),
    Field.GROUPS: ("What it reaches", ""),
}
_OPTIONAL = frozenset({Field.UNTIL})


def _elements(draft: Draft, house: House) -> list[tuple[Field, dict[str, Any]]]:
    """The fields in reading order, each with its element."""
    return [
        (Field.NAME, _text(draft.name, most=80)),
        (Field.KIND, _kinds(draft.kind)),
        (Field.DATE, _picker("datepicker", "initial_date", draft.date, _DATE)),
        (Field.START, _picker("timepicker", "initial_time", draft.start, _TIME)),
        (Field.END, _picker("timepicker", "initial_time", draft.end, _TIME)),
        (Field.UNTIL, _picker("datepicker", "initial_date", draft.until, _DATE)),
        (Field.ZONE, _text(draft.zone or house.zone, most=60)),
        (Field.MULTIPLIER, _text(draft.multiplier, most=80)),
        (Field.GROUPS, _groups(draft, house)),
    ]


def _input(field: Field, element: dict[str, Any]) -> Block:
    label, hint = _LABELS[field]
    block: dict[str, Any] = {
        "type": "input",
        "block_id": field.value,
        "label": _plain(label),
        "element": {**element, "action_id": field.value},
    }
    if field in _OPTIONAL:
        block["optional"] = True
    if hint:
        block["hint"] = _plain(hint)
    return block


def _asked(draft: Draft, field: Field) -> list[str]:
    return [question.text for question in draft.questions if question.field is field][:2]


def _text(initial: str, *, most: int) -> dict[str, Any]:
    element: dict[str, Any] = {"type": "plain_text_input", "max_length": most}
    if initial:
        element["initial_value"] = initial[:most]
    return element


def _picker(kind: str, initial: str, value: str, taken: re.Pattern[str]) -> dict[str, Any]:
    """Slack refuses the whole form for a value that it does not take."""
    return {"type": kind, initial: value} if taken.fullmatch(value) else {"type": kind}


def _kinds(kind: str) -> dict[str, Any]:
    options = [
        _option(known.value, known.value[0].upper() + known.value[1:]) for known in CampaignKind
    ]
    element: dict[str, Any] = {"type": "static_select", "options": options}
    chosen = [option for option in options if option["value"] == kind]
    if chosen:
        element["initial_option"] = chosen[0]
    return element


def _groups(draft: Draft, house: House) -> dict[str, Any]:
    known = [g for g in house.groups if said(g.name) and len(g.name) <= _OPTION_TEXT]
    if not known:  # Slack refuses a select without options
        return _text(", ".join(draft.groups), most=200)
    options = [_option(group.name, group.title) for group in known[:OPTIONS]]
    element: dict[str, Any] = {"type": "multi_static_select", "options": options}
    chosen = [option for option in options if option["value"] in draft.groups]
    if chosen:
        element["initial_options"] = chosen
    return element


def _option(value: str, title: str) -> dict[str, Any]:
    return {"text": _plain(clip(said(title) or said(value), _OPTION_TEXT)), "value": value}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": True}
