"""A town and a bot, both real, and the hands and eyes of the people who use them; for stories and tests."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from bot.sandbox.bot_process import BotProcess, Start, started
from bot.sandbox.town import Town

Item = Mapping[str, Any]
Test = Callable[[Item], bool]
Watch = Callable[[str, Item], None]


_AT_A_TIME = 10.0  # real seconds that one request for news may take
_GLANCE = 0.5  # real seconds between two looks at what all people see
PATIENCE = 45.0  # real seconds: a busy machine is slow, a broken promise is never kept
# The town makes up weeks of measurements when it is asked for them: meanwhile a kept connection would be dropped.
_EACH_ANEW = httpx.Limits(max_keepalive_connections=0)


class NotSeen(AssertionError):
    """Somebody waited for something that did not come."""


@dataclass(slots=True)
class Stage:
    """What a story works with. All waiting here is in real seconds; the town's time is `town.clock`."""

    town: Town
    bot: BotProcess
    http: httpx.AsyncClient
    watch: Watch | None = None
    _seen: dict[str, list[Item]] = field(default_factory=dict)

    def now(self) -> datetime:
        """The town's time."""
        return self.town.clock.now()

    async def say(self, person: str, text: str, channel: str = "campaigns") -> Item:
        """Types something, as that person."""
        return await self._post("/town/say", {"as": person, "channel": channel, "text": text})

    async def shortcut(self, person: str, name: str, *, on: Item | None = None) -> Item:
        """Chooses a shortcut: in the menu of a message that was seen, else the global one."""
        body = {"as": person, "name": name}
        if on is not None:
            body |= {"channel": on["raw"]["channel"], "ts": on["raw"]["ts"]}
        return await self._post("/town/shortcut", body)

    async def click(self, person: str, label: str) -> Item:
        """Presses the newest button with that label that the person can see."""
        return await self._post("/town/click", {"as": person, "label": label})

    async def fill(self, person: str, values: Mapping[str, str]) -> Item:
        """Fills in and sends the form that is open before that person."""
        return await self._post("/town/submit", {"as": person, "values": dict(values)})

    async def steer(self, path: str, body: Mapping[str, Any]) -> Item:
        """Faults and events: `/town/faults` for Slack, `/town/world` for Google and the world."""
        return await self._post(path, body)

    async def fleet(self) -> dict[str, Any]:
        """The world as it truly is, by workload."""
        response = await self.http.get("/town/fleet")
        response.raise_for_status()
        truth: dict[str, Any] = response.json()["workloads"]
        return truth

    async def look(self, person: str, wait: float = 0.0) -> list[Item]:
        """Everything that person has seen so far; waits up to `wait` real seconds for something new."""
        seen = self._seen.setdefault(person, [])
        after = seen[-1]["seq"] if seen else 0
        asked: dict[str, str | float] = {"as": person, "after": after, "wait": wait}
        response = await self.http.get("/town/sees", params=asked)
        response.raise_for_status()
        for item in response.json()["items"]:
            seen.append(item)
            if self.watch is not None:
                self.watch(person, item)
        return seen

    async def sees(
        self,
        person: str,
        *words: str,
        within: float = PATIENCE,
        test: Test | None = None,
        after: int = 0,
    ) -> Item:
        """Waits until that person sees an item (newer than `after`) with all `words` in its text."""
        began, wait = time.monotonic(), 0.0
        while True:
            for item in reversed(await self.look(person, min(wait, _AT_A_TIME))):
                hit = all(word in item["text"] for word in words) and item["seq"] > after
                if hit and (test is None or test(item)):
                    return item
            wait = within - (time.monotonic() - began)
            if wait <= 0:
                last = "\n".join(f"[{i['kind']}] {i['text']}" for i in self._seen[person][-3:])
                raise NotSeen(
                    f"{person} did not see {words} within {within} s; the last was:\n{last}"
                )

    async def glance(self) -> None:
        """Everybody who has looked before looks again."""
        for person in list(self._seen):
            await self.look(person)

    async def download(self, item: Item) -> str:
        """The content of the text file that was shown."""
        raw = item["raw"]
        file = raw["files"][0] if "files" in raw else raw["file"]
        response = await self.http.get(file["url_private"])
        response.raise_for_status()
        return response.text

    async def until(self, instant: datetime) -> None:
        """Waits for the town's clock, while everybody keeps looking."""
        looked_at = 0.0
        while self.now() < instant:
            if time.monotonic() - looked_at > _GLANCE:
                await self.glance()
                looked_at = time.monotonic()
            await asyncio.sleep(0.05)

    async def _post(self, path: str, body: Mapping[str, Any]) -> Item:
        response = await self.http.post(path, json=body)
        if response.is_error:
            raise NotSeen(f"{path} {body}: {response.status_code} {response.text}")
        answer: Item = response.json()
        return answer


def shortly(watch: Watch | None, most: int) -> Watch | None:
    """The same watch, told of long messages only their beginning."""
    if watch is None:
        return None

    def told(person: str, item: Item) -> None:
        lines = str(item["text"]).splitlines()
        if len(lines) > most:
            # Always the same, or an edit further down would look like one of this line.
            item = {**item, "text": "\n".join([*lines[: most - 1], "… and more"])}
        watch(person, item)

    return told


@asynccontextmanager
async def staged(
    directory: Path,
    *,
    rate: float = 60.0,
    http_port: int = 0,
    starts_at: datetime | None = None,
    starter: Start = started,
) -> AsyncIterator[Stage]:
    """Opens a town in `directory` and a bot in it; closes both. Without `starts_at` it is Black Friday."""
    town = Town(directory, rate=rate, http_port=http_port, starts_at=starts_at)
    await town.start()
    bot = BotProcess(town.bot_environment(), directory / "bot.log", starter=starter)
    try:
        await bot.start()
        async with httpx.AsyncClient(base_url=town.url, timeout=120, limits=_EACH_ANEW) as http:
            yield Stage(town, bot, http)
    finally:
        await bot.stop()
        await town.stop()
