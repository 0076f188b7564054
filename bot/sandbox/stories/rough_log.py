"""The log of a rough day: what happened, what was done about it, whether it was seen. Used by rough_day."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.core.fleet import WorkloadKey
from bot.core.marks import PREFIX
from bot.sandbox.stories.narrator import Narrator
from bot.sandbox.stories.stage import Item, Stage, shortly

Fleet = Mapping[str, Mapping[str, Any]]
_CHANNEL = "campaigns"
_CLOCK = "%H:%M"
_LINES = 7
_GLANCE = 0.2  # real seconds between two looks at the world


@dataclass(slots=True)
class Log:
    """The hands of the story, and what it keeps of each thing that went wrong."""

    stage: Stage
    tell: Narrator
    rows: list[tuple[str, str, str, str]] = field(default_factory=list)
    _before: dict[str, tuple[int, int]] = field(default_factory=dict)

    async def begin(self, *people: str) -> None:
        """How the world was before anything happened, and who is there."""
        self._before = _bounds_of(await self.stage.fleet())
        self.stage.watch = shortly(self.stage.watch, _LINES)
        for person in people:
            await self.stage.look(person)

    def scene(self, title: str) -> None:
        """A new part of the day."""
        self.tell.scene(title)

    def happens(self, text: str, who: str = "world") -> None:
        """Something that nobody of the story typed."""
        self.tell.line(self.stage.now(), who, text)

    def row(self, happened: str, done: str, *, kept: bool = True) -> None:
        """A line of the table, and a promise of the story."""
        clock = self.stage.now().astimezone(self.tell.zone).strftime(_CLOCK)
        self.rows.append((clock, happened, done, "seen" if kept else "NOT SEEN"))
        self.tell.promise(f"{happened}: {done}", kept=kept)

    def table(self) -> None:
        """Everything, as a table."""
        self.tell.scene("What happened, and what was done about it")
        self.tell.table(("at", "what happened", "what was done about it", "seen"), self.rows)

    async def world(self, **orders: Mapping[str, object]) -> None:
        """Something happens at Google or in the fleet."""
        for name, order in orders.items():
            said = ", ".join(f"{key} {value}" for key, value in order.items())
            self.happens(f"{name.replace('_', ' ')}: {said}", "Google")
        await self.stage.steer("/town/world", orders)

    async def drift(self, by: str, how: str, workload: str, floor: int) -> None:
        """Somebody else sets a floor."""
        self.happens(
            f"{how} sets the minimum of {workload.rsplit('/', 1)[1]} to {floor}", "somebody"
        )
        await self.stage.steer(
            "/town/world", {"drift": {"workload": workload, "floor": floor, "by": by}}
        )

    async def says(self, person: str, text: str) -> None:
        """Typed."""
        self.tell.said(self.stage.now(), person, text)
        await self.stage.say(person, text)

    async def press(self, person: str, label: str, on: Item) -> None:
        """The button with that label on that message."""
        self.tell.said(self.stage.now(), person, f"presses {label}")
        order = {"as": person, "label": label, "ts": on["ts"]}
        await self.stage.steer("/town/click", order)

    async def kill(self, when: str) -> None:
        """kill -9, and a new process; time goes on slowly meanwhile."""
        rate = self.stage.town.clock.rate
        self.happens(f"kill -9 {when}", "the process")
        await self.stage.bot.kill()
        self.stage.town.clock.set_rate(1)
        await self.stage.bot.start()
        self.stage.town.clock.set_rate(rate)

    def jump(self, instant: datetime) -> None:
        """Nothing happens until then, unless a slow machine is there already."""
        if self.stage.now() < instant:
            self.stage.town.clock.jump(instant)

    async def floor(self, workload: str) -> int:
        """The minimum instances as Google has them."""
        return int((await self.stage.fleet())[workload]["floor"])

    async def eventually(self, test: Callable[[Fleet], bool], within: float = 45) -> bool:
        """Whether the world comes to it within so many real seconds; everybody keeps looking."""
        began = asyncio.get_running_loop().time()
        while not test(await self.stage.fleet()):
            if asyncio.get_running_loop().time() - began > within:
                return False
            await self.stage.glance()
            await asyncio.sleep(_GLANCE)
        return True

    async def posts(self, title: str) -> int:
        """How many messages of that title stand in the campaigns' channel, threads left out."""
        answer = await self.stage.http.get("/town/messages", params={"channel": _CHANNEL})
        found = [one for one in answer.json()["messages"] if title in str(one.get("text"))]
        return sum(one.get("thread_ts", one["ts"]) == one["ts"] for one in found)

    async def verify(self, expected: Mapping[str, int]) -> None:
        """The world is as it was, but for what others wanted of it (`expected` floors); no mark is left."""
        wanted = {
            key: (expected.get(key, floor), ceiling)
            for key, (floor, ceiling) in self._before.items()
        }
        back = await self.eventually(lambda fleet: _bounds_of(fleet) == wanted, within=30)
        self.row("the day was over", "every floor and ceiling is what others want", kept=back)
        self.row(
            "the day was over",
            "no workload bears a mark of Headroom's",
            kept=not await self.marked(),
        )
        names = ("Black Friday push", "Evening push", "Gift push")
        single = [await self.posts(name) for name in names]
        self.row("four kills", "each campaign has one message", kept=single == [1, 1, 1])

    async def marked(self) -> list[str]:
        """The workloads that still bear a mark of Headroom's."""
        registry = self.stage.town.google.registry
        return [
            key
            for key in self._before
            if any(
                name.startswith(PREFIX)
                for name in registry.find(WorkloadKey.parse(key)).message.annotations
            )
        ]


def _bounds_of(fleet: Fleet) -> dict[str, tuple[int, int]]:
    return {key: (int(row["floor"]), int(row["ceiling"])) for key, row in fleet.items()}
