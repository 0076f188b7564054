"""A simple reference model of capacity, and a machine that plays random days against the real flows.

The model knows only this: what others set last is the baseline; what a settled campaign promised holds
from its raise to its end unless it was cancelled; afterwards nothing of Headroom's is left.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from bot.cards.buttons import Action, ButtonValue, seal
from bot.core.campaign import Campaign, CampaignState
from bot.core.fleet import WorkloadKey
from bot.core.holding import LedgerEntry, Outcome
from bot.core.house import Timing
from bot.core.windows import Window
from bot.errors import NotAllowed, Refused, SlowDown, Stale, TryAgain
from bot.flows.sweep import sweep
from bot.ports.jobs import JobName, TakenJob
from bot.store.database import Database
from bot.store.tables.row import Row
from tests.flows.dying import Fate, doomed, reborn
from tests.flows.town import ADA, CART, ERIK, FINN, MAYA, SEAL, SHOP, Town

Answer = TypeVar("Answer")
MINUTE = timedelta(minutes=1)
KEYS = (SHOP.key, CART.key)
_CAMPAIGNS = {
    JobName.ANNOUNCE,
    JobName.ANSWER,
    JobName.APPROVE,
    JobName.DRIVE,
    JobName.LOOP,
    JobName.RECONCILE,
    JobName.STEER,
}
_OTHERS = {name.value for name in JobName if name not in _CAMPAIGNS}
UX_FLOORS = {"cart": 4}
SETTLED = {CampaignState.SCHEDULED, CampaignState.WARMING, CampaignState.LIVE}
ERRORS: dict[str, Exception] = {
    "unavailable": TryAgain("HTTP 503"),
    "quota": SlowDown("slower", timedelta(seconds=20)),
    "conflict": Stale("version A, current B"),
    "forbidden": NotAllowed("it needs run.services.update"),
    "refused": Refused("56 vCPU asked for, the region's quota is 20", code="QUOTA"),
}


@dataclass(frozen=True, slots=True)
class Promise:
    """What a settled campaign holds of one workload and when."""

    campaign: str
    key: WorkloadKey
    hold: Window
    floor: int


@dataclass
class Reference:
    """What must be true, whatever happened in between."""

    base: dict[WorkloadKey, int] = field(default_factory=dict)
    promises: list[Promise] = field(default_factory=list)
    cancelled: set[str] = field(default_factory=set)

    def promised(self, key: WorkloadKey, at: datetime) -> int:
        """The highest floor that is promised at an instant."""
        return max(
            (
                one.floor
                for one in self.promises
                if one.key == key and one.campaign not in self.cancelled and one.hold.contains(at)
            ),
            default=0,
        )

    def resting(self, key: WorkloadKey) -> set[int]:
        """Where a floor may be once nothing is held: as others set it, or raised to the UX floor."""
        return {self.base[key], max(self.base[key], UX_FLOORS.get(key.name, 0))}


class Stage:
    """One event loop and one database in memory for all days; each day begins with empty tables.

    `days` and `ticks` (jobs run) count what was played.
    """

    def __init__(self) -> None:
        self.runner = asyncio.Runner()
        self.database = Database("sqlite://", on_wake=lambda: None)
        self.days = self.ticks = 0
        self.run(self.database.migrate())

    def run(self, what: Awaitable[Answer]) -> Answer:
        """Runs it to its end."""

        async def whole() -> Answer:
            return await what

        return self.runner.run(whole())

    async def empty(self) -> None:
        """Takes all rows away: a day begins."""
        self.days += 1
        async with self.database._connections.write() as connection:
            for table in reversed(Row.metadata.sorted_tables):
                await connection.execute(table.delete())

    def close(self) -> None:
        """Frees everything."""
        self.run(self.database.close())
        self.runner.close()


class QuietTown(Town):
    """A town in which only campaigns are looked after: no alerts, no inventory, no sweep every minute."""

    async def _work(self, taken: TakenJob) -> None:
        if taken.job.name in _OTHERS:
            await self.database.shelf.finish(taken, again_at=None)
            return
        await super()._work(taken)


class Day:
    """A town with the reference beside it: what people, Google and fate do, and what must hold."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        stage.run(stage.empty())
        self.town = QuietTown(stage.database)
        # Rarer looks than in production, so that a day is hundreds of ticks and not thousands.
        timing = Timing(
            look_again=20 * MINUTE, look_again_warming=2 * MINUTE, step_down_every=5 * MINUTE
        )
        self.town.house(timing=timing, ux_floors=UX_FLOORS)
        self.model = Reference({SHOP.key: 2, CART.key: 1})
        self.campaigns: list[str] = []
        self._checked = 0

    def announce(self, minutes: int, lasting: int, times: int) -> None:
        """Maya announces and, if a plan is shown in time, confirms it."""
        start = self.town.clock.now().replace(second=0) + minutes * MINUTE
        end = start + lasting * MINUTE
        text = f"Promo push {start:%Y-%m-%d} {start:%H:%M}-{end:%H:%M} UTC x{times} #web"
        self.stage.run(self.town.say(text))
        self.pass_time(1)
        self.press(Action.CONFIRM, CampaignState.PROPOSED, MAYA)
        self.pass_time(1)

    def press(self, action: Action, state: CampaignState, *people: str) -> None:
        """These people press that button of every campaign in that state."""
        for campaign in self._campaigns():
            if campaign.state is state:
                value = seal(ButtonValue(action, campaign.id, campaign.plan_version), SEAL)
                for person in people:
                    self.stage.run(self.town.press(action, value, by=person))

    def approve(self) -> None:
        """Everybody who may say yes does."""
        self.press(Action.APPROVE, CampaignState.AWAITING_APPROVAL, ERIK, FINN, ADA)
        self.pass_time(1)

    def cancel(self, which: int) -> None:
        """Maya cancels one of the campaigns that are not over."""
        open_ = [one for one in self._campaigns() if not one.state.final]
        if open_:
            campaign = open_[which % len(open_)]
            self.model.cancelled.add(campaign.id)
            self.stage.run(self.town.cancel(campaign))
            self.pass_time(1)

    def drift(self, key: WorkloadKey, floor: int) -> None:
        """Somebody else sets the floor; the same as it is would be no change."""
        if floor != self.town.cloud.floor(key):
            self.town.cloud.someone_sets(key, floor)
            self.model.base[key] = floor

    def deploy(self, key: WorkloadKey, number: int) -> None:
        """Somebody deploys a new revision."""
        self.town.cloud.someone_deploys(key, f"{key.name}-{number:05d}")

    def trouble(self, call: str, error: str, times: int, *, lost: bool) -> None:
        """The next calls of Google fail like this; a lost answer is one of a write that took effect."""
        after = lost and call == "set_scaling" and error == "unavailable"
        self.town.cloud.faults.add(call, ERRORS[error], times=times, after_effect=after)

    def silence(self, minutes: int, *, down: bool) -> None:
        """Metrics are missing for a while, or Cloud Monitoring does not answer."""
        now = self.town.clock.now()
        self.town.metrics.gap(Window(now, now + minutes * MINUTE))
        if down:
            self.town.metrics.faults.add("series", TryAgain("HTTP 503"), times=3)

    def kill(self, moment: int, minutes: int) -> None:
        """The process dies at that moment from now, if it lives long enough to, and comes back."""
        doomed(self.town, Fate(at=moment))
        self.stage.run(self.town.run_killed(minutes * MINUTE))
        reborn(self.town)
        self._learn()
        self.check_writes()

    def lose_jobs(self) -> None:
        """The job table is lost; a process starts with its sweep."""
        self.stage.run(self._lose_jobs())
        self.pass_time(1)

    def pass_time(self, minutes: int) -> None:
        """Time goes by; every write on the way is checked."""
        self.stage.run(self.town.run(minutes * MINUTE))
        self._learn()
        self.check_writes()

    def pass_to_the_next_edge(self, late: int) -> None:
        """Until `late` minutes after the next raise or end of what is promised; a while where nothing is."""
        now = self.town.clock.now()
        edges = {edge for one in self.model.promises for edge in (one.hold.start, one.hold.end)}
        ahead = min((edge for edge in edges if edge > now), default=now + 10 * MINUTE)
        self.pass_time((ahead - now) // MINUTE + 1 + late)

    def check_writes(self) -> None:
        """No write went below the baseline, or below what was promised at that moment."""
        writes = self.town.cloud.writes
        for write in writes[self._checked :]:
            least = max(self.model.base[write.key], self.model.promised(write.key, write.at))
            assert write.change.floor >= least, f"{write} is below {least}"
        self._checked = len(writes)

    def check_held(self) -> None:
        """Once trouble is over and time has passed, all that is promised is there."""
        self.calm()
        self.pass_time(45)
        now = self.town.clock.now()
        for key in KEYS:
            least = self.model.promised(key, now)
            if least == self.model.promised(key, now - 40 * MINUTE):
                assert self.town.cloud.floor(key) >= least, f"{key}: {least} is promised"

    def check_rest(self) -> None:
        """A day after everything nothing of Headroom's is left, and all stories have an end."""
        self.calm()
        self.pass_time(36 * 60)
        for key in KEYS:
            assert self.town.cloud.floor(key) in self.model.resting(key), str(key)
            assert self.town.cloud.fleet[key].marks is None, str(key)
        assert [one for one in self._campaigns() if not one.state.final] == []
        self.stage.ticks += len(self.town.ran)
        unsettled = self.stage.run(self._wrong())
        assert unsettled == []

    def calm(self) -> None:
        """All trouble ends; whoever was told of it tries again at last."""
        for fake in (self.town.cloud, self.town.metrics, self.town.chat):
            fake.faults.clear()

    def _campaigns(self) -> list[Campaign]:
        async def recent() -> list[Campaign]:
            async with self.stage.database.begin() as tx:
                return list(await tx.campaigns.recent(50))

        return self.stage.run(recent())

    def _learn(self) -> None:
        """What was settled meanwhile is a promise from now on; what a guardrail stopped is none."""
        for campaign in self._campaigns():
            if campaign.state is CampaignState.REFUSED:
                self.model.cancelled.add(campaign.id)
            if campaign.state in SETTLED and campaign.id not in self.campaigns:
                self.campaigns.append(campaign.id)
                self.model.promises += self.stage.run(self._promises(campaign))

    async def _promises(self, campaign: Campaign) -> list[Promise]:
        async with self.stage.database.begin() as tx:
            stored = await tx.campaigns.plan(campaign.id, campaign.plan_version)
        workloads: Any = stored[0].workloads if stored else ()
        return [
            Promise(campaign.id, one.key, step.window, step.floor)
            for one in workloads
            for step in one.steps
        ]

    async def _lose_jobs(self) -> None:
        shelf, now = self.stage.database.shelf, self.town.clock.now()
        far = now + timedelta(days=365)
        while taken := await shelf.take(far, owner="thief", until=far, limit=100):
            for one in taken:
                await shelf.finish(one, again_at=None)
        await sweep("all", self.town.kit)

    async def _wrong(self) -> list[str]:
        async with self.stage.database.begin() as tx:
            holdings = await tx.capacity.holdings()
            entries = [entry for one in holdings for entry in await tx.capacity.ledger(one.key)]
        held = [f"{one.key} is still held" for one in holdings if one.restored_at is None]
        open_ = [
            f"write {one.id} of {one.workload} is not settled"
            for one in entries
            if one.outcome is Outcome.INTENDED
        ]
        return held + open_ + [f"{one} is below the UX floor" for one in entries if _too_low(one)]


def _too_low(entry: LedgerEntry) -> bool:
    lowered = entry.floor < entry.previous_floor
    return lowered and entry.floor < UX_FLOORS.get(entry.workload.name, 0)
