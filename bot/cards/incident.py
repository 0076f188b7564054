"""The one message of an incident in a channel: always what is so now, edited in place. Rendered by bot.incidents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cards.blocks import actions, ask_again, button, context, header, message, section
from bot.cards.buttons import Action, ButtonValue, seal
from bot.cards.incident_wording import (
    about,
    alerts_firing,
    campaign_line,
    headline,
    links,
    people,
    state_line,
)
from bot.cards.text import paragraph, rows, said
from bot.cards.wording import mention, moment
from bot.core.alert import Severity
from bot.core.escalation import next_page
from bot.core.house import House
from bot.core.incident import Incident, Phase, Signal
from bot.core.message import Block, Message
from bot.core.naps import Nap
from bot.core.page import Page, PageReason

_SIGNALS = 6
_RUNBOOK = 500
_LOUD = frozenset({Severity.CRITICAL, Severity.ERROR})


@dataclass(frozen=True, slots=True)
class IncidentView:
    """An incident with what its message tells; `seal` signs the buttons.

    `signals` are the firing ones first, `pages` those of its present lap, oldest first, `cause` the
    incident that explains it.
    """

    incident: Incident
    signals: tuple[Signal, ...]
    pages: tuple[Page, ...]
    seal: bytes
    cause: Incident | None = None


def incident_card(view: IncidentView, *, house: House, now: datetime) -> Message:
    """State first, then what and where, who was paged, what may explain it, and the buttons."""
    incident = view.incident
    title = headline(incident, now)
    parts = [
        state_line(incident, house.zone, now),
        _explained(view),
        _summary(incident),
        about(incident, house),
        _signals(view, house),
        _paged(view, house, now),
        _runbook(incident),
    ]
    body = [part for part in parts if part]
    blocks = [header(title), *(section(part) for part in body)]
    small = _small(view, house)
    buttons = _buttons(view)
    text = "\n".join([title, *body, f"{small} If you see no buttons, type /headroom alerts."])
    return message(text, [*blocks, *buttons, context(small)])


def sealed(view_seal: bytes, action: Action, incident: Incident, extra: str = "") -> str:
    """A button's value: the incident, and the lap that was shown."""
    subject = f"{incident.id}/{extra}" if extra else incident.id
    return seal(ButtonValue(action, subject, incident.lap), view_seal)


def _explained(view: IncidentView) -> str:
    lines = []
    if view.cause is not None:
        lines.append(
            f"Explained by *{said(view.cause.subject.title, 120)}*; it is silent meanwhile."
        )
    return "\n".join(line for line in [*lines, campaign_line(view.incident)] if line)


def _summary(incident: Incident) -> str:
    summary = incident.subject.summary
    return paragraph(summary, otherwise="")[:1500] if summary else ""


def _signals(view: IncidentView, house: House) -> str:
    firing = [one for one in view.signals if one.open]
    if not view.incident.open or len(firing) < 2:
        return ""
    lines = [
        f"• {said(one.about or one.title, 80)}"
        + (
            f", since {moment(one.started_at, house.zone, only_time=True)}"
            if one.started_at
            else ""
        )
        for one in firing
    ]
    left = max(0, view.incident.firing - len(firing))
    shown = rows(lines, most=_SIGNALS, limit=1200)
    return f"*Firing*\n{shown}" + (f"\nand {left:,} more not listed" if left else "")


def _paged(view: IncidentView, house: House, now: datetime) -> str:
    """Mentions only while somebody is wanted: an edit notifies nobody, but a first post would."""
    incident = view.incident
    waits = incident.phase is Phase.TRIGGERED and not incident.hushed(now)
    if not waits:
        return ""
    turn = next_page(incident, house.alerts, now)
    calls = turn.page is None and turn.look_again is not None and incident.calm_at is None
    at = moment(turn.look_again, house.zone, only_time=True) if calls and turn.look_again else ""
    if not view.pages:
        return f":crescent_moon: Quiet hours: nobody is called before {at}." if at else ""
    last = view.pages[-1]
    who = people([page for page in view.pages if page.people or page.user_groups])
    if not who:
        return ":warning: Nobody is configured to be paged for this."
    anew = last.reason is PageReason.FIRST and incident.escalation.since is not None
    why = "it still fires" if anew else last.reason.value
    if last.by:
        why = f"{mention(last.by)} asked for the next level"
    after = f"; next call at {at}" if at else ""
    return f":pager: Paged {who} ({why}, {moment(last.at, house.zone, only_time=True)}){after}"


def _runbook(incident: Incident) -> str:
    shown = links(incident)
    text = incident.subject.runbook
    if text and incident.open:
        shown += f"\n{paragraph(text[:_RUNBOOK], otherwise='')}"
        shown += "…" if len(text) > _RUNBOOK else ""
    return shown.strip()


def _small(view: IncidentView, house: House) -> str:
    incident = view.incident
    parts = [alerts_firing(incident)]
    if incident.lap > 1:
        parts.append(f"opened {incident.lap:,} times")
    if incident.route:
        parts.append(f"route {said(incident.route, 40)}")
    if incident.assignee:
        parts.append(f"assigned to {said(incident.assignee, 20)}" if not incident.open else "")
    kept = [part for part in parts if part]
    return f"{', '.join(kept)}. Incident {incident.id[:8]}."


def _buttons(view: IncidentView) -> Sequence[Block]:
    incident, key = view.incident, view.seal
    more = button("More", action_id=Action.MORE, value=sealed(key, Action.MORE, incident))
    if not incident.open:
        return [actions(more)]
    elements = []
    if incident.phase is Phase.TRIGGERED:
        value = sealed(key, Action.ACKNOWLEDGE, incident)
        elements.append(
            button("Acknowledge", action_id=Action.ACKNOWLEDGE, value=value, style="primary")
        )
    elements.append(_snooze(view))
    elements.append(_resolve(view))
    if incident.schedule:
        value = sealed(key, Action.ESCALATE, incident)
        elements.append(button("Escalate", action_id=Action.ESCALATE, value=value))
    return [actions(*elements, more)]


def _snooze(view: IncidentView) -> Block:
    options = [
        {
            "text": {"type": "plain_text", "text": nap.words},
            "value": sealed(view.seal, Action.SNOOZE, view.incident, nap.value),
        }
        for nap in (Nap.HOUR, Nap.FOUR_HOURS, Nap.TOMORROW)
    ]
    return {
        "type": "static_select",
        "action_id": Action.SNOOZE,
        "placeholder": {"type": "plain_text", "text": "Snooze"},
        "options": options,
    }


def _resolve(view: IncidentView) -> Block:
    """What still fires is resolved only after a second thought."""
    incident = view.incident
    dialog = None
    if incident.firing and incident.severity in _LOUD:
        question = f"{alerts_firing(incident)}. A new one opens the incident again."
        dialog = ask_again(question, yes="Resolve", no="Go back")
    value = sealed(view.seal, Action.RESOLVE, incident)
    return button("Resolve", action_id=Action.RESOLVE, value=value, confirm=dialog)
