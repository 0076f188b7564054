"""The load of bench_intake, in a process of its own: `python -m tests.benchmarks.intake_load PORT TOKEN AMOUNT`.

A storm as Pub/Sub delivers it: single pushes over keep-alive connections, 500 groups of alerts that
open and close, one in ten delivered twice. Each run is a storm of its own.
Prints JSON: alerts per second, every latency in milliseconds, answers that were not 200.
"""

import asyncio
import base64
import json
import random
import sys
import time
from uuid import uuid4

from tests.benchmarks.ack_load import Client, Tally

# Pub/Sub sends more at once for as long as what it sent is taken soon ("slow start"), so in a storm many
# requests are under way; both servers get the same.
CONNECTIONS = 256
GROUPS = 500
_DUPLICATES = 0.1
_FOREVER = float("inf")


def storm(amount: int, run: str) -> list[dict[str, object]]:
    """Payloads: each alert opens, half of them close again later, every tenth comes twice."""
    chance = random.Random(run)
    made: list[dict[str, object]] = []
    opened: list[int] = []
    while len(made) < amount:
        draw = chance.random()
        if made and draw < _DUPLICATES:
            made.append(chance.choice(made[-200:]))
        elif opened and draw < 0.4:
            made.append(_payload(run, opened.pop(0), closed=True))
        else:
            opened.append(len(made))
            made.append(_payload(run, len(made), closed=False))
    return made


def _payload(run: str, number: int, *, closed: bool) -> dict[str, object]:
    """Some two kilobytes, as Cloud Monitoring sends them."""
    group = number % GROUPS
    incident = {
        "incident_id": f"0.{run}{number}",
        "scoping_project_id": "cymbal-shop",
        "url": f"https://console.cloud.google.com/monitoring/alerting/alerts/0.{number}?project=p",
        "started_at": 1764345600 + number,
        "ended_at": 1764345660 + number if closed else None,
        "state": "closed" if closed else "open",
        "severity": "Error",
        "summary": f"Request count for service-{group} is above the threshold of 1 with a value of 7.",
        "observed_value": "7.000",
        "threshold_value": "1",
        "resource": {
            "type": "cloud_run_revision",
            "labels": {"project_id": "cymbal-shop", "service_name": f"service-{group}",
                       "location": "europe-west1", "revision_name": f"service-{group}-00042-abc"},
        },
        "metric": {"type": "run.googleapis.com/request_count", "displayName": "Request count"},
        "policy_name": f"Errors of service-{group}",
        "policy_user_labels": {"team": "web"},
        "condition_name": "5xx",
        "condition": {"name": "projects/p/alertPolicies/1/conditions/2", "displayName": "5xx",
                      "conditionThreshold": {"filter": "resource.type=\"cloud_run_revision\""}},
        "documentation": {"content": "What to do: look at the logs. " * 20,
                          "mime_type": "text/markdown"},
    }  # fmt: skip
    return {"version": "1.2", "incident": incident}


def requests(amount: int, token: str) -> list[bytes]:
    """HTTP requests, ready for the wire."""
    run = uuid4().hex[:12]
    return [_request(one, number, token) for number, one in enumerate(storm(amount, run))]


def _request(payload: dict[str, object], number: int, token: str) -> bytes:
    data = base64.b64encode(json.dumps(payload).encode()).decode()
    message = {"data": data, "messageId": str(number), "attributes": {}}
    body = json.dumps({"message": message, "subscription": "projects/p/subscriptions/s"}).encode()
    head = (
        "POST /alerts/pubsub HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: APIs-Google\r\n"
        f"content-type: application/json\r\nauthorization: Bearer {token}\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def load(port: int, token: str, amount: int) -> dict[str, object]:
    """Sends all of it as fast as it is answered."""
    tally = Tally(iter(requests(amount, token)), _FOREVER)
    loop = asyncio.get_running_loop()
    ended = [loop.create_future() for _ in range(CONNECTIONS)]
    began = time.perf_counter()
    for done in ended:
        await loop.create_connection(lambda d=done: Client(tally, d), "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.gather(*ended)
    took = time.perf_counter() - began
    return {"rate": amount / took, "latencies": tally.latencies, "wrong": tally.wrong[:5]}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(load(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))))
