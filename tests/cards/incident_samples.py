"""Incidents and storms for the cards' tests."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.cards.incident import IncidentView
from bot.cards.storm import StormView
from bot.core.alert import Link, Severity
from bot.core.incident import (
    Acknowledgement,
    Event,
    EventKind,
    Incident,
    Phase,
    Signal,
    Snooze,
    Subject,
)
from bot.core.noise import Advice, Noise, PolicyNoise
from bot.core.page import Page, PageReason
from bot.core.storm import Storm
from bot.core.windows import Window
from tests.cards.samples import KEY, NOW

BEGAN = NOW - timedelta(minutes=30)
INCIDENT = Incident(
    id="0123456789abcdef",
    group_key="shop|policy=p95|group=web",
    subject=Subject(
        title="p95 latency is high",
        summary="Request latency for storefront is above the threshold of 2 with a value of 4.1.",
        facets={"group": "web", "workload": "storefront", "region": "europe-west1"},
        url="https://console.cloud.google.com/monitoring/alerting/alerts/0.1?project=p",
        runbook="Look at the *dashboard*.\nRoll back the newest revision.",
        links=(Link("Dashboard", "https://example.com/d?a=1&b=2"),),
    ),
    severity=Severity.CRITICAL,
    opened_at=BEGAN,
    route="shop",
    channels=("C0OPS",),
    schedule="sre",
    firing=2,
    seen=3,
    spoken_at=BEGAN,
)
PAGE = Page(
    INCIDENT.id, 1, 1, BEGAN, PageReason.FIRST, 0, people=("U0ERIK",), user_groups=("S0SRE",)
)
SIGNALS = tuple(
    Signal(
        f"s{n}",
        INCIDENT.id,
        True,
        BEGAN,
        None,
        f"i{n}",
        Severity.CRITICAL,
        "p95",
        "slow",
        f"pod {n}",
    )
    for n in range(2)
)
ACK = (Acknowledgement("U0ERIK", NOW - timedelta(minutes=20)),)
TIMELINE = (
    Event(INCIDENT.id, BEGAN, EventKind.OPENED, detail="storefront"),
    Event(INCIDENT.id, BEGAN, EventKind.PAGED, detail="it began: U0ERIK"),
    Event(INCIDENT.id, NOW, EventKind.ACKNOWLEDGED, "U0ERIK"),
    Event(INCIDENT.id, NOW, EventKind.ASSIGNED, "U0ERIK", "U0ADA"),
)
SNOOZE = Snooze(INCIDENT.group_key, NOW + timedelta(hours=1), "U0ERIK", NOW)
STORM = Storm("s1", began_at=BEGAN, last_at=NOW, version=3, shown_at=NOW)
NOISE = Noise(
    window=Window(NOW - timedelta(days=7), NOW),
    policies=(PolicyNoise("Disk is full", 9, 0, 12, 7, (Advice.DROP,)),),
    incidents=14,
    silent=5,
    acknowledged_share=0.5,
    time_to_acknowledge=timedelta(minutes=4),
    pages_per_week=20.0,
    night_pages=7,
    explained=1,
    could_wait=3,
)


def incident(**changes: Any) -> Incident:
    """The incident, otherwise."""
    return replace(INCIDENT, **changes)


def seen(shown: Incident = INCIDENT, **known: Any) -> IncidentView:
    """What its message is given."""
    fields: dict[str, Any] = {"signals": SIGNALS, "pages": (PAGE,), "cause": None}
    return IncidentView(shown, seal=KEY, **(fields | known))


def resolved() -> Incident:
    """Over by itself."""
    return incident(phase=Phase.RESOLVED, resolved_at=NOW, firing=0)


def many(number: int, title: str = "Errors of service") -> tuple[Incident, ...]:
    """Incidents of a storm; each third is resolved."""
    made = []
    for n in range(number):
        subject = replace(INCIDENT.subject, title=f"{title} {n}")
        over = {"phase": Phase.RESOLVED, "resolved_at": NOW} if n % 3 == 0 else {}
        made.append(incident(id=f"{n:016}", subject=subject, storm="s1", folded=True, **over))
    return tuple(made)


def storm(number: int = 5, title: str = "Errors of service", **changes: Any) -> StormView:
    """A storm of that many."""
    return StormView(replace(STORM, **changes), many(number, title), KEY)
