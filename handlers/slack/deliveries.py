"""Slack's payloads into Deliveries, and which job each one wakes. Called by the listeners; pure."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypedDict

from bot.cards.buttons import Action
from bot.core.command import Verb, parse_command
from bot.core.delivery import Delivery
from bot.ports.jobs import Job, JobName

Body = Mapping[str, object]

MENTION_COMMAND = "/headroom"
ANNOUNCE_COMMAND = "/campaign"
_RESPONSES = ("incident.", "storm.")
_STEERING = ("drift.", "live.", "pool.")
_ADVICE = "advice."
_EVENTS = ("event.",)
_KNOWN_ACTIONS = frozenset(Action)
_COMMANDS = {
    Verb.CAMPAIGN: JobName.ANNOUNCE,
    Verb.STATUS: JobName.STATUS,
    Verb.DIGEST: JobName.ASK_DIGEST,
    Verb.ADVICE: JobName.ADVICE,
    Verb.PAUSE: JobName.SWITCH,
    Verb.RESUME: JobName.SWITCH,
    Verb.EXTEND: JobName.STEER,
    Verb.SHORTEN: JobName.STEER,
    Verb.MOVE: JobName.STEER,
    Verb.END: JobName.STEER,
    Verb.CALENDAR: JobName.CALENDAR,
}
_LEADING_MENTION = re.compile(r"^.*?<@\w+(?:\|[^>]*)?>", re.DOTALL)
_CHANNEL = re.compile(r"<#\w+\|([^>|]+)>")


def from_command(body: Body, now: datetime) -> Delivery:
    """A slash command. With `should_escape` on, `#web` arrives as `<#C1|web>`: said plainly again."""
    team, trigger = said(body, "team_id"), said(body, "trigger_id")
    return Delivery(
        identity=f"command:{team}:{trigger}",
        user=said(body, "user_id"),
        team=team,
        received_at=now,
        user_team=said(body, "user_team_id"),
        enterprise=said(body, "enterprise_id"),
        channel=said(body, "channel_id"),
        channel_name=said(body, "channel_name"),
        command=said(body, "command"),
        text=_plain(said(body, "text")),
        trigger_id=trigger,
        response_url=said(body, "response_url"),
    )


def from_action(body: Body, now: datetime) -> Delivery:
    """A button pressed; Slack sends one action a payload."""
    action = _first_action(body)
    trigger = said(body, "trigger_id")
    pressed = said(action, "action_id")
    return Delivery(
        identity=f"action:{trigger}:{pressed}:{said(action, 'action_ts')}",
        user=said(body, "user", "id"),
        team=said(body, "team", "id"),
        received_at=now,
        **_home_team(body),
        channel=_place_of(body),
        channel_name=said(body, "channel", "name"),
        action=pressed,
        value=said(action, "value") or said(action, "selected_option", "value"),
        trigger_id=trigger,
        response_url=said(body, "response_url"),
        message_ts=said(body, "container", "message_ts"),
    )


def from_form(body: Body, now: datetime) -> Delivery:
    """A modal sent.

    The same values of the same view are the same delivery: a person who presses twice means it once,
    one who changed something before pressing again means the new.
    """
    values = _values(body)
    entered = repr(sorted(values.items())) + said(body, "view", "hash")
    digest = hashlib.sha256(entered.encode("utf-8", "surrogatepass")).hexdigest()[:20]
    return Delivery(
        identity=f"view:{said(body, 'view', 'id')}:{digest}",
        user=said(body, "user", "id"),
        team=said(body, "team", "id"),
        received_at=now,
        **_home_team(body),
        action=said(body, "view", "callback_id"),
        trigger_id=said(body, "trigger_id"),
        metadata=said(body, "view", "private_metadata"),
        values=values,
    )


def from_mention(body: Body, now: datetime) -> Delivery:
    """`@headroom status` is `/headroom status`; there is no trigger id and no response URL."""
    text = said(body, "event", "text")
    homes = (said(body, "event", name) for name in ("user_team", "source_team", "team"))
    return Delivery(
        identity=f"event:{said(body, 'event_id')}",
        user=said(body, "event", "user"),
        team=_installed_in(body),
        received_at=now,
        user_team=next((team for team in homes if team), ""),
        enterprise=said(body, "enterprise_id"),
        channel=said(body, "event", "channel"),
        command=MENTION_COMMAND,
        text=_plain(_LEADING_MENTION.sub("", text, count=1)),
        message_ts=said(body, "event", "ts"),
    )


def from_direct_message(body: Body, now: datetime) -> Delivery:
    """What a person writes to the app in their direct conversation: the same words as in a mention."""
    return replace(from_mention(body, now), text=_plain(said(body, "event", "text")))


def from_shortcut(body: Body, now: datetime) -> Delivery:
    """A shortcut that announces: from the text of the message it was used on, or from nothing."""
    trigger = said(body, "trigger_id")
    return Delivery(
        identity=f"shortcut:{trigger}",
        user=said(body, "user", "id"),
        team=said(body, "team", "id"),
        received_at=now,
        **_home_team(body),
        channel=said(body, "channel", "id"),
        channel_name=said(body, "channel", "name"),
        command=ANNOUNCE_COMMAND,
        text=_plain(said(body, "message", "text")),
        trigger_id=trigger,
        response_url=said(body, "response_url"),
        message_ts=said(body, "message", "ts"),
    )


def from_event(body: Body, now: datetime) -> Delivery:
    """An event that nobody typed: `user` is whose it is, `text` the user group it is about."""
    return Delivery(
        identity=f"event:{said(body, 'event_id')}",
        user=said(body, "event", "user"),
        team=said(body, "team_id"),
        received_at=now,
        action=said(body, "event", "type"),
        text=said(body, "event", "subteam_id"),
    )


def job_for(delivery: Delivery) -> Job:
    """The one job that deals with it."""
    if delivery.command:
        asked = parse_command(delivery.command, delivery.text).verb
        name = _COMMANDS.get(asked, JobName.ANSWER)
    elif delivery.action.startswith(_RESPONSES):
        name = JobName.RESPOND
    elif delivery.action.startswith(_STEERING):
        name = JobName.STEER
    elif delivery.action.startswith(_ADVICE):
        name = JobName.ADVICE
    elif delivery.action.startswith(_EVENTS):
        name = JobName.DRAFTS
    elif delivery.action in _KNOWN_ACTIONS:
        name = JobName.APPROVE
    elif delivery.value or delivery.response_url:
        name = JobName.ANSWER
    else:
        name = JobName.ANNOUNCE
    return Job(name, delivery.identity)


def said(body: Body, *path: str) -> str:
    """The text at `path`, or "" where there is none: nothing of a payload is taken for granted."""
    found: object = body
    for step in path:
        found = found.get(step) if isinstance(found, dict) else None
    return _storable(found) if isinstance(found, str) else ""


def _storable(text: str) -> str:
    """Without what no database takes: half a surrogate pair and NUL, both of which JSON can carry."""
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    return text.replace("\x00", "")


class _HomeTeam(TypedDict):
    user_team: str
    enterprise: str
    user_enterprise: str


def _home_team(body: Body) -> _HomeTeam:
    """Which workspace and organisation the person belongs to; others may share a channel with us."""
    return {
        "user_team": said(body, "user", "team_id"),
        "enterprise": said(body, "enterprise", "id"),
        "user_enterprise": said(body, "user", "enterprise_id"),
    }


def _installed_in(body: Body) -> str:
    """Our workspace: in a shared channel `team_id` may be the other organisation's."""
    found = body.get("authorizations")
    first = found[0] if isinstance(found, list) and found else None
    known = said(first, "team_id") if isinstance(first, Mapping) else ""
    return known or said(body, "team_id")


