"""A town whose alerts people answer: fires and clears alerts, presses incident buttons, reads what is seen."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.cards.buttons import Action, ButtonValue, seal
from bot.core.alert import Notification, Via
from bot.core.alert_parsing import identify
from bot.core.alert_rules import (
    AlertRules,
    Level,
    Match,
    Rotation,
    Route,
    Schedule,
    Target,
    TargetKind,
)
from bot.core.delivery import Delivery
from bot.core.incident import Incident
from bot.ports.jobs import Job, JobName
from bot.store.database import Database
from tests.fakes import Posted
from tests.flows.town import ADA, CAMPAIGNS, ERIK, OPS, SEAL, Town

MINUTE = timedelta(minutes=1)
RULES = AlertRules(
    routes=(
        Route("finance", Match({"kind": "cost"}), channels=("C0FINANCE",)),
        Route("both", Match({"policy": "Both*"}), channels=(OPS, CAMPAIGNS), schedule="sre"),
        Route("two", Match({"policy": "Two*"}), channels=(OPS,), schedule="sre", acks_needed=2),
        Route("plain", Match({"policy": "Plain*"}), channels=(OPS,)),
        Route("everything", channels=(OPS,), schedule="sre"),
    ),
    schedules=(
        Schedule(
            "sre",
            (
                Level((Target(TargetKind.ROTATION, "sre"),), 10 * MINUTE),
                Level(
                    (Target(TargetKind.USER, ADA), Target(TargetKind.USER_GROUP, "S0SRE")),
                    15 * MINUTE,
                ),
            ),
            rounds=2,
        ),
    ),
    rotations=(
        Rotation("sre", (ERIK, ADA), since=datetime.fromisoformat("2025-11-24T09:00"), days=7),
    ),
    fallback_channel="C0FALLBACK",
    owner=ADA,
)


class Watchtower(Town):
    """The town with alert rules."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.house(alerts=RULES)

    def rules(self, **changes: Any) -> None:
        """Other alert rules from now on."""
        self.house(alerts=replace(RULES, **changes))

    async def fires(
        self, policy: str = "p95 latency", *, number: int = 1, run: bool = True, **more: Any
    ) -> None:
        """Cloud Monitoring tells that a condition began to be met."""
        await self._notify(policy, number, "open", more)
        if run:
            await self.run()

    async def clears(
        self, policy: str = "p95 latency", *, number: int = 1, run: bool = True, **more: Any
    ) -> None:
        """... or ceased to be."""
        await self._notify(policy, number, "closed", more)
        if run:
            await self.run()

    async def _notify(self, policy: str, number: int, state: str, more: dict[str, Any]) -> None:
        now = self.clock.now()
        began = more.pop("began", now)
        via = more.pop("via", Via.PUBSUB)
        incident: dict[str, Any] = {
            "incident_id": f"{policy}/{number}",
            "state": state,
            "started_at": int(began.timestamp()),
            "ended_at": int(now.timestamp()) if state == "closed" else None,
            "policy_name": policy,
            "condition": {"name": f"projects/cymbal-shop/alertPolicies/{policy}/conditions/1"},
            "severity": more.pop("severity", "Critical"),
            "summary": f"{policy} is above the threshold",
            "resource": {"type": "cloud_run_revision", "labels": {"service_name": "shop"}},
            "documentation": {"content": "Look at the *dashboard* first.", "mime_type": "text/md"},
            "url": "https://console.cloud.google.com/monitoring/alerting/incidents/1",
            **more,
        }
        await self.came({"version": "1.2", "incident": incident}, via=via)

    async def came(
        self, content: Any, via: Via = Via.PUBSUB, attributes: dict[str, str] | None = None
    ) -> None:
        """A notification, accepted as the handlers do."""
        raw, now = (
            json.dumps(content) if not isinstance(content, str) else content,
            self.clock.now(),
        )
        identity = identify(raw, attributes or {}, "", now)
        await self.database.accept_alert(Notification(identity, via, now, raw, attributes or {}))

    async def answers(
        self,
        label: str,
        *,
        by: str = ERIK,
        on: Posted | None = None,
        option: str = "",
        run: bool = True,
    ) -> None:
        """Presses the button with that label (or takes an option of the menu) on an incident's message."""
        posted = on or self.roots()[-1]
        element = next(
            one
            for block in posted.message.blocks
            if block["type"] == "actions"
            for one in block["elements"]
            if label in {one.get("text", one.get("placeholder"))["text"]}
        )
        value = element.get("value") or next(
            one["value"] for one in element["options"] if one["text"]["text"] == option
        )
        await self.presses(element["action_id"], value, by=by, channel=posted.channel)
        if run:
            await self.run()

    async def presses(self, action: str, value: str, *, by: str = ERIK, channel: str = OPS) -> str:
        """A click, whatever it says; returns its identity."""
        self.clicks += 1
        delivery = Delivery(
            identity=f"action-{self.clicks}",
            user=by,
            team="T0CYMBAL",
            received_at=self.clock.now(),
            channel=channel,
            action=action,
            value=value,
            trigger_id=f"trigger-{self.clicks}",
            response_url=f"https://slack/response/{self.clicks}",
        )
        await self.database.accept(delivery, Job(JobName.RESPOND, delivery.identity))
        return delivery.identity

    async def fills_in(
        self, *, by: str = ERIK, lap: int = 1, of: Incident | None = None, **values: str
    ) -> None:
        """The form behind More, sent; of the newest incident unless another is given."""
        incident = of or await self.incident()
        self.clicks += 1
        value = seal(ButtonValue(Action.MORE, incident.id, lap), SEAL)
        delivery = Delivery(
            identity=f"view-{self.clicks}",
            user=by,
            team="T0CYMBAL",
            received_at=self.clock.now(),
            action="incident.form",
            trigger_id=f"trigger-{self.clicks}",
            metadata=json.dumps({"incident": value, "channel": OPS}),
            values=values,
        )
        await self.database.accept(delivery, Job(JobName.RESPOND, delivery.identity))
        await self.run()

    async def watches(self) -> None:
        """Headroom looks after itself from now on."""
        async with self.database.begin() as tx:
            await tx.jobs.wake(Job(JobName.WATCH, "all"), self.clock.now())

    def roots(self, channel: str = OPS) -> list[Posted]:
        """The incidents' messages in a channel, oldest first."""
        return [
            one
            for one in self.chat.posts
            if one.channel == channel and not one.thread_ts and one.mark.startswith("incident/")
        ]

    def replies(self, channel: str = OPS) -> list[str]:
        """What is said in threads, oldest first."""
        return [
            one.message.text for one in self.chat.posts if one.channel == channel and one.thread_ts
        ]

    def pages(self, channel: str = OPS) -> list[Posted]:
        """Messages of which somebody was notified that they are wanted, oldest first."""
        return [
            one
            for one in self.chat.posts
            if one.channel == channel and ":pager:" in (one.edits or [one.message])[0].text
        ]

    async def incident(self) -> Incident:
        """The newest incident."""
        async with self.database.begin() as tx:
            return (await tx.alerts.recent(1))[0]
