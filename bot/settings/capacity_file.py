"""The part `capacity` of headroom.yaml, and what `repair` may say."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from bot.core.house import CapacityRules, LoopMode, Repair
from bot.settings.yaml_file import Part


def _spelled_out(yes: str, no: str) -> BeforeValidator:
    """YAML reads an unquoted `on`, `off`, `true` and `false` as booleans."""

    def spell(value: Any) -> Any:
        return (yes if value else no) if isinstance(value, bool) else value

    return BeforeValidator(spell)


RepairRule = Annotated[Repair, _spelled_out(Repair.AUTO, Repair.LEAVE)]
LoopRule = Annotated[LoopMode, _spelled_out(LoopMode.AUTO, LoopMode.OFF)]


class CapacityPart(Part):
    """See bot.core.house.CapacityRules."""

    writes_per_minute: Annotated[int, Field(ge=1, le=600)] = 20
    closed_loop: LoopRule = LoopMode.AUTO
    beyond_plan: Annotated[float, Field(ge=1, le=10)] = 1.5
    stop_safe_pools: tuple[str, ...] = ()


def capacity_of(part: CapacityPart) -> CapacityRules:
    """The checked part as the core sees it."""
    return CapacityRules(
        part.writes_per_minute, part.closed_loop, part.beyond_plan, part.stop_safe_pools
    )
