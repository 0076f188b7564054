"""The bot as it runs on PostgreSQL: several web and worker processes behind one door, killed at random."""

import asyncio
import contextlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.sandbox.bot_process import BotProcess, Start, started
from bot.sandbox.front_door import FrontDoor
from bot.sandbox.town import free_port


@dataclass(slots=True)
class BotFleet:
    """`webs` and `workers` processes; the door is where `environment` says that the bot listens."""

    environment: Mapping[str, str]
    folder: Path
    webs: int = 2
    workers: int = 3
    starter: Start = started
    processes: dict[str, BotProcess] = field(init=False, default_factory=dict)
    kills: int = field(init=False, default=0)
    _door: FrontDoor = field(init=False)
    _replacing: dict[str, asyncio.Lock] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        ports = {f"web-{number}": free_port() for number in range(1, self.webs + 1)}
        for name, port in ports.items():
            self.processes[name] = self._process(name, "web", {"PORT": str(port)})
        for number in range(1, self.workers + 1):
            name = f"worker-{number}"
            self.processes[name] = self._process(name, "worker", {})
        self._door = FrontDoor(int(self.environment["PORT"]), list(ports.values()))

    async def start(self) -> None:
        """Migrates, as the Procfile's release does, then starts all processes and opens the door."""
        release = BotProcess(self.environment, self.folder / "release.log", "migrate", self.starter)
        await release.run()
        for process in self.processes.values():
            await process.start()
        await self._door.start()

    async def stop(self) -> None:
        """Asks all to end, together."""
        await asyncio.gather(*(process.stop() for process in self.processes.values()))
        await self._door.stop()

    async def kill_at_random(
        self, dice: random.Random, *, every: float, until: asyncio.Event
    ) -> None:
        """kill -9 of a process about every so many real seconds, started again meanwhile.

        One of each kind is always left.
        """
        async with asyncio.TaskGroup() as replacing:
            while not until.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(until.wait(), dice.uniform(0.5, 1.5) * every)
                spare = self._spare()
                if spare and not until.is_set():
                    replacing.create_task(self.replace(dice.choice(spare)))

    async def kill_the_workers(self) -> None:
        """kill -9 of all that work, in the middle of whatever they do, and new ones in their place."""
        names = [name for name, process in self.processes.items() if process.command == "worker"]
        await asyncio.gather(*(self.replace(name) for name in names))

    async def replace(self, name: str) -> None:
        """kill -9, and a new process in its place."""
        process = self.processes[name]
        async with self._replacing.setdefault(name, asyncio.Lock()):
            await process.kill()
            self.kills += 1
            await process.start()

    def _spare(self) -> Sequence[str]:
        """The living ones that are not the last of their kind."""
        kinds: dict[str, list[str]] = {}
        for name, process in sorted(self.processes.items()):
            if process.alive and not self._busy(name):
                kinds.setdefault(process.command, []).append(name)
        return [name for names in kinds.values() if len(names) > 1 for name in names]

    def _busy(self, name: str) -> bool:
        lock = self._replacing.get(name)
        return lock is not None and lock.locked()

    def logs(self) -> Sequence[Path]:
        """The logs of all processes."""
        return [process.log for process in self.processes.values()]

    def _process(self, name: str, command: str, own: Mapping[str, str]) -> BotProcess:
        log = self.folder / f"{name}.log"
        return BotProcess({**self.environment, **own}, log, command, self.starter)
