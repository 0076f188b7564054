"""Two versions of Headroom at work side by side on one PostgreSQL, as during a rolling deploy.

The newer one (tests.processes.newer) writes what the older one has never heard of.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from bot.sandbox.bot_process import BotProcess, started_from
from bot.sandbox.front_door import FrontDoor
from bot.sandbox.stories.black_friday import COMMAND, START
from bot.sandbox.stories.stage import Stage
from bot.sandbox.town import free_port
from bot.store.migrate import newest_schema
from tests.postgres import postgres_server
from tests.processes.conftest import town_beside
from tests.processes.database import Row, rows
from tests.processes.newer import KIND, VERSION, build_newer
from tests.stories.steps import LEAD, is_settled, warm_in_time
from tests.warm_start import started_warm

pytestmark = pytest.mark.timeout(300)
STREAM = f"/campaign Evening {KIND} Fri 28 Nov 18:00-21:00 Europe/Berlin x2 #checkout"


@dataclass
class Deploy:
    """A web and a worker process of each version, and the database they share."""

    stage: Stage
    folder: Path
    environment: Mapping[str, str]
    newer_code: Path
    ports: Mapping[str, int]
    processes: dict[str, BotProcess] = field(default_factory=dict)

    def of(self, version: str, command: str) -> BotProcess:
        """One of the four, or another command of that version."""
        name = f"{version}-{command}"
        if name not in self.processes:
            newer = version == "new"
            own = {
                "PORT": str(self.ports[version]),
                "HEADROOM_VERSION": VERSION if newer else "this",
            }
            environment, log = {**self.environment, **own}, self.folder / f"{name}.log"
            start = started_from(self.newer_code) if newer else started_warm
            self.processes[name] = BotProcess(environment, log, command, start)
        return self.processes[name]

    async def start(self, *names: tuple[str, str]) -> None:
        """Together."""
        await asyncio.gather(*(self.of(*name).start() for name in names))

    async def rows(self, query: str) -> list[Row]:
        """What the database says."""
        return await rows(self.environment, query)

    async def body(self, name: str) -> dict[str, object]:
        """A campaign as it is stored."""
        found = await self.rows("SELECT body FROM campaigns")
        bodies = [json.loads(str(row[0])) for row in found]
        [body] = [one for one in bodies if name in one["announcement"]["name"]]
        return dict(body)

    async def live(self, name: str) -> dict[str, object]:
        """The campaign once it is live."""
        for _ in range(100):
            body = await self.body(name)
            if body["state"] == "live":
                return body
            await asyncio.sleep(0.2)
        pytest.fail(f"{name} did not become live: {body}")

    def said(self, version: str) -> str:
        """All logs of that version."""
        logs = sorted(self.folder.glob(f"{version}-*.log"))
        return "\n".join(log.read_text(encoding="utf-8") for log in logs)


@pytest.fixture
async def deploy(tmp_path: Path) -> AsyncIterator[Deploy]:
    """The older version at work on its own schema; the newer one is not there yet."""
    newer = build_newer(tmp_path / "newer", newest_schema())
    with postgres_server().database() as url:
        async with town_beside(tmp_path, url) as (town, environment, http):
            stage = Stage(town, BotProcess(environment, tmp_path / "none.log"), http)
            ports = {"old": free_port(), "new": free_port()}
            deploy = Deploy(stage, tmp_path, environment, newer, ports)
            door = FrontDoor(int(environment["PORT"]), list(ports.values()))
            await deploy.of("old", "migrate").run()
            await deploy.start(("old", "web"), ("old", "worker"))
            await door.start()
            try:
                yield deploy
            finally:
                await asyncio.gather(*(one.stop() for one in deploy.processes.values()))
                await door.stop()


async def test_what_a_newer_version_writes_is_kept_by_the_older_and_done_by_the_newer(
    deploy: Deploy,
) -> None:
    await release_twice_at_once(deploy)
    await the_older_alone_keeps_what_it_does_not_know(deploy)
    await both_together_prove_the_capacity(deploy)
    await nothing_was_lost(deploy)


async def release_twice_at_once(deploy: Deploy) -> None:
    """Two release phases of the newer version, beside the older one at work."""
    releases = [
        BotProcess(
            deploy.of("new", "migrate").environment,
            deploy.folder / f"new-release-{n}.log",
            "migrate",
            started_from(deploy.newer_code),
        )
        for n in (1, 2)
    ]
    await asyncio.gather(*(release.run() for release in releases))
    assert await deploy.rows("SELECT version_num FROM alembic_version") == [("9999",)]
    await deploy.start(("new", "web"), ("new", "worker"))
    for version, named in (("old", "this"), ("new", VERSION)):
        async with httpx.AsyncClient() as client:
            alive = await client.get(f"http://127.0.0.1:{deploy.ports[version]}/healthz")
        assert alive.json() == {"alive": True, "version": named}
        assert f"This is version {named}." in deploy.said(version)


async def the_older_alone_keeps_what_it_does_not_know(deploy: Deploy) -> None:
    """The newer one announces; the older one, alone, takes the click and stores the campaign."""
    stage = deploy.stage
    await deploy.of("old", "worker").stop()
    await stage.say("maya", COMMAND)
    await stage.sees("maya", "Black Friday push", "[Confirm]")
    before = await deploy.body("Black Friday")
    await deploy.of("new", "worker").stop()
    await deploy.start(("old", "worker"))
    await stage.click("maya", "Confirm")
    await stage.sees("maya", "Black Friday push", "Scheduled.", test=is_settled)
    after = await deploy.body("Black Friday")
    assert (before["season"], after["season"]) == ("autumn", "autumn")
    assert int(str(after["version"])) > int(str(before["version"]))
    assert after["state"] == "scheduled"


async def both_together_prove_the_capacity(deploy: Deploy) -> None:
    """A campaign of a kind that only the newer one knows, beside the one that both know."""
    stage = deploy.stage
    await deploy.of("old", "worker").stop()
    await deploy.start(("new", "worker"))
    await stage.say("maya", STREAM)
    plan = await stage.sees("maya", f"Evening {KIND}", "[Confirm and ask]")
    await deploy.start(("old", "worker"))
    await stage.click("maya", "Confirm and ask")
    await stage.sees("erik", f"Evening {KIND}", "[Approve]", after=plan["seq"])
    await stage.click("erik", "Approve")
    await stage.sees("maya", f"Evening {KIND}", "Scheduled.")
    stage.town.clock.jump(START - LEAD)
    await warm_in_time(stage, START, fastest=60, campaigns=2)


async def nothing_was_lost(deploy: Deploy) -> None:
    """No job is dead, no command unanswered, nothing failed; the older one says what it left."""
    await deploy.stage.until(START)
    for name in ("Black Friday", f"Evening {KIND}"):
        live = await deploy.live(name)
        assert live["season"] == "autumn"
    assert live["announcement"]["kind"] == KIND  # type: ignore[index]
    assert await deploy.rows("SELECT count(*) FROM audit WHERE act = 'greeted'") == [(2,)]
    assert await deploy.rows("SELECT count(*) FROM inbox WHERE handled_at IS NULL") == [(0,)]
    dead = "SELECT count(*) FROM procrastinate_jobs WHERE status NOT IN ('todo', 'doing')"
    assert await deploy.rows(dead) == [(0,)]
    assert "another version of Headroom wrote it" in deploy.said("old")
    for version in ("old", "new"):
        assert "Traceback" not in deploy.said(version)
