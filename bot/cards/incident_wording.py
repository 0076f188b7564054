"""How incidents are said, everywhere the same: headline, state, place, people, links. Called by the incident cards."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.cards.text import said
from bot.cards.wording import count, duration, listing, mention, moment
from bot.core.alert import Severity
from bot.core.house import House
from bot.core.incident import Incident, Phase
from bot.core.page import Page

SIGNS = {
    Severity.CRITICAL: "🔴",
    Severity.ERROR: "🟠",
    Severity.WARNING: "🟡",
    Severity.NONE: "⚪",
}
_WEB = ("https://", "http://")


def title_of(incident: Incident, limit: int = 100) -> str:
    """The incident's name, harmless and never empty."""
    return said(incident.subject.title, limit) or "An alert without a name"


def place_of(incident: Incident) -> str:
    """`shop (europe-west1)`, or its group; "" where it names neither."""
    facets = incident.subject.facets
    name, region = said(facets.get("workload", ""), 40), said(facets.get("region", ""), 30)
    if name:
        return f"{name} ({region})" if region else name
    return said(facets.get("group", ""), 40)


def at_place(incident: Incident) -> str:
    """The same to be put behind a title: `, shop (europe-west1)`."""
    place = place_of(incident)
    return f", {place}" if place else ""


def sign(incident: Incident, now: datetime) -> str:
    """One sign for how it stands."""
    if not incident.open:
        return "✅"
    if incident.snoozed(now):
        return "💤"
    if incident.inhibited_by:
        return "🔕"
    if incident.phase is Phase.ACKNOWLEDGED:
        return "👀"
    return SIGNS[incident.severity]


def headline(incident: Incident, now: datetime) -> str:
    """`🔴 Critical: p95 latency is high`, `✅ Resolved: …`."""
    if not incident.open:
        word = "Resolved"
    elif incident.snoozed(now):
        word = "Snoozed"
    elif incident.inhibited_by:
        word = "Explained by another incident"
    elif incident.phase is Phase.ACKNOWLEDGED:
        word = "Acknowledged"
    else:
        word = "Alert" if incident.severity is Severity.NONE else incident.severity.capitalize()
    return f"{sign(incident, now)} {word}: {title_of(incident)}"


def state_line(incident: Incident, zone: str, now: datetime) -> str:
    """Who has it since when, or that nobody has."""
    began = incident.lapped_at or incident.opened_at
    since = f"since {moment(began, zone)}"
    if not incident.open:
        by = f" by {mention(incident.resolved_by)}" if incident.resolved_by else ""
        ended = incident.resolved_at or now
        after = duration(max(ended - began, timedelta(0)))
        by = by or (" by itself" if not incident.firing else "")
        return f"*Resolved{by}* {moment(ended, zone)}, after {after}.{_still_snoozed(incident, zone, now)}"
    if incident.snoozed_until is not None and incident.snoozed(now):
        by = f" by {mention(incident.snoozed_by)}" if incident.snoozed_by else ""
        too = ", in Cloud Monitoring too" if incident.mirrored else ""
        until = moment(incident.snoozed_until, zone)
        return f"*Snoozed{by} until {until}*{too}; open {since}."
    flaps = f" Flapping: opened {count(incident.lap, 'time')}." if incident.flapping else ""
    calm = (
        f" Quiet now; over at {moment(incident.calm_at, zone, only_time=True)} if it stays so."
        if incident.calm_at is not None
        else ""
    )
    return f"{_held(incident, zone)} Open {since}.{flaps}{calm}"


def _still_snoozed(incident: Incident, zone: str, now: datetime) -> str:
    """The snooze is of the group and outlasts the incident: whoever reads of its end must know."""
    if incident.snoozed_until is None or not incident.snoozed(now):
        return ""
    until = moment(incident.snoozed_until, zone)
    return f" Still snoozed until {until}: if it fires again before, nobody is called."


def _held(incident: Incident, zone: str) -> str:
    givers = listing([mention(ack.by) for ack in incident.acknowledgements])
    owner = f" Assigned to {mention(incident.assignee)}." if incident.assignee else ""
    if incident.phase is Phase.ACKNOWLEDGED:
        last = incident.acknowledgements[-1].at if incident.acknowledgements else None
        at = f" at {moment(last, zone, only_time=True)}" if last else ""
        return f"*Acknowledged by {givers}*{at}.{owner}"
    given = len(incident.acknowledgements)
    if incident.acks_needed > 1:
        progress = f"*{given} of {incident.acks_needed} have acknowledged*"
        return f"{progress}{f' ({givers})' if given else ''}.{owner}"
    return f"*Nobody has it yet.*{owner}"


def about(incident: Incident, house: House) -> str:
    """Where it is, in the words of the house."""
    facets = incident.subject.facets
    group = house.group(facets.get("group", "")) if facets.get("group") else None
    parts = [
        ("For", group.title if group else facets.get("group", "")),
        ("Service", facets.get("workload", "")),
        ("Region", facets.get("region", "")),
        ("Project", facets.get("project", "")),
    ]
    return "   ".join(f"*{name}* {said(value, 60)}" for name, value in parts if value)


def campaign_line(incident: Incident) -> str:
    """The live campaign that may explain it, with the way to it; "" where none does."""
    if not (incident.context and incident.open):
        return ""
    url = incident.context_url
    link = f" <{_link(url)}|Open the campaign>" if url.startswith(_WEB) else ""
    return f":mega: {said(incident.context, 300)}{link}"


def alerts_firing(incident: Incident) -> str:
    """`3 of 5 alerts firing`."""
    if not incident.firing and incident.mirrored:
        return f"{count(incident.seen, 'alert')}, closed by the snooze"
    if not incident.firing:
        return f"{count(incident.seen, 'alert')}, none firing"
    return f"{incident.firing:,} of {count(incident.seen, 'alert')} firing"


def people(pages: Sequence[Page]) -> str:
    """Everybody these pages are for, once each, mentioned."""
    users = dict.fromkeys(user for page in pages for user in page.people)
    groups = dict.fromkeys(group for page in pages for group in page.user_groups)
    said_groups = [f"<!subteam^{group}>" for group in groups if group.isalnum()]
    return listing([*(mention(user) for user in users), *said_groups], most=20)


def links(incident: Incident) -> str:
    """To the console, and what the policy's documentation links to."""
    found = []
    if incident.subject.url.startswith(_WEB):
        found.append(f"<{_link(incident.subject.url)}|Open in Google Cloud>")
    for link in incident.subject.links[:3]:
        if link.url.startswith(_WEB):
            found.append(f"<{_link(link.url)}|{said(link.title, 60) or 'Runbook'}>")
    return "   ".join(found)


def _link(url: str) -> str:
    """A URL that cannot leave its token."""
    cut = "".join(c for c in url if c.isprintable() and not c.isspace())[:1500]
    return cut.replace("&", "&amp;").replace("<", "%3C").replace(">", "%3E").replace("|", "%7C")
