"""Replies in an incident's thread: only what people must see. Wanted by bot.incidents."""

from collections.abc import Sequence

from bot.cards.blocks import message, section
from bot.cards.incident_wording import SIGNS, at_place, people, title_of
from bot.cards.text import said
from bot.cards.wording import count, listing, mention
from bot.core.incident import Event, EventKind, Incident
from bot.core.message import Message
from bot.core.page import Page, PageReason

_LEADS = {
    PageReason.FIRST: "please look at this",
    PageReason.NEXT: "nobody has acknowledged this yet, please look",
    PageReason.URGED: "you are asked to take this over",
    PageReason.REMINDER: "this is acknowledged but not resolved",
    PageReason.UNANSWERED: "nobody has answered, and this still waits for somebody",
    PageReason.HANDOVER: "you are on call now, and this is not resolved",
}


def page_reply(incident: Incident, pages: Sequence[Page]) -> Message:
    """One message that mentions all who are wanted, once; the last page gives the reason."""
    reason = pages[-1].reason
    lead = _LEADS[reason]
    if reason is PageReason.URGED and pages[-1].by:
        lead = f"{mention(pages[-1].by)} asks you to take this over"
    elif reason is PageReason.FIRST and incident.escalation.since is not None:
        lead = "this still fires and nobody has it, please look"
    elif reason is PageReason.FIRST and incident.lap > 1:
        lead = "this fires again, please look"
    what = f"{SIGNS[incident.severity]} *{title_of(incident)}*{at_place(incident)}"
    return _said(f":pager: {people(pages)}, {lead}: {what}")


def event_reply(incident: Incident, event: Event) -> Message | None:
    """What an event says to the thread; None if the root message tells enough."""
    who = mention(event.by) if event.by else ""
    detail = said(event.detail, 200)
    count_of = f" ({detail} needed)" if detail else ""
    sayings = {
        EventKind.ACKNOWLEDGED: f":eyes: {who} looks at it{count_of}.",
        EventKind.UNACKNOWLEDGED: _given_back(incident, event),
        EventKind.RESOLVED: f":white_check_mark: Resolved. {_over(who, detail)}",
        EventKind.REOPENED: f":repeat: {who} has opened it again."
        if who
        else ":repeat: It fires again.",
        EventKind.SNOOZED: f":zzz: {who} has snoozed it.",
        EventKind.ESCALATED: f":arrow_up: {who} asks for the next level.",
        EventKind.ASSIGNED: _assigned(event),
        EventKind.WORSENED: f":small_red_triangle: Its severity rose: {detail}.",
    }
    text = sayings.get(event.kind)
    return None if text is None else _said(text)


def assigned_in_storm(incident: Incident, event: Event) -> Message:
    """To whoever is given one incident of a storm, in the storm's thread."""
    return _said(f"{_assigned(event)} *{title_of(incident)}*")


def _given_back(incident: Incident, event: Event) -> str:
    """Whose acknowledgement ended, and who has it now."""
    who = mention(event.by)
    others = listing([mention(one) for one in event.detail.split(", ") if one])
    taken = f"{who} has taken back the acknowledgement of {others}"
    first = taken if others else f"{who} has given it back"
    left = [mention(ack.by) for ack in incident.acknowledgements]
    if not left:
        return f"{first}; nobody has it now."
    return f"{first}; {len(left)} of {incident.acks_needed} have it now ({listing(left)})."


def _assigned(event: Event) -> str:
    if event.by == event.detail:
        return f"{mention(event.by)} takes it on."
    return f"{mention(event.detail)}, {mention(event.by)} has assigned this to you."


def _over(who: str, why: str) -> str:
    if who:
        return f"{who} says it is over."
    return f"{why[0].upper()}{why[1:]}." if why else "No alert fires any more."


def storm_page(pages: Sequence[Page], waiting: int) -> Message:
    """Everybody who is wanted because of a storm: one page for all its incidents."""
    reason = pages[-1].reason
    if reason in {PageReason.REMINDER, PageReason.HANDOVER}:
        return _said(f":pager: {people(pages)}, {_LEADS[reason]}: this alert storm")
    return _said(
        f":pager: {people(pages)}, please look: an alert storm with "
        f"{count(waiting, 'incident')} that nobody has yet"
    )


def _said(text: str) -> Message:
    return message(text, [section(text)])
