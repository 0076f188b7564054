"""The same storm into the same strict Slack: Prometheus Alertmanager, as Debian ships it, beside Headroom.

Alertmanager is given the alerts over its own API and posts through an incoming webhook, grouped by alert
name, with its default waits. Both have the same time from the first alert on. `ratio` is Headroom's
(alerts not shown + refused calls + 1) over Alertmanager's; nothing to measure where it is not installed.
"""

import asyncio
import json
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from bot.sandbox.bot_process import BotProcess
from bot.sandbox.town import free_port
from tests.benchmarks.bench_storm import AMOUNT, ROOT, environment
from tests.benchmarks.outcome import Outcome
from tests.benchmarks.storm_load import Storm, payloads
from tests.benchmarks.strict_slack import StrictSlack, strict_slack

PEER = "prometheus-alertmanager"
GOAL = 1.0
WATCHED = 120.0  # seconds from the first alert on
CONFIG = """
route: {{receiver: slack, group_by: [alertname]}}
receivers:
  - name: slack
    slack_configs:
      - api_url: {url}/hook/C0OPS
        send_resolved: true
        title: "{{{{ .CommonLabels.alertname }}}} "
        text: "{{{{ .Alerts | len }}}} alerts"
"""


@dataclass(frozen=True)
class Result:
    """What the channel showed in the end."""

    messages: int
    refused: int
    unseen: int

    @property
    def harm(self) -> int:
        """What a person misses, and what Slack was bothered with in vain."""
        return self.unseen + self.refused + 1


def run() -> Outcome:
    """Both, one after the other."""
    results = {"Headroom": asyncio.run(_headroom())}
    missing = {}
    if shutil.which(PEER):
        try:
            results["Alertmanager"] = asyncio.run(_alertmanager())
        except RuntimeError as error:
            missing[PEER] = str(error)
    else:
        missing[PEER] = "it is not installed; Debian has it: apt-get install " + PEER
    peer = results.get("Alertmanager", results["Headroom"])
    table = [
        f"{AMOUNT:,} notifications of 500 groups, one channel of one message a second, "
        f"after {WATCHED:.0f} s",
        f"{'':<16}{'messages':>10}{'refused calls':>15}{'alerts not shown':>18}",
        *(
            f"{name:<16}{one.messages:>10,}{one.refused:>15,}{one.unseen:>18,}"
            for name, one in results.items()
        ),
    ]
    ratio = results["Headroom"].harm / peer.harm
    numbers = {name: vars(one) for name, one in results.items()}
    return Outcome("alertmanager", ratio, GOAL, table, numbers, missing)


async def _headroom() -> Result:
    async with _bench() as (folder, slack, url):
        bot = BotProcess(environment(folder, url), folder / "bot.log")
        await bot.start()
        try:
            storm = Storm(int(bot.environment["PORT"]), payloads(AMOUNT, "side by side"))
            await storm.send()
            await asyncio.sleep(max(0.0, storm.began + WATCHED - time.monotonic()))
            return Result(slack.posts, slack.refused, storm.unseen(slack.text()))
        finally:
            await bot.stop()


async def _alertmanager() -> Result:
    async with _bench() as (folder, slack, url):
        (folder / "config.yml").write_text(CONFIG.format(url=url))
        port = free_port()
        process = await asyncio.create_subprocess_exec(
            str(shutil.which(PEER)),
            f"--config.file={folder}/config.yml",
            f"--storage.path={folder}/data",
            f"--web.listen-address=127.0.0.1:{port}",
            "--cluster.listen-address=",
            "--log.level=error",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            storm = Storm(port, payloads(AMOUNT, "side by side"))
            began = time.monotonic()
            await _post(port, storm.payloads)
            await asyncio.sleep(max(0.0, began + WATCHED - time.monotonic()))
            return Result(slack.posts, slack.refused, storm.unseen(slack.text()))
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def _post(port: int, sent: Sequence[dict[str, Any]]) -> None:
    """One request an alert, as a client of Alertmanager's API would."""
    url = f"http://127.0.0.1:{port}/api/v2/alerts"
    room = asyncio.Semaphore(32)
    async with httpx.AsyncClient(timeout=30) as client:
        await _ready(client, f"http://127.0.0.1:{port}/-/ready")

        async def post(payload: dict[str, Any]) -> None:
            async with room:
                body = json.dumps([_alert(payload["incident"])])
                answer = await client.post(
                    url, content=body, headers={"content-type": "application/json"}
                )
                answer.raise_for_status()

        await asyncio.gather(*(post(one) for one in sent))


def _alert(incident: dict[str, Any]) -> dict[str, Any]:
    now = datetime.fromtimestamp(time.time(), tz=UTC).isoformat()
    labels = {"alertname": incident["policy_name"], "incident": incident["incident_id"]}
    alert: dict[str, Any] = {"labels": labels, "startsAt": now}
    return {**alert, "endsAt": now} if incident["state"] == "closed" else alert


async def _ready(client: httpx.AsyncClient, url: str) -> None:
    for _ in range(300):
        if await _answers(client, url):
            return
        await asyncio.sleep(0.1)
    raise RuntimeError(f"{PEER} does not become ready")


async def _answers(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(url)).is_success
    except httpx.TransportError:
        return False


@asynccontextmanager
async def _bench() -> AsyncIterator[tuple[Path, StrictSlack, str]]:
    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=build) as folder:
        async with strict_slack() as (slack, url):
            yield Path(folder), slack, url
