"""Replies in an incident's thread: only what people must see. Wanted by bot.incidents."""

from collections.abc import Sequence

from bot.cards.blocks import message, section
from bot.cards.incident_wording import people, title_of
from bot.cards.text import said
from bot.cards.wording import count, mention
from bot.core.incident import Event, EventKind, Incident
from bot.core.message import Message
from bot.core.page import Page, PageReason

_LEADS = {
    PageReason.FIRST: "please look at this.",
    PageReason.NEXT: "nobody has acknowledged this yet; please look.",
    PageReason.URGED: "you are asked to take this over.",
    PageReason.REMINDER: "this is acknowledged but not resolved.",
    PageReason.UNANSWERED: "nobody has answered; this still waits for somebody.",
    PageReason.HANDOVER: "you are on call now, and this is not resolved.",
}


def page_reply(incident: Incident, pages: Sequence[Page]) -> Message:
    """One message that mentions all who are wanted, once; the last page gives the reason."""
    reason = pages[-1].reason
    lead = _LEADS[reason]
    if reason is PageReason.FIRST and incident.escalation.since is not None:
        lead = "this still fires, and nobody has it; please look."
    elif reason is PageReason.FIRST and incident.lap > 1:
        lead = "this fires again; please look."
    return _said(f":pager: {people(pages)} {lead} *{title_of(incident)}*")


def event_reply(incident: Incident, event: Event) -> Message | None:
    """What an event says to the thread; None if the root message tells enough."""
    who = mention(event.by) if event.by else ""
    detail = said(event.detail, 200)
    count_of = f" ({detail} needed)" if detail else ""
    sayings = {
        EventKind.ACKNOWLEDGED: f":eyes: {who} looks at it{count_of}.",
        EventKind.UNACKNOWLEDGED: f"{who} has given it back; nobody has it now.",
        EventKind.RESOLVED: f":white_check_mark: Resolved. {_over(who, detail)}",
        EventKind.REOPENED: f":repeat: {who} has opened it again."
        if who
        else ":repeat: It fires again.",
        EventKind.SNOOZED: f":zzz: {who} has snoozed it.",
        EventKind.ESCALATED: f":arrow_up: {who} asks for the next level.",
        EventKind.ASSIGNED: f"{mention(event.detail)}, {who} has assigned this to you.",
        EventKind.WORSENED: f":small_red_triangle: Its severity rose: {detail}.",
    }
    text = sayings.get(event.kind)
    return None if text is None else _said(text)


def _over(who: str, why: str) -> str:
    if who:
        return f"{who} says it is over."
    return f"{why[0].upper()}{why[1:]}." if why else "No alert fires any more."


def storm_page(pages: Sequence[Page], waiting: int) -> Message:
    """Everybody who is wanted because of a storm: one page for all its incidents."""
    reason = pages[-1].reason
    if reason in {PageReason.REMINDER, PageReason.HANDOVER}:
        return _said(f":pager: {people(pages)} this alert storm: {_LEADS[reason]}")
    return _said(
        f":pager: {people(pages)} an alert storm with {count(waiting, 'incident')} "
        "that nobody has yet; please look."
    )


def _said(text: str) -> Message:
    return message(text, [section(text)])
