"""The part `capacity` of headroom.yaml, and `repair`: what is accepted, what is refused, what is documented."""

from pathlib import Path

import pytest

from bot.core.house import CapacityRules, LoopMode, Repair
from bot.errors import AskedWrong
from bot.settings.capacity_file import CapacityPart
from bot.settings.house_file import parse_house
from tests.settings.test_house_file import SMALL

CONFIGURATION = Path(__file__).parents[2] / "docs/reference/configuration.md"


def test_every_rule_is_read() -> None:
    said = (
        "capacity: {writes_per_minute: 60, closed_loop: ask, beyond_plan: 2, stop_safe_pools: [a]}"
    )
    house = parse_house(f"{SMALL}{said}\n", "headroom.yaml")
    assert house.capacity == CapacityRules(60, LoopMode.ASK, 2, ("a",))
    assert parse_house(SMALL, "headroom.yaml").capacity == CapacityRules()


@pytest.mark.parametrize(
    ("said", "repair"),
    [("true", Repair.AUTO), ("ask", Repair.ASK), ("off", Repair.LEAVE), ("leave", Repair.LEAVE)],
)
def test_repair_is_a_word_or_a_switch(said: str, repair: Repair) -> None:
    assert parse_house(f"{SMALL}repair: {said}\n", "headroom.yaml").repair is repair


@pytest.mark.parametrize("said", ["writes_per_minute: 0", "closed_loop: maybe", "beyond_plan: 0.5"])
def test_what_makes_no_sense_is_refused(said: str) -> None:
    with pytest.raises(AskedWrong, match=said.partition(":")[0]):
        parse_house(f"{SMALL}capacity: {{{said}}}\n", "headroom.yaml")


def test_every_rule_is_documented() -> None:
    page = CONFIGURATION.read_text(encoding="utf-8")
    assert [name for name in CapacityPart.model_fields if f"`capacity.{name}`" not in page] == []
