"""Google's bill in memory: hours are put in, days are their sums."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.core.bill import BillBook, BilledHour
from bot.core.fleet import WorkloadKey
from bot.core.money import ZERO, Money
from bot.core.windows import Window
from bot.ports.clock import Clock
from tests.fakes.faults import Faults


@dataclass
class FakeBills:
    """Everything that was put in is exported at once; `asked` counts the readings."""

    clock: Clock
    zone: str = "Europe/Berlin"
    detailed: bool = True
    asked: int = 0
    faults: Faults = field(default_factory=Faults)
    _hours: list[BilledHour] = field(default_factory=list)

    def put(self, key: WorkloadKey, window: Window, cost: Money) -> None:
        """One row of the bill."""
        self._hours.append(BilledHour(key.project, key.region, key.name, window, cost))

    async def read(self, span: Window) -> BillBook | None:
        """The sums by local day."""
        self.asked += 1
        async with self.faults.around("read"):
            days: dict[str, Money] = {}
            inside = [one for one in self._hours if one.window.overlaps(span)]
            for one in inside:
                day = f"{one.window.start.astimezone(ZoneInfo(self.zone)):%Y-%m-%d}"
                days[day] = days.get(day, ZERO) + one.cost
            newest: datetime | None = max((one.window.end for one in inside), default=None)
            now = self.clock.now()
            return BillBook(now, now, days, newest)

    async def hours(self, window: Window, keys: Sequence[WorkloadKey]) -> Sequence[BilledHour]:
        """What was put in of them."""
        async with self.faults.around("hours"):
            wanted = {(key.project, key.region, key.name) for key in keys}
            return [
                one
                for one in self._hours
                if self.detailed
                and one.window.overlaps(window)
                and (one.project, one.region, one.name) in wanted
            ]
