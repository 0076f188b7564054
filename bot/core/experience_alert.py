"""What customers feel, as an alert of Headroom's own: grouped, paged and acknowledged like any other.

Written in the form in which Cloud Monitoring sends its own (reference cloud-run.md §B.3, version 1.2), so
that one way leads from an alert to an incident. Filed by the probe flow, read by alert_parsing.
"""

import json

from bot.core.alert import Notification, Severity, Via
from bot.core.alert_parsing import identify
from bot.core.experience import Breach, Mark, Page
from bot.core.house import House
from bot.core.routes import GROUP_LABEL

PAGE_LABEL = "headroom-page"
"""The facet with the page's name, for routes of their own."""

_HELD = "While a campaign is live I raise its floors within the guardrails; nothing is lowered until it is over."
_LOOK = "More instances will not help: please look at {what}. Nothing is lowered until it is over."
_NEXT = {
    Mark.SLOW: _HELD,
    Mark.FAILED: _HELD,
    Mark.WRONG: _LOOK.format(what="the last deploy and at what is behind it"),
    Mark.UNREACHED: _LOOK.format(what="name, certificate and load balancer"),
}


def breach_alert(page: Page, breach: Breach, house: House) -> Notification:
    """The notification that customers feel it, or (`over_at`) that they no longer do.

    Its identity is the page, when that began, how bad it is, and whether it is over: filing it again
    changes nothing.
    """
    over = breach.over_at
    groups = [house.group(name) for name in page.groups]
    behind = ", ".join(one.title for one in groups if one is not None)
    summary = (
        f"It {breach.mark.meaning}: {breach.reason}. Behind it: {behind}. "
        f"{_NEXT.get(breach.mark, '')}"
    )
    severity = severity_of(breach)
    labels = {PAGE_LABEL: page.name, **({GROUP_LABEL: page.groups[0]} if page.groups else {})}
    incident = {
        "incident_id": f"experience/{page.name}/{breach.since:%Y-%m-%dT%H:%M:%S}",
        "state": "open" if over is None else "closed",
        "started_at": int(breach.since.timestamp()),
        "ended_at": None if over is None else int(over.timestamp()),
        "severity": severity.value,
        "policy_name": f"{page.title}, as customers see it",
        "condition_name": f"{page.title} {breach.mark.meaning}",
        "policy_user_labels": labels,
        "summary": summary.strip(),
    }
    raw = json.dumps({"version": "1.2", "incident": incident}, ensure_ascii=False)
    identity = identify(raw, {}, "", breach.seen_at)
    return Notification(
        identity if over else f"{identity}/{severity}", Via.HEADROOM, breach.seen_at, raw
    )


def severity_of(breach: Breach) -> Severity:
    """A slow page is an error; one that does not work is critical."""
    return Severity.ERROR if breach.mark is Mark.SLOW else Severity.CRITICAL
