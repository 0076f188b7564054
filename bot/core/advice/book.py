"""All advice of one look at the fleet, and what became of one that somebody wanted applied; kept in the store."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.core.advice.item import Advice
from bot.core.money import ZERO, Money
from bot.core.windows import Window


@dataclass(frozen=True, slots=True)
class AdviceBook:
    """Made `at` from `span`. `unknown` says of which workloads too little was measured, `silent` which
    sources did not answer, `priced_on` whose prices were used.
    """

    at: datetime
    span: Window
    advice: tuple[Advice, ...]
    workloads: int
    unknown: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    priced_on: str = ""

    def of(self, group: str) -> tuple[Advice, ...]:
        """The advice on a group ("": on everything)."""
        return tuple(one for one in self.advice if not group or group in one.groups)

    def only(self, groups: Collection[str]) -> "AdviceBook":
        """The same look, of these groups."""
        wanted = set(groups)
        return replace(self, advice=tuple(a for a in self.advice if wanted & set(a.groups)))

    def find(self, advice_id: str) -> Advice | None:
        """The advice of that id."""
        return next((one for one in self.advice if one.id == advice_id), None)

    @property
    def saving(self) -> Money:
        """What all that saves would save in a month, as if none touched another."""
        total = ZERO
        for one in self.advice:
            total = total + (one.saving if one.saving.amount > 0 else ZERO)
        return total


class Stage(StrEnum):
    """How far an application has come."""

    ASKED = "asked"
    APPLIED = "applied"
    DECLINED = "declined"
    REFUSED = "refused"
    PUT_BACK = "put back"


@dataclass(frozen=True, slots=True)
class Application:
    """Somebody wants an advice applied. `advised_at` is when it was made, `said` who said yes or no."""

    id: str
    advice: Advice
    advised_at: datetime
    asked_by: str
    asked_at: datetime
    stage: Stage = Stage.ASKED
    said: tuple[str, ...] = ()
    decided_by: str = ""
    decided_at: datetime | None = None
    why: str = ""

    @property
    def open(self) -> bool:
        """Whether it still waits for a yes."""
        return self.stage is Stage.ASKED
