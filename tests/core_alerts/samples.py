"""Notifications, alerts, incidents and rules for the tests of alerts."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.core.alert import Alert, AlertKind, Notification, Policy, Resource, Severity, Via
from bot.core.alert_parsing import identify
from bot.core.alert_rules import (
    AlertRules,
    Inhibition,
    Level,
    Match,
    Rotation,
    Route,
    Schedule,
    Target,
    TargetKind,
)
from bot.core.house import Group, House, Place
from bot.core.incident import Incident, Subject

PAYLOADS = Path(__file__).parent / "payloads"
NOW = datetime(2025, 11, 28, 17, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

SRE = Schedule(
    "sre",
    (
        Level((Target(TargetKind.ROTATION, "sre"),), 10 * MINUTE),
        Level(
            (Target(TargetKind.USER, "U0ADA"), Target(TargetKind.USER_GROUP, "S0SRE")), 15 * MINUTE
        ),
    ),
    rounds=2,
    remind=120 * MINUTE,
)
ROTATION = Rotation(
    "sre",
    ("U0ERIK", "U0OLGA"),
    since=datetime.fromisoformat("2025-11-24T09:00"),
    zone="Europe/Berlin",
    days=7,
)
RULES = AlertRules(
    routes=(
        Route("everything", channels=("C0OPS",), schedule="sre", group_by=("policy", "group")),
    ),
    inhibitions=(
        Inhibition(Match({"scope": "region"}), Match({"scope": ""}), same=("project", "region")),
    ),
    schedules=(SRE,),
    rotations=(ROTATION,),
)
HOUSE = House(
    company="Cymbal Retail",
    zone="Europe/Berlin",
    places=(Place("cymbal-shop", ("europe-west1",)),),
    groups=(Group("web", "Web shop", workloads=("storefront",)), Group("checkout", "Checkout")),
    engineers="C0OPS",
    default_channel="C0CAMPAIGN",
    roles={},
    alerts=RULES,
)


def house(**changes: Any) -> House:
    """The house with other alert rules."""
    return replace(HOUSE, alerts=replace(RULES, **changes))


def payload(name: str) -> dict[str, Any]:
    """One of the sample payloads."""
    found: dict[str, Any] = json.loads((PAYLOADS / name).read_text(encoding="utf-8"))
    return found


def notification(content: Any, **fields: Any) -> Notification:
    """As if it had come through the webhook just now; `content` is text or JSON."""
    raw = content if isinstance(content, str) else json.dumps(content)
    attributes = fields.pop("attributes", {})
    message_id = fields.pop("message_id", "")
    identity = identify(raw, attributes, message_id, NOW)
    via = fields.pop("via", Via.WEBHOOK)
    return Notification(identity, via, NOW, raw, attributes, message_id)


def alert(source: str = "0.one", *, is_open: bool = True, **changes: Any) -> Alert:
    """An alert of the policy "Errors" on the storefront; `at` is when it started (and a minute long)."""
    at: datetime = changes.pop("at", NOW)
    labels: dict[str, str] = changes.pop("labels", {})
    made = Alert(
        identity=f"monitoring/{source}/{'open' if is_open else 'closed'}/{at.timestamp():.0f}",
        kind=AlertKind.INCIDENT,
        source_id=source,
        open=is_open,
        started_at=at,
        ended_at=None if is_open else at + MINUTE,
        severity=Severity.ERROR,
        policy=Policy(title=changes.pop("policy", "Errors"), labels=labels),
        summary="5xx above 1 %",
        resource=Resource(
            "cloud_run_revision",
            {"service_name": changes.pop("service", "storefront"), "location": "europe-west1"},
            "storefront europe-west1",
        ),
        project="cymbal-shop",
    )
    return replace(made, **changes)


def incident(**changes: Any) -> Incident:
    """One that was triggered just now, with one firing alert, on the `sre` schedule."""
    made = Incident(
        id="i1",
        group_key="everything|policy=Errors|group=web",
        subject=Subject("Errors", "5xx above 1 %", {"policy": "Errors", "region": "europe-west1"}),
        severity=Severity.ERROR,
        opened_at=NOW,
        route="everything",
        channels=("C0OPS",),
        schedule="sre",
        firing=1,
        seen=1,
        spoken_at=NOW,
    )
    return replace(made, **changes)
