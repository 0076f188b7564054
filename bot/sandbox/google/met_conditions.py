"""Cloud Monitoring's own incidents in the town: which conditions are met, and what snoozes do to them.

A snooze closes the open incidents of its policy without a word and opens none until it ends; what is
still met then is a new incident. Source: https://cloud.google.com/monitoring/alerts/snooze
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.ports.clock import Clock

Order = Mapping[str, Any]
Payload = dict[str, Any]

_PROJECT = "cymbal-shop"


@dataclass(slots=True)
class _Met:
    policy: str
    order: Order
    began: int
    hushed: bool


class MetConditions:
    """Turns orders (see Notifier.order) into payloads; `silent` says whether a policy is snoozed for labels."""

    def __init__(self, clock: Clock, silent: Callable[[str, Mapping[str, str]], bool]) -> None:
        self._clock = clock
        self._silent = silent
        self._met: dict[str, _Met] = {}

    def tell(self, policy: str, order: Order) -> Payload | None:
        """What is sent because a condition begins or ceases to be met; None: nothing is."""
        key = f"{policy}/{order.get('number', 1)}"
        now = int(self._clock.now().timestamp())
        hushed = self._hushed(policy, order)
        if order.get("state", "open") == "closed":
            known = self._met.pop(key, None) or _Met(policy, order, now, hushed)
            if known.hushed or hushed:
                return None
            return _payload(policy, order, known.began, ended=now)
        self._met[key] = _Met(policy, order, now, hushed)
        return None if hushed else _payload(policy, order, now)

    def after_snoozes(self) -> list[tuple[Order, Payload]]:
        """Closes what is snoozed now; what is met and snoozed no longer is told anew."""
        told = []
        for one in self._met.values():
            hushed = self._hushed(one.policy, one.order)
            if one.hushed and not hushed:
                one.began = int(self._clock.now().timestamp())
                told.append((one.order, _payload(one.policy, one.order, one.began)))
            one.hushed = hushed
        return told

    def _hushed(self, policy: str, order: Order) -> bool:
        labels = {f"resource.labels.{name}": value for name, value in _labels(order).items()}
        return self._silent(policy_name(policy), labels)


def policy_name(title: str) -> str:
    """The full resource name of the policy with that title."""
    return f"projects/{_PROJECT}/alertPolicies/{_number(title)}"


def _labels(order: Order) -> dict[str, str]:
    return {
        "project_id": _PROJECT,
        "service_name": str(order.get("workload", "storefront-web")),
        "location": str(order.get("region", "europe-west1")),
    }


def _payload(policy: str, order: Order, began: int, ended: int | None = None) -> Payload:
    number, labels = str(order.get("number", 1)), _labels(order)
    usual = f"Request latency of {labels['service_name']} is above its threshold."
    incident = {
        "incident_id": f"0.{_number(f'{policy}/{number}@{began}')}",
        "scoping_project_id": _PROJECT,
        "url": f"https://console.cloud.google.com/monitoring/alerting/alerts/{number}",
        "started_at": began,
        "ended_at": ended,
        "state": "open" if ended is None else "closed",
        "severity": str(order.get("severity", "Critical")),
        "summary": str(order.get("summary", usual)),
        "observed_value": str(order.get("value", "")),
        "policy_name": policy,
        "policy_user_labels": dict(order.get("labels", {})),
        "condition": {"name": f"{policy_name(policy)}/conditions/1", "displayName": policy},
        "condition_name": policy,
        "resource": {"type": "cloud_run_revision", "labels": labels},
        "metric": {"type": "run.googleapis.com/request_latencies", "displayName": "Latency"},
        "documentation": {
            "content": str(order.get("documentation", "See the runbook of the service.")),
            "mime_type": "text/markdown",
        },
    }
    return {"version": "1.2", "incident": incident}


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:5], "big")