def _place_of(body: Body) -> str:
    """Where it was pressed; on the Home tab that is the person."""
    if said(body, "view", "type") == "home":
        return said(body, "user", "id")
    return said(body, "channel", "id") or said(body, "container", "channel_id")


def _first_action(body: Body) -> Body:
    found = body.get("actions")
    first = found[0] if isinstance(found, list) and found else None
    return first if isinstance(first, Mapping) else {}


def _values(body: Body) -> dict[str, str]:
    """Every input of a modal by its action id; several choices are joined by commas."""
    view = body.get("view")
    state = view.get("state") if isinstance(view, Mapping) else None
    blocks = state.get("values") if isinstance(state, Mapping) else None
    found: dict[str, str] = {}
    for inputs in blocks.values() if isinstance(blocks, Mapping) else ():
        if isinstance(inputs, Mapping):
            found |= {str(action): _value(given) for action, given in inputs.items()}
    return found


def _value(given: object) -> str:
    """What a person entered, whatever the element is called that took it."""
    if not isinstance(given, Mapping):
        return ""
    chosen = given.get("selected_options")
    if isinstance(chosen, list):
        return ",".join(said(option, "value") for option in chosen if isinstance(option, Mapping))
    names = ("value", "selected_date", "selected_time", "selected_user")
    direct = (said(given, name) for name in names)
    return next((text for text in direct if text), "") or said(given, "selected_option", "value")


def _plain(text: str) -> str:
    """As it was typed: Slack escapes three characters and wraps channels."""
    named = _CHANNEL.sub(r"#\1", text)
    return named.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()
